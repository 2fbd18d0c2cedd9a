"""The keys of the queue on a comment's own page: each decides as there, and each can be undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.moderation.cases.cooling import premoderate
from commentsvc.posting.commands import withdraw
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id, set_closed, thread_of
from tests.browser.conftest import status
from tests.browser.desk import four_held, told
from tests.browser.held import Held

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def press(page: Page, keys: str) -> None:
    for each in keys.split():
        page.keyboard.press(each)


#: keys -> the message, and what becomes of the comment and of another one by its author
DECIDING = {
    "f": ("Approved.", "published", "pending"),
    "2": ("Rejected: Abusive.", "rejected", "pending"),
    "d 2": ("Rejected: Abusive.", "rejected", "pending"),
    "q 2": ("is banned", "rejected", "rejected"),
    "e": ("Approved. Featured.", "published", "pending"),
    "r H i Control+Enter": ("Approved. Reply published.", "published", "pending"),
}


@pytest.mark.parametrize("keys", DECIDING)
def test_it_works(open_as: Open, people: Cast, keys: str) -> None:
    words, own, others = DECIDING[keys]
    one, _, other, _ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    toast, history = page.locator(".toast"), page.locator(".timeline > li")
    expect(history).to_have_count(2)
    press(page, keys)
    expect(history).not_to_have_count(2)
    expect(toast).to_contain_text(words)
    expect(page).to_have_url(re.compile(f"/comments/{one}"))
    assert (status(one), status(other)) == (own, others)
    assert (role_of(people.rita, people.site) == "banned") == (keys == "q 2")
    assert comment_by_public_id(one).featured == (keys == "e")
    page.keyboard.press("u")
    expect(page.locator(".head .pill").first).to_have_text("pending")
    db.session.expire_all()
    assert (status(one), status(other)) == ("pending", "pending")
    assert role_of(people.rita, people.site) == "reader"


def test_all_that_is_like_it(open_as: Open, people: Cast) -> None:
    one, _, other, _ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    expect(page.locator(".wave > summary")).to_contain_text("1 more by this author")
    press(page, "y 2")
    page.wait_for_url("**/dashboard/bulk/**")
    expect(page.locator("h1")).to_have_text("Reject 2 comments")
    page.locator(".save .danger").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Reject 2 comments · Done")
    assert {status(one), status(other)} == {"rejected"}
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(4)
    assert {status(one), status(other)} == {"pending"}


def test_a_reply_by_its_button(open_as: Open, people: Cast) -> None:
    """As on a card of the queue; to a comment that its author has withdrawn, there is none."""
    one, _, withdrawn, _ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    page.locator(".acts [data-action=reply]").click()
    page.locator(".reply-form textarea").fill("A word of ours.")
    page.locator(".reply-form .primary").click()
    told(page, "Reply")
    assert status(one) == "published"
    withdraw(withdrawn, user=people.rita)
    page.goto(page.url.replace(one, withdrawn))
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".card [data-action=reply]")).to_have_count(0)


def test_its_buttons(open_as: Open, people: Cast) -> None:
    """What they do is shown in place: nothing is loaded again, and Back leads to where one was."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    page.evaluate("document.body.dataset.same = history.length")
    toast, history = page.locator(".toast"), page.locator(".timeline > li")
    around, pills = page.locator(".after"), page.locator(".head .pill")
    around.get_by_role("button", name="Claim").press("Enter")
    expect(toast).to_contain_text("You")
    expect(around.get_by_role("button", name="Release")).to_be_focused()
    for name, words in (("Olga", "Assigned to Olga"), ("Mona", "Assigned to you")):
        around.get_by_label("Assign to").select_option(name)
        around.get_by_role("button", name="Assign").press("Enter")
        expect(page.locator("main > .card")).to_contain_text(words)
        expect(around.get_by_role("button", name="Release")).to_be_visible()
    press(page, "f")
    expect(pills).to_have_text(["published"])
    for name, off, pill in (("Pin", "Unpin", "pinned"), ("Feature", "Stop featuring", "featured")):
        around.get_by_role("button", name=name).press("Enter")
        expect(pills.filter(has_text=pill)).to_have_count(1)
        expect(around.get_by_role("button", name=off)).to_be_focused()
    expect(history).to_have_count(5)
    history.last.get_by_role("button", name="Undo").press("Enter")
    expect(pills).to_have_count(2)
    expect(toast).to_have_text("Undone.")
    press(page, "u")  # not the same again
    expect(pills).to_have_count(1)
    expect(page.locator("body")).to_have_attribute(
        "data-same", str(page.evaluate("history.length"))
    )
    around.get_by_role("button", name="Close the conversation").press("Enter")
    expect(around.get_by_role("button", name="Reopen")).to_be_focused()
    press(page, "u")
    expect(around.get_by_role("button", name="Close the conversation")).to_be_visible()
    expect(pills).to_have_count(1)
    expect(page.locator("body")).to_have_attribute(
        "data-same", str(page.evaluate("history.length"))
    )


def conversation(one: str) -> tuple[bool, bool, list[str]]:
    """Whether its conversation is pre-moderated, whether it has a last day, and its tags."""
    db.session.rollback()
    db.session.expire_all()
    thread = thread_of(comment_by_public_id(one))
    return thread.premoderate, thread.closes_at is not None, list(thread.tags)


def test_what_is_set_for_its_conversation(open_as: Open, people: Cast) -> None:
    """It is shown in place, too, and `u` undoes that before what was done earlier."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    press(page, "f")
    told(page, "Approved.")
    page.evaluate("document.body.dataset.same = history.length")
    around = page.locator(".after")
    day, tags = around.get_by_label("Open through"), around.get_by_label("Tags")

    around.get_by_role("button", name="Pre-moderate").press("Enter")
    expect(around.get_by_role("button", name="Stop pre-moderating")).to_be_focused()
    day.fill("2199-12-31")
    tags.fill("not set yet")
    day.press("Enter")
    told(page, "Saved.")
    expect(around.locator("[name=closes_at][value='2199-12-31']")).to_be_visible()
    expect(page.locator("main > .card")).to_be_focused()  # so that keys work
    expect(tags).to_have_value("not set yet")
    tags.fill("sea, sea, Harbor")
    tags.press("Enter")
    expect(tags).to_have_value("sea, harbor")
    assert conversation(one) == (True, True, ["sea", "harbor"])
    press(page, "u")
    expect(tags).to_have_value("")
    assert conversation(one) == (True, True, [])
    press(page, "u")
    expect(day).to_have_value("")
    assert conversation(one) == (True, False, [])
    press(page, "u")
    expect(around.get_by_role("button", name="Pre-moderate")).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("no longer pre-moderated")
    assert conversation(one) == (False, False, [])
    assert status(one) == "published"
    press(page, "u")
    expect(page.locator(".head .pill").first).to_have_text("pending")
    assert page.locator("body").get_attribute("data-same") == str(page.evaluate("history.length"))


def test_what_was_closed_before_is_not_opened(open_as: Open, people: Cast) -> None:
    """By a colleague meanwhile: one's undo would undo theirs."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    thread = thread_of(comment_by_public_id(one))
    set_closed(thread, True, by=people.olga)
    premoderate(thread, True, by=people.olga)
    press(page, "l")
    told(page, "The conversation is closed.")
    expect(page.locator(".toast button")).to_have_count(0)
    expect(page.get_by_role("button", name="Reopen the conversation")).to_be_visible()
    page.get_by_role("button", name="Stop pre-moderating").click()
    told(page, "no longer pre-moderated")
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("The conversation is pre-moderated")
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("nothing to undo")
    db.session.rollback()
    assert thread_of(comment_by_public_id(one)).closed_at is not None


def test_what_is_typed_while_the_page_is_fetched(open_as: Open, people: Cast) -> None:
    """And sent before that page comes: then the answer is shown, not what was typed."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    day, tags = page.get_by_label("Open through"), page.get_by_label("Tags")
    fetched = Held(page, f"**/comments/{one}")
    day.fill("2199-12-31")
    day.press("Enter")
    fetched.wait()
    sent = Held(page, "**/tags**")
    tags.fill("sea, sea, Harbor")
    tags.press("Enter")
    sent.wait()
    fetched.let_go()
    expect(page.locator("[name=closes_at][value='2199-12-31']")).to_be_visible()
    expect(tags).to_have_value("sea, sea, Harbor")
    sent.let_go()
    expect(tags).to_have_value("sea, harbor")


def test_a_mistake_in_what_is_set(open_as: Open, people: Cast) -> None:
    """It is said at its field, and there is nothing to undo."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    day = page.locator(".after").get_by_label("Open through")
    day.fill("2001-01-01")
    day.press("Enter")
    expect(page.locator(".after .error")).to_be_visible()
    expect(day).to_be_focused()
    expect(day).to_have_value("2001-01-01")
    expect(page.locator(".toast")).to_have_count(0)


def test_keys_at_once(open_as: Open, people: Cast) -> None:
    """Before the page shows what was done, a key is not lost, and none decides twice."""
    one, *_ = four_held(people)
    page = open_as("mona", f"/dashboard/comments/{one}")
    late = Held(page, f"**/comments/{one}")
    press(page, "f 2 u")
    late.wait(2)
    late.let_go()
    expect(page.locator(".timeline > li")).to_have_count(4)
    assert status(one) == "pending"
    press(page, "2 g n")
    page.wait_for_url("**/notices**")
    assert status(one) == "rejected"


@pytest.mark.parametrize("kind", ["w", "b"])
def test_a_sanction(open_as: Open, people: Cast, kind: str) -> None:
    """Its form is on the person's page, and leads back: Back does not show it again. Undone in place."""
    one, *_ = four_held(people)
    page = open_as("mona", "/dashboard/?order=oldest")
    press(page, "j o")
    page.wait_for_url(f"**/comments/{one}")
    status_shown = page.locator(".head .pill").first
    press(page, kind)
    page.wait_for_url("**/people/**")
    expect(page.locator(".sanction [name=reason]")).to_be_focused()
    page.locator(".sanction [name=message]").fill("Please be kind.")
    page.locator(".sanction [name=reason]").focus()
    press(page, "2 Enter")
    page.wait_for_url(f"**/comments/{one}")
    told(page, "Rita")  # which is read out half a second later, unless it is undone
    expect(status_shown).to_have_text("rejected" if kind == "b" else "pending")
    page.evaluate("document.body.dataset.same = ''")
    press(page, "u")
    expect(page.locator("#announcer")).to_contain_text("Undone")
    expect(status_shown).to_have_text("pending")
    expect(page.locator("main > .notice:visible")).to_have_count(0)
    expect(page.locator("body")).to_have_attribute("data-same", "")
    assert status(one) == "pending"
    assert role_of(people.rita, people.site) == "reader"
    press(page, kind)
    page.wait_for_url("**/people/**")
    expect(page.locator(".sanction [name=message]")).to_have_value("Please be kind.")
    page.go_back()
    page.wait_for_url(f"**/comments/{one}")
    page.go_back()
    page.wait_for_url("**/?order=oldest")
