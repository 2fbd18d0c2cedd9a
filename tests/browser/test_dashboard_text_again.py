"""What was typed comes back with what is undone: a sanction's message and note, a rejection's, a reply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.sharing import canned
from tests.browser.conftest import status
from tests.browser.desk import four_held

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
QUEUE = "/dashboard/?order=oldest"
DRAFTS = "sessionStorage.getItem('commentsvc.drafts')"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def undo(page: Page) -> None:
    expect(page.locator(".toast .num")).to_be_visible()
    assert page.evaluate(DRAFTS) is None
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("Undone")


@pytest.mark.parametrize("keys", ["h 1 2", "w 2", "b 2"])
def test_it_works(open_as: Open, people: Cast, keys: str) -> None:
    """A sanction's, from the drawer: both fields, for the same person, until they are sent again."""
    four_held(people)
    page = open_as("mona", QUEUE)
    form = page.locator(".drawer .sanction")
    message, note = form.locator("[name=message]"), form.locator("[name=note]")
    press(page, "j", *keys.split())
    expect(form.locator("[name=reason]")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("Please be kind.")
    press(page, "Tab")
    page.keyboard.type("The third time.")
    press(page, "Control+Enter")
    expect(form).to_have_count(0)
    undo(page)
    expect(page.locator(".card").first).to_be_focused()
    press(page, "j", keys[0])  # somebody else's form is empty
    expect(page.locator(".drawer h2").first).to_have_text("P1")
    expect(message).to_have_value("")
    press(page, "Escape", "k", keys[0])
    expect(page.locator(".drawer h2").first).to_have_text("Rita")
    expect(message).to_have_value("Please be kind.")
    expect(note).to_have_value("The third time.")
    press(page, *keys.split()[1:], "Enter")
    expect(form).to_have_count(0)
    expect(page.locator(".toast .num")).to_be_visible()
    assert page.evaluate(DRAFTS) is None


def test_a_canned_message_too(open_as: Open, people: Cast) -> None:
    canned.add(people.site, "Thanks", {"en": "Thank you, {name}."}, by=people.mona)
    four_held(people)
    page = open_as("mona", QUEUE)
    message = page.locator(".drawer .sanction [name=message]")
    press(page, "j", "w")
    expect(page.locator(".drawer .sanction [name=reason]")).to_be_focused()
    press(page, "2", "m", "1")
    expect(message).to_have_value("Thank you, Rita.")
    press(page, "Escape", "w")
    expect(message).to_have_value("Thank you, Rita.")
    press(page, "2", "Enter")
    expect(message).to_have_count(0)
    undo(page)
    press(page, "w")
    expect(message).to_have_value("Thank you, Rita.")


def test_on_the_person_s_page(open_as: Open, people: Cast) -> None:
    """The form leaves with the page, and the undo with the next one."""
    four_held(people)
    page = open_as("mona", f"/dashboard/people/{people.rita.public_id}")
    opener = page.locator("summary", has_text="Sanction Rita")
    message = page.locator(".sanction [name=message]")
    opener.click()
    page.locator(".sanction").get_by_text("Trust", exact=True).check()
    message.fill("Please be kind.")
    page.locator(".sanction .primary").click()
    undo(page)
    if message.is_hidden():
        opener.click()
    expect(message).to_have_value("Please be kind.")


@pytest.mark.parametrize("undone", ["here", "elsewhere"])
def test_a_rejection_from_its_own_page(open_as: Open, people: Cast, undone: str) -> None:
    """There the card is shown anew, and on another page it is not shown at all."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    message = page.locator(".reject-form [name=message]")
    press(page, "d")
    message.fill("Please be kind.")
    page.locator(".reject-form [value=abusive]").check()
    page.locator(".reject-form .danger").click()
    expect(page.locator(".head .pill").first).to_have_text("rejected")
    if undone == "elsewhere":
        press(page, "g", "n")
        page.wait_for_url(re.compile("/notices"))
    undo(page)
    assert status(one) == "pending"
    if undone == "elsewhere":
        page.go_back()
    expect(page.locator(".head .pill").first).to_have_text("pending")
    press(page, "d")
    expect(message).to_have_value("Please be kind.")


def test_a_reply(open_as: Open, people: Cast) -> None:
    """To a comment that is published: its form has gone."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    press(page, "f")
    expect(page.locator(".head .pill").first).to_have_text("published")
    press(page, "r")
    page.keyboard.type("A word of ours.")
    press(page, "Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Reply published")
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("Reply deleted")
    press(page, "r")
    expect(page.locator(".reply-form textarea")).to_have_value("A word of ours.")
