"""Forms that are open in the dashboard: the focus goes into them, and no key that is pressed in one
decides on the card behind it. Keys that mean one card say so while several are selected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.dashboard.chosen import USUAL
from commentsvc.moderation.sharing import filters as saving
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, told
from tests.browser.test_dashboard_hour import card, held

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
#: Keys that move, search, open a list of their own or leave the page, in an open form too.
ANYWHERE = {
    *("next", "previous", "undo", "single", "unfilter", "search", "filter", "bulk", "go", "help"),
}
ALL_AT_ONCE = {"approve", "reject", "ban_reject", "tick"}
ONLY_SHOW = {"lift", "precedents"}
USELESS = "This key does nothing here."


def test_a_filter_is_named_at_once(open_as: Open, people: Cast) -> None:
    """By mouse and by key: what is typed is its name, and rejects nothing."""
    ids = held(people, 3)
    page = open_as("mona", f"{OLDEST}&q=idiot")
    page.keyboard.press("j")
    for way in ("mouse", "key"):
        expect(card(page, ids[0])).to_be_focused()
        summary = page.locator(".keep > summary")
        summary.click() if way == "mouse" else summary.press("Enter")
        name = page.locator(".keep [name=name]")
        expect(name).to_be_focused()
        page.keyboard.type("d1f")
        expect(name).to_have_value("d1f" if way == "mouse" else "d1fd1f")
        page.keyboard.press("Escape")
        expect(page.locator(".keep[open]")).to_have_count(0)
    page.locator(".keep > summary").click()
    expect(page.locator(".keep [name=name]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_contain_text("d1fd1f")
    assert {status(each) for each in ids} == {"pending"}


def test_keys_in_an_open_form_decide_nothing(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", f"{OLDEST}&q=idiot")
    page.keyboard.press("j")
    for panel in (".keep", ".filters", ".many", ".menu"):
        page.locator(f"details{panel} > summary").click()
        inside = page.locator(
            f"details{panel} :is(summary, input[type=checkbox], button):visible"
        ).all()
        for each in inside:
            each.focus()
            page.keyboard.press("f")
            expect(page.locator(".toast")).to_contain_text(USELESS)
            for name in ("reject", "ban_reject", "wave", "reply", "feature", "close_thread"):
                page.keyboard.press(USUAL[name])
            page.keyboard.press("1")
            expect(each).to_be_focused()
            page.evaluate("document.getElementById('toasts').replaceChildren()")
        page.keyboard.press("Escape")
        expect(page.locator(f"details{panel}[open]")).to_have_count(0)
    expect(page.locator("#cards .card")).to_have_count(2)
    assert {status(each) for each in ids} == {"pending"}


def test_keys_in_a_form_of_a_card_are_its_own(open_as: Open, people: Cast) -> None:
    ids = held(people, 3)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("d")
    ban = card(page, ids[0]).locator("[name=ban]")
    ban.focus()
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text(USELESS)
    page.keyboard.press("q")
    expect(ban).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    card(page, ids[0]).locator(".reply-form .primary").focus()
    page.keyboard.press("f")
    page.keyboard.press("2")
    expect(page.locator("#cards .card")).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("h")  # the form beside the queue
    page.locator(".drawer [name=reject_existing]").focus()
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text(USELESS)
    page.keyboard.press("n")
    expect(page.locator(".drawer")).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator("#cards .card")).to_have_count(2)


def test_while_some_are_selected(open_as: Open, people: Cast) -> None:
    """Every key for one card says that it works on one, or only shows more of it."""
    held(people, 3)
    page = open_as("mona", f"{OLDEST}&q=idiot")
    address = page.url
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    for name in set(USUAL) - ANYWHERE - ALL_AT_ONCE:
        page.keyboard.press(USUAL[name])
        if name not in ONLY_SHOW:
            expect(page.locator(".toast"), name).to_contain_text("works on one card")
        page.evaluate("document.getElementById('toasts').replaceChildren()")
    expect(page.locator("#selected")).to_contain_text("2 comments selected")
    expect(page.locator(":is(.looking, .drawer > *, .acts details[open])")).to_have_count(0)
    assert page.url == address
    assert len(page.context.pages) == 1


def test_a_reason_on_a_comment_s_own_page(open_as: Open, people: Cast) -> None:
    (only,) = held(people, 1)
    page = open_as("mona", f"/dashboard/comments/{only}")
    page.keyboard.press("2")
    told(page, "Rejected")
    assert status(only) == "rejected"


def test_saved_filters_keep_their_numbers(open_as: Open, people: Cast) -> None:
    """A new one comes last, also after those of colleagues."""
    what = saving.Narrowed("pending", "newest", {"q": "idiot"})
    saving.save("Olga's", what, site=people.site, shared=True, by=people.olga)
    saving.save("Mona's", what, site=people.site, by=people.mona)
    page = open_as("mona", OLDEST)
    expect(page.locator(".saved a")).to_have_text(
        [re.compile(r"Olga's[^2]*1\s*$"), re.compile(r"Mona's[^1]*2\s*$")]
    )
