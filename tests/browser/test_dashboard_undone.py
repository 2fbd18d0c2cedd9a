"""Undoing by keyboard when something comes between: no connection, another bulk, another page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.jobs import run_due
from tests.browser.conftest import status
from tests.browser.test_dashboard_hour import OLDEST, card, held

if TYPE_CHECKING:
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
    expect(toast).to_contain_text("Rejected: Abusive.")
    page.context.set_offline(True)
    for key in ("u", "n", "o"):
        page.keyboard.press(key)
        expect(toast).to_contain_text("Can’t reach the server")
    expect(page).to_have_url(re.compile(re.escape(OLDEST)))
    page.context.set_offline(False)
    expect(bar).to_be_hidden()
    expect(toast).to_contain_text("Rejected: Abusive.")
    page.keyboard.press("u")
    expect(card(page, ids[0])).to_be_focused()
    assert status(ids[0]) == "pending"


def test_a_bulk_takes_what_was_brought_back_and_is_undone_from_the_queue(
    open_as: Open, people: Cast
) -> None:
    ids = held(people, 4)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("Rejected: Abusive.")
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
    expect(page.locator("progress")).to_be_visible()
    run_due()
    page.get_by_role("link", name="Back to the queue").press("Enter")
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(card(page, ids[2])).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("Reject 2 comments · Done")
    assert [status(each) for each in ids] == ["rejected", "rejected", "pending", "pending"]
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(4)
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
    assert {status(each) for each in ids} == {"pending"}
