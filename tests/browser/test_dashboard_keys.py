"""Other keys for the queue, chosen and used by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.moderation import commands
from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.sharing import canned
from tests.browser.desk import told
from tests.browser.held import until
from tests.browser.test_dashboard_queue import status
from tests.factories import post
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from tests.browser.conftest import Open, Server

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live: Server, people: Cast) -> None:
    held = post(people.site, "You idiot.").comment
    page.goto(live.url + "/account/sign-in")
    page.fill("[name=email]", "mona@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/")
    page.keyboard.press("?")
    page.get_by_role("link", name="Change shortcuts").press("Enter")
    field = page.get_by_label("approve", exact=True)
    field.press("d")  # the field holds "f": one key alone fits
    field.fill("d")
    field.press("Enter")
    expect(page.locator("#e-keys")).to_contain_text("can’t be used for both “approve” and “reject")
    page.get_by_label("reject, then press a number for the reason").fill("f")
    page.get_by_role("button", name="Save shortcuts").press("Enter")
    expect(page.get_by_text("Your shortcuts have been saved.")).to_be_visible()
    page.goto(live.url + "/dashboard/")
    page.keyboard.press("?")
    approve = page.locator("dl.keys dt", has_text="d").first
    expect(approve).to_have_text("d")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("d")
    told(page, "Approved.")
    expect(page.locator("#cards .card")).to_have_count(0)
    assert status(held.public_id) == "published"


def test_what_is_open_on_a_card(open_as: Open, people: Cast) -> None:
    """It is closed as soon as another card is meant, and what was typed stays."""
    made = [post(people.site, f"You idiot, {n}.", name=f"P{n}").comment for n in range(4)]
    waiting = [each.public_id for each in made]
    page = open_as("mona", "/dashboard/?order=oldest", viewport={"width": 1280, "height": 500})
    first, second = (page.locator(f"#c-{each}") for each in waiting[1:3])
    page.keyboard.press("j")
    page.keyboard.press("2")
    told(page, "Rejected:")
    page.keyboard.press("d")
    box, toast = (
        each.bounding_box() for each in (first.locator(".reject .picker"), page.locator(".toast"))
    )
    assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 500
    # the message about the decision before lies beside the list, not over it
    assert toast is not None and toast["x"] >= box["x"] + box["width"]
    page.keyboard.press("j")
    expect(first.locator(".reject[open]")).to_have_count(0)
    page.keyboard.press("r")
    page.keyboard.type("Please.")
    first.locator(".reject > summary").click()
    expect(second.locator(".reply-form")).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator("#announcer")).to_contain_text("2 left")
    assert [status(each) for each in waiting] == ["rejected", "rejected", "pending", "pending"]
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply")).to_have_value("Please.")


def test_appeals_are_read_and_answered_by_keyboard(open_as: Open, people: Cast) -> None:
    """The case that comes next is read first: a second Enter does not decide it."""
    canned.add(people.site, "Sorry", {"en": "Dear {name}, you are right."}, by=people.mona)
    for number, user in enumerate((people.rita, people.max, people.rita)):
        taken = post(people.site, f"You fool, {number}.", user=user).comment
        made = commands.decide(taken.public_id, action="reject", reason="abusive", by=people.mona)
        with unit_of_work():
            made.tell_after = clock.now() - timedelta(minutes=1)
        appeal(taken.public_id, "It was a quote.", by=user)
    page = open_as("olga", "/dashboard/appeals")
    all_cards = page.locator(".card")
    expect(all_cards).to_have_count(3)
    page.keyboard.press("j")
    expect(all_cards.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(all_cards.nth(1)).to_be_focused()
    page.keyboard.press("m")
    expect(all_cards.nth(1).locator("select[data-canned]")).to_be_focused()
    page.keyboard.press("1")
    answer = all_cards.nth(1).locator("[name=answer]")
    expect(answer).to_have_value(re.compile("you are right"))
    last = all_cards.nth(2).get_attribute("aria-labelledby") or ""
    all_cards.nth(1).get_by_role("button", name="Restore").press("Enter")
    expect(all_cards).to_have_count(2)
    case = page.locator(f"[aria-labelledby={last}]")
    expect(case).to_be_focused()
    highest = "parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)"
    below = f"node => node.getBoundingClientRect().top - {highest}"
    until(page, lambda: abs(case.evaluate(below)) < 2, "the next case is not read from its top")
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    expect(all_cards.nth(0)).to_be_focused()
    expect(all_cards).to_have_count(2)
