"""Undoing by keyboard when something comes between: no connection, another bulk, another page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.core.jobs import run_due
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Bulk
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, told
from tests.browser.held import Held
from tests.browser.test_dashboard_hour import card, held

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_undo_outlives_a_lost_connection(open_as: Open, people: Cast) -> None:
    """It is refused with words, kept, and offered again; so is leaving the page."""
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    toast, bar = page.locator(".toast"), page.locator("#offline")
    page.keyboard.press("j")
    page.keyboard.press("2")
    told(page, "Rejected: Abusive.")
    page.context.set_offline(True)
    for key in ("u", "n", "o"):
        page.keyboard.press(key)
        expect(toast).to_contain_text("Can’t reach the server")
    expect(page).to_have_url(re.compile(re.escape(OLDEST)))
    page.context.set_offline(False)
    expect(bar).to_be_hidden()
    told(page, "Rejected: Abusive.")
    page.keyboard.press("u")
    expect(card(page, ids[0])).to_be_focused()
    assert status(ids[0]) == "pending"


def test_undo_shows_at_once_that_it_is_under_way(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    toast, late = page.locator(".toast"), Held(page, "**/undo")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(toast.locator(".num")).to_be_visible()
    page.keyboard.press("u")
    expect(toast).to_have_attribute("aria-busy", "true")
    expect(toast.locator(".num")).to_have_count(0)  # nothing runs out any more
    late.let_go()
    expect(card(page, ids[0])).to_be_focused()
    expect(toast).to_be_hidden()


def test_a_bulk_takes_what_was_brought_back_and_is_undone_from_the_queue(
    open_as: Open, people: Cast
) -> None:
    ids = held(people, 4)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("2")
    told(page, "Rejected: Abusive.")
    page.keyboard.press("u")
    expect(card(page, ids[0])).to_be_focused()
    for key in ("x", "j", "x", "2"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile("/bulk/"))
    page.go_back()
    expect(card(page, ids[1])).to_be_focused()
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Reject 2 comments")
    expect(page.locator("main")).not_to_contain_text("will be skipped")
    page.get_by_role("button", name="Reject 2 comments").press("Enter")
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(card(page, ids[2])).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("Reject 2 comments · Done")
    assert [status(each) for each in ids] == ["rejected", "rejected", "pending", "pending"]
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(4)
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
    assert {status(each) for each in ids} == {"pending"}
    expect(page.locator("#fresh")).to_be_hidden()


@pytest.mark.parametrize("leaving", ["bulk", "log"])
def test_u_comes_before_a_page_that_is_on_its_way(
    open_as: Open, people: Cast, leaving: str
) -> None:
    """The next page shows what is true then, and offers nothing that is undone."""
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    toast = page.locator(".toast")
    press(page, "j", *(["x"] if leaving == "bulk" else []), "2")
    if leaving == "bulk":
        page.wait_for_url(re.compile("/bulk/"))
        expect(page.locator(".save .danger")).to_be_focused()
    else:
        told(page, "Rejected")
    late = Held(page, f"**{OLDEST}" if leaving == "bulk" else "**/dashboard/log**")
    press(page, *(["Enter"] if leaving == "bulk" else ["g", "l"]))
    late.wait()
    page.keyboard.press("u")
    late.let_go()
    if leaving == "bulk":
        expect(page.locator("#cards .card")).to_have_count(3)
    else:
        page.wait_for_url("**/dashboard/log**")
    assert {status(each) for each in ids} == {"pending"}
    expect(toast.locator("button")).to_have_count(0)


def test_a_bulk_that_was_just_confirmed_is_what_u_undoes(
    open_as: Open, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not an earlier one: while it is sent, while it waits, and while it is halfway."""
    ids = held(people, 5)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    press(page, "x", "2")
    confirm(page)
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(page.locator(".toast")).to_contain_text("Reject 1 comment · Done")
    expect(card(page, ids[1])).to_be_focused()
    press(page, "x", "j", "x", "2")
    page.route("**/start", lambda route: (page.keyboard.press("u"), route.continue_()))
    confirm(page)
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    assert [status(each) for each in ids] == ["rejected", *["pending"] * 4]
    page.unroute("**/start")
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "UNIT", 1)
    for units in (0, 1):
        card(page, ids[1]).evaluate("each => each.focus()")
        press(page, "x", "j", "x", "2")
        confirm(page)
        expect(page.locator("progress")).to_be_visible()
        made = db.session.scalars(select(Bulk).order_by(Bulk.id.desc()).limit(1)).one()
        for _ in range(units):
            bulk.decide_some(made.id)
        db.session.rollback()
        assert [status(each) for each in ids].count("rejected") == 1 + units
        page.keyboard.press("u")
        expect(page.locator("main")).to_contain_text("Undone")
        run_due()
        assert [status(each) for each in ids] == ["rejected", *["pending"] * 4]
        page.get_by_role("link", name="Back to the queue").press("Enter")
        expect(page.locator("#cards .card")).to_have_count(4)
    page.keyboard.press("u")  # now the earlier one
    expect(page.locator("#cards .card")).to_have_count(5)
    assert {status(each) for each in ids} == {"pending"}


@pytest.mark.parametrize("others", [0, 30])
def test_all_of_a_large_bulk_comes_back(open_as: Open, people: Cast, others: int) -> None:
    """The first ones at once and the others as one goes on, each once and in order, whether or not
    the queue had an end."""
    ids = held(people, 130 + others)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    made = bulk.preview(
        [people.site],
        action="reject",
        reason="spam",
        by=people.mona,
        ticked={each: 1 for each in ids[:130]},
    )
    page.goto(f"{page.url.partition('/dashboard')[0]}/dashboard/bulk/{made.public_id}")
    confirm(page)
    page.wait_for_url(re.compile(r"/dashboard/(\?|$)"))
    page.goto(f"{page.url.partition('/dashboard')[0]}{OLDEST}")
    cards, more = page.locator("#cards .card"), page.locator("#more")
    expect(cards).to_have_count(min(others, 25))
    expect(page.locator(".toast")).to_contain_text("Reject 130 comments")
    page.keyboard.press("u")
    expect(page.locator(".toast > span")).to_have_text(re.compile("Undoing"))
    run_due()
    expect(page.locator("[data-count=pending]")).to_have_text(str(len(ids)))
    expect(cards).to_have_count(125 + min(others, 25))
    while more.count():
        href = more.get_attribute("href")
        more.press("Enter")
        expect(page.locator(f'#more[href="{href}"]')).to_have_count(0)
    expect(cards).to_have_count(len(ids))
    shown = cards.evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def confirm(page: Page) -> None:
    page.wait_for_url(re.compile("/bulk/"))
    expect(page.locator(".save .danger")).to_be_focused()
    page.keyboard.press("Enter")


def test_a_large_bulk_is_followed_until_it_is_undone(
    open_as: Open, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the queue, too: the cards come back, and the message says so."""
    ids = held(people, 12)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    press(page, "j", *["x", "j"] * 8, "2")
    confirm(page)
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(page.locator("#cards .card")).to_have_count(4)
    monkeypatch.setattr(bulk, "UNIT", 1)
    page.keyboard.press("u")
    expect(page.locator(".toast > span")).to_have_text(re.compile("Undoing"))
    run_due()
    expect(page.locator("#cards .card")).to_have_count(12)
    expect(page.locator("[data-count=pending]")).to_have_text("12")
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
