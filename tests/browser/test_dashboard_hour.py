"""An hour at the queue, by keyboard: a long text, undo on other pages, coming back, what is open, a
colleague who is faster, a lost connection, and many cards at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.moderation import commands
from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.sharing import canned, claims
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, told
from tests.browser.held import until
from tests.browser.test_moderators_day import look_again
from tests.factories import notice, post

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
CALM = "The new bridge opens on Monday, and the ferry goes on until the end of May. "
PAGE = 25  # cards of a page


def held(people: Cast, count: int) -> list[str]:
    """Public IDs of so many held comments, the oldest first; what is done to them can be undone longer."""
    set_policy(people.site, {"undo_seconds": 100}, by=people.olga)
    return [
        post(people.site, f"You idiot, {n}.", name=f"P{n}").comment.public_id for n in range(count)
    ]


def card(page: Page, public_id: str) -> Locator:
    return page.locator(f"#c-{public_id}")


def test_a_long_text_shows_what_it_is_held_for(open_as: Open, people: Cast) -> None:
    """Its beginning and the marked sentence; one key shows the rest, and nothing scrolls in a card."""
    long = post(
        people.site, f"{CALM * 18}You are all idiots, every one of you. {CALM * 18}", name="Kim"
    ).comment.public_id
    post(people.site, "You idiot.", name="Jo")
    page = open_as("mona", OLDEST, viewport={"width": 1280, "height": 700})
    page.keyboard.press("j")
    page.keyboard.press("s")  # it is severe, too
    said, button = card(page, long).locator(".said"), card(page, long).locator(".unfold")
    expect(card(page, long).locator("mark").first).to_be_in_viewport()
    expect(said).to_contain_text("You are all idiots", use_inner_text=True)
    expect(button).to_be_in_viewport()
    expect(button).to_have_accessible_name(re.compile("Show the whole text"))
    short = len(said.inner_text())
    assert short < 1300
    assert said.evaluate("node => getComputedStyle(node).overflowY") == "visible"
    page.keyboard.press("s")
    expect(button).to_have_accessible_name(re.compile("Show less"))
    assert len(said.inner_text()) > 2 * short
    assert said.text_content() == said.inner_text()
    page.evaluate("scrollTo({ top: 600, behavior: 'instant' })")
    page.keyboard.press("s")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_hidden()
    expect(card(page, long)).to_be_focused()
    expect(card(page, long).locator(".who")).to_be_in_viewport()
    page.keyboard.press("s")
    page.keyboard.press("s")
    page.keyboard.press("Space")
    until(page, lambda: page.evaluate("scrollY") > 300, "Space does not read on")


def test_undo_survives_other_pages(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.keyboard.press("g")
    page.keyboard.press("a")  # at once: the answer is on its way
    page.wait_for_url(re.compile("/dashboard/appeals"))
    toast = page.locator(".toast")
    told(page, "Rejected: Abusive.")
    expect(toast.locator(".num")).to_contain_text("sec")
    page.keyboard.press("u")
    expect(toast).to_have_text("Undone.")
    assert status(ids[0]) == "pending"
    page.keyboard.press("u")
    expect(toast).to_contain_text("There is nothing to undo here.")

    page.goto(f"{page.url.split('/dashboard')[0]}/dashboard/comments/{ids[1]}")
    page.keyboard.press("f")
    told(page, "Approved.")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/dashboard/notices"))
    told(page, "Approved.")
    page.keyboard.press("u")
    expect(toast).to_have_text("Undone.")
    assert status(ids[1]) == "pending"


def test_back_leads_to_the_same_card(open_as: Open, people: Cast) -> None:
    """And what is undone after the queue is loaded again comes back in its place."""
    ids = held(people, PAGE + 6)
    page = open_as("mona", OLDEST)
    page.get_by_role("link", name="Show more").press("Enter")
    deep = card(page, ids[PAGE + 2])
    expect(deep).to_be_attached()
    deep.focus()
    top = deep.bounding_box()
    assert top is not None
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/comments/"))
    page.go_back()
    expect(deep).to_be_focused()
    until(
        page,
        lambda: abs((deep.bounding_box() or {"y": -99})["y"] - top["y"]) < 30,
        "the card is not where it was",
    )
    page.keyboard.press("2")
    expect(deep).to_have_count(0)
    told(page, "Rejected: Abusive.")
    page.reload()
    expect(card(page, ids[PAGE + 3])).to_be_focused()
    told(page, "Rejected: Abusive.")
    page.keyboard.press("u")
    expect(deep).to_be_focused()
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
    assert status(ids[PAGE + 2]) == "pending"


def test_what_is_open_closes_and_nothing_typed_is_a_command(open_as: Open, people: Cast) -> None:
    ids = held(people, 3)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    for key, panel in (("i", ".many"), (";", ".filters")):
        page.keyboard.press(key)
        expect(page.locator(f"details{panel} select").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(f"details{panel}[open]")).to_have_count(0)
        expect(card(page, ids[0])).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("newest")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Sort by: Newest")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(card(page, ids[0])).to_be_focused()

    page.keyboard.press("d")
    message = card(page, ids[0]).get_by_label("Message to the author")
    message.focus()
    page.keyboard.type("Please stay")
    commands.decide(ids[0], action="reject", reason="abusive", by=people.olga)
    with page.expect_response("**/live?*"):
        look_again(page)
    expect(card(page, ids[0]).locator(".late")).to_contain_text("Rejected by Olga")
    expect(message).to_be_focused()
    scrolled = page.evaluate("scrollY")
    page.keyboard.type(" beluga 1")
    page.keyboard.press("PageDown")
    expect(message).to_have_value("Please stay")
    assert page.evaluate("scrollY") == scrolled
    expect(page.locator("#drawer")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(card(page, ids[0])).to_be_focused()
    expect(message).to_be_hidden()
    expect(card(page, ids[0]).locator(".outcome")).to_contain_text("Rejected by Olga")
    page.keyboard.press("f")
    told(page, "Rejected by Olga")
    page.keyboard.press("j")
    expect(card(page, ids[1])).to_be_focused()


def test_a_lost_connection(open_as: Open, people: Cast) -> None:
    """Four quick presses without a server: one goes on at the first of them."""
    ids = held(people, 6)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.context.set_offline(True)
    for _ in range(4):
        page.keyboard.press("2")
    bar = page.locator("#offline")
    expect(bar).to_contain_text("Can’t reach the server")
    expect(page.locator("#cards .card")).to_have_count(6)
    expect(card(page, ids[0])).to_be_focused()
    page.context.set_offline(False)
    expect(bar).to_be_hidden()
    assert {status(each) for each in ids} == {"pending"}


def test_there_is_a_current_card_while_there_are_cards(open_as: Open, people: Cast) -> None:
    """Also if colleagues have claimed all others, or if the current one is no longer shown."""
    ids = held(people, 4)
    for each in ids[1:]:
        claims.claim(each, by=people.olga)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(card(page, ids[1])).to_be_focused()
    page.locator("#cards > li.current").evaluate("node => node.style.display = 'none'")
    page.keyboard.press("2")
    expect(card(page, ids[2])).to_be_focused()
    page.keyboard.press("2")
    expect(card(page, ids[3])).to_be_focused()
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator("#announcer")).to_contain_text("2 left")
    assert [status(each) for each in ids] == ["rejected", "pending", "rejected", "pending"]


def test_a_key_means_all_that_are_selected(open_as: Open, people: Cast) -> None:
    ids = held(people, 5)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    bar = page.locator("#selected")
    expect(bar).to_contain_text("3 comments selected")
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("works on one card")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert page.locator(".toast").count() == 0  # it spoke of a selection
    page.keyboard.press("Control+k")
    page.keyboard.type("select all cards shown")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Select all")
    page.keyboard.press("Enter")
    expect(bar).to_contain_text("5 comments selected")
    page.keyboard.press("2")
    page.wait_for_url(re.compile("/bulk/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 5 comments")
    expect(page.get_by_role("button", name="Reject 5 comments")).to_be_focused()
    assert {status(each) for each in ids} == {"pending"}


def test_an_appeal_is_decided_with_the_same_letters(open_as: Open, people: Cast) -> None:
    canned.add(people.site, "Sorry", {"en": "{name}, see the rule {rule}."}, by=people.mona)
    taken = post(people.site, "You fool.", user=people.rita).comment.public_id
    made = commands.decide(taken, action="reject", reason="abusive", by=people.mona)
    with unit_of_work():
        made.tell_after = clock.now() - timedelta(minutes=1)
    appeal(taken, "It was a quote.", by=people.rita)
    page = open_as("olga", "/dashboard/appeals")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("This key does nothing here.")
    page.keyboard.press("m")
    page.keyboard.press("1")
    answer = page.locator("[name=answer]")
    expect(answer).to_have_value("Rita, see the rule Abusive.")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_role("button", name="Uphold")).to_be_focused()
    page.keyboard.press("Escape")  # then Enter confirms nothing
    expect(page.locator(".card")).to_be_focused()
    expect(page.locator(".toast")).to_have_count(0)
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Restore")).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("Press Enter to confirm.")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(0)
    assert status(taken) == "published"


def test_a_notice_is_decided_with_the_same_letters(open_as: Open, people: Cast) -> None:
    bad = post(people.site, "A rather bad thing.", user=people.rita).comment.public_id
    notice(bad)
    page = open_as("olga", "/dashboard/notices")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("[name=ground]")).to_be_focused()
    expect(page.locator("[name=ground]")).to_have_accessible_description("Esc Leave the field")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator("[name=outcome][value=illegal]")).to_be_checked()
    expect(page.locator("[name=ground]")).to_be_focused()
    page.keyboard.type("Section 185.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article")).to_contain_text("Section 185.")
    assert status(bad) == "rejected"
