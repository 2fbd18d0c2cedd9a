"""The hand on the queue: keys for everything, the palette, fingers; nothing leaves the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id
from commentsvc.threads.models import Comment, Thread
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, four_held, told
from tests.browser.held import until
from tests.browser.test_moderators_day import look_again

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Route

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Four held comments, two of them by Rita."""
    return four_held(people)


def test_cards_are_selected_by_keys(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST)
    many = page.locator("#ticked")
    for key in ("j", "x"):
        page.keyboard.press(key)
    expect(many).to_have_text("1")
    for key in ("j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(many).to_have_text("3")
    page.keyboard.press("x")
    expect(many).to_have_text("2")
    page.locator("input.tick").nth(3).click(modifiers=["Shift"])
    expect(many).to_have_text("4")
    page.keyboard.press("i")
    expect(page.locator("#bulk [name=action]")).to_be_focused()
    page.keyboard.press("/")  # one types into the form
    page.keyboard.press("Escape")
    expect(page.locator("details.many[open]")).to_have_count(0)
    page.locator(".card .name").first.focus()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_places_and_the_palette(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST)
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("/dashboard/appeals"))
    page.keyboard.press("?")  # keys are listed on every page
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Queue: Reported")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("rita")
    option = page.get_by_role("option", name=re.compile("Rita person"))
    expect(option).to_be_visible()
    expect(page.locator("#palette-list [role=option]").first).to_have_attribute(
        "aria-selected", "true"
    )
    option.click()
    page.wait_for_url(re.compile("/people/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("unrev")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("queue=unreviewed"))
    page.goto(page.url.split("/dashboard")[0] + OLDEST)
    page.keyboard.press("Control+k")
    page.keyboard.type("one card at")
    expect(page.locator("#palette-list [role=option]").first).to_contain_text("one card at a time")
    page.keyboard.press("Enter")
    expect(page.locator("#position")).to_have_text("1 of 4")
    page.keyboard.press("Control+k")
    page.keyboard.type("harbor fees")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette").get_by_role("option", name="Search people")).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=harbor"))


def test_keyboards_without_latin_letters(open_as: Open, waiting: list[str]) -> None:
    """A Cyrillic or Arabic letter means what its key means on a Latin keyboard."""
    page = open_as("mona", OLDEST)
    say = """([key, code, more]) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key, code, bubbles: true, ...more}))"""
    page.evaluate(say, ["о", "KeyJ", {}])
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    page.evaluate(say, ["ب", "KeyF", {}])
    told(page, "Approved.")
    page.evaluate(say, ["я", "KeyZ", {"ctrlKey": True}])
    expect(page.locator("[data-count=pending]")).to_have_text("4")
    page.evaluate(say, ["л", "KeyK", {"ctrlKey": True}])
    expect(page.locator("#palette")).to_be_visible()


def replies() -> list[Comment]:
    db.session.rollback()
    found = list(db.session.query(Comment).where(Comment.parent_id.is_not(None)))
    return [each for each in found if each.status == "published"]


def test_a_reply_approves(open_as: Open, people: Cast, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type("Please stay friendly.")
    page.keyboard.press("Control+Enter")
    told(page, "Approved. Reply published.")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
    assert status(waiting[0]) == "published"
    assert [each.author_id for each in replies()] == [people.mona.id]
    page.keyboard.press("u")
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("4 left")
    assert status(waiting[0]) == "pending" and replies() == []
    page.keyboard.press(
        "r"
    )  # what was typed is there, and a reply that is refused approves nothing
    expect(page.get_by_label("Your reply")).to_have_value("Please stay friendly.")
    page.keyboard.type("x" * 3)
    page.evaluate("document.querySelector('.current textarea[name=text]').value = 'x'.repeat(9000)")
    page.keyboard.press("Control+Enter")
    told(page, "characters")
    expect(page.locator("[data-count=pending]")).to_have_text("4")
    assert status(waiting[0]) == "pending" and replies() == []
    page.keyboard.press("Escape")
    page.locator(f"#c-{waiting[0]}").focus()
    page.keyboard.press("f")
    told(page, "Approved.")


def test_feature_and_close(open_as: Open, people: Cast, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("e")
    told(page, "Approved. Featured.")
    made = comment_by_public_id(waiting[0])
    assert (made.status, made.featured) == ("published", True)
    thread_id = made.thread_id
    page.keyboard.press("u")
    expect(page.locator("#announcer")).to_contain_text("4 left")
    assert status(waiting[0]) == "pending"
    assert not comment_by_public_id(waiting[0]).featured
    page.keyboard.press("l")
    told(page, "The conversation is closed.")
    expect(page.locator("#cards .card")).to_have_count(4)
    assert closed(thread_id)
    page.keyboard.press("u")
    expect(page.locator("#announcer")).to_contain_text("The conversation is open again.")
    assert not closed(thread_id)


def test_a_poll_during_an_undo_counts_nothing_twice(
    open_as: Open, people: Cast, waiting: list[str]
) -> None:
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("f")
    told(page, "Approved.")
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/undo", lambda route: answers.append((route, route.fetch())))
    page.keyboard.press("u")
    until(page, lambda: answers, "nothing was undone")
    with page.expect_response("**/live?*") as polled:
        look_again(page)
    polled.value.finished()
    [(route, answer)] = answers
    route.fulfill(response=answer)
    expect(page.locator("#announcer")).to_have_text("Undone. 4 left.")


def closed(thread_id: int) -> bool:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Thread, thread_id).closed_at is not None


def test_reject_and_ban_is_two_presses(open_as: Open, people: Cast, waiting: list[str]) -> None:
    """With all that waits by the same person; one undo brings everything back."""
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("q")
    page.keyboard.press("3")
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()
    told(page, "Rita")
    assert [status(each) for each in waiting] == ["rejected", "pending", "rejected", "pending"]
    assert role_of(people.rita, people.site) == "banned"
    page.keyboard.press("u")
    expect(page.locator("#announcer")).to_contain_text("4 left")
    assert [each.get_attribute("data-id") for each in page.locator(".card").all()] == waiting
    assert [status(each) for each in waiting] == ["pending"] * 4
    for key in ("q", "Escape", "3"):  # who thinks better of it bans nobody
        page.keyboard.press(key)
    told(page, "Rejected:")
    assert status(waiting[0]) == "rejected"
    assert role_of(people.rita, people.site) == "reader"


def test_one_at_a_time_shows_nothing_else(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST)
    page.keyboard.press("z")
    position = page.locator("#position")
    expect(position).to_have_text("1 of 4")
    page.keyboard.press("f")
    expect(position).to_have_text("2 of 4")
    page.keyboard.press("j")
    expect(position).to_have_text("3 of 4")
    for each in ("header.top", "nav.tabs", ".tools", ".more"):
        expect(page.locator(f"{each}:visible")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("header.top")).to_be_visible()
    expect(position).to_be_hidden()


def test_a_key_decides_only_the_card_one_sees(open_as: Open, waiting: list[str]) -> None:
    """Where no card has the ring or it is out of sight, the first press only shows which is meant."""
    page = open_as("mona", OLDEST, viewport={"width": 1280, "height": 500})
    first, second = (page.locator(f"#c-{each}") for each in waiting[:2])
    page.keyboard.press("j")
    for key in ("3", "f", "e", "l"):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        expect(first).to_be_focused()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(first).not_to_be_in_viewport()
    page.keyboard.press("3")
    expect(first).to_be_in_viewport()
    for key in ("g", "1", "1"):  # no place has a digit; then it is a reason again
        expect(page.locator("#cards .card")).to_have_count(4)
        page.keyboard.press(key)
    told(page, "Rejected:")
    expect(second).to_be_focused()
    assert [status(each) for each in waiting] == ["rejected", "pending", "pending", "pending"]
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_focused()
    page.keyboard.press("u")
    expect(first).to_be_focused()


def test_a_note_is_left_without_a_mouse(open_as: Open, people: Cast) -> None:
    page = open_as("mona", "/dashboard/shift")
    page.get_by_label("Note for the next shift").fill("The ferry article is getting heated.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article")).to_contain_text("The ferry article is getting heated.")
