"""Open forms of the queue: keys and presses belong to them, not to a card behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.commands import decide, undo
from tests.browser.axe import bring, serious
from tests.browser.conftest import status
from tests.browser.desk import OLDEST
from tests.browser.test_dashboard_hour import card, held

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(open_as: Open, people: Cast) -> None:
    """Wherever in the form one presses: nothing moves under the pointer, and digits stay in it."""
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("h")
    form = page.locator("#drawer .sanction")
    expect(form.locator("[name=length]").first).to_be_focused()
    long = form.locator(".lengths label", has=page.locator("[value='30']"))
    box = long.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    assert long.bounding_box() == box
    page.mouse.up()
    expect(form.locator("[value='30']")).to_be_checked()
    for place in (form.locator("legend").first, form.locator(".hint").first):
        place.click()
        page.keyboard.press("2")
        expect(form.locator("[name=reason]")).to_be_focused()
        expect(form.locator("[name=reason]")).not_to_have_value("")
    card(page, ids[0]).locator(".place").click(position={"x": 2, "y": 2})
    page.keyboard.press("2")
    form.locator("legend").first.click()
    page.keyboard.press("l")
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("does nothing here")
    expect(page.locator("#cards .card")).to_have_count(2)
    assert [status(each) for each in ids] == ["pending", "pending"]


def test_a_digit_without_a_focus_means_the_open_form(open_as: Open, people: Cast) -> None:
    ids = held(people, 1)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("#drawer [name=length]").first).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    expect(page.locator("#drawer [name=length]").nth(1)).to_be_checked()
    assert status(ids[0]) == "pending"


@pytest.mark.parametrize("key", ["q", "b"])
def test_a_key_that_opens_a_form_selects_the_card_too(
    open_as: Open, people: Cast, key: str
) -> None:
    ids = held(people, 2)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    expect(page.locator("#cards .card")).to_have_count(2)
    page.keyboard.press(key)
    if key == "q":
        expect(card(page, ids[0]).locator(".reject [name=ban]")).to_be_checked()
        expect(card(page, ids[0]).locator(".reject input[type=radio]").first).to_be_focused()
    else:
        expect(page.locator("#drawer [value=ban]")).to_be_checked()
    assert [status(each) for each in ids] == ["pending", "pending"]


def test_claiming_by_key_on_a_comments_own_page(open_as: Open, people: Cast) -> None:
    ids = held(people, 1)
    page = open_as("mona", f"/dashboard/comments/{ids[0]}")
    page.keyboard.press(",")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    page.wait_for_load_state()  # the keys are there
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("does nothing here")


def test_a_preview_is_left_with_all_still_selected(open_as: Open, people: Cast) -> None:
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    for leave in (lambda: page.keyboard.press("Escape"), page.go_back):
        if leave == page.go_back:
            page.keyboard.press("2")
        else:
            for key in ("j", "x", "j", "x", "2"):
                page.keyboard.press(key)
        page.wait_for_url(re.compile("/bulk/"))
        expect(page.locator(".save .danger")).to_be_focused()
        leave()
        page.wait_for_url(re.compile(re.escape(OLDEST)))
        expect(page.locator("#selected")).to_contain_text("2 comments selected")
        expect(page.locator(".tick:checked")).to_have_count(2)
        expect(card(page, ids[1])).to_be_focused()


def test_a_saved_filter_is_the_one_shown(open_as: Open, people: Cast) -> None:
    ids = held(people, 2)
    page = open_as("mona", f"{OLDEST}&q=idiot")
    page.keyboard.press("j")
    page.locator(".keep > summary").click()
    expect(page.locator(".keep [name=name]")).to_be_focused()
    page.keyboard.type("Idiots")
    page.keyboard.press("Enter")
    expect(page.locator(".saved [aria-current]")).to_contain_text("Idiots")
    expect(page.locator(".keep")).to_have_count(0)
    expect(card(page, ids[0])).to_be_focused()


def test_an_emptied_queue_shows_no_position(open_as: Open, people: Cast) -> None:
    held(people, 1)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("z")
    expect(page.locator("#position")).to_have_text("1 of 1")
    page.keyboard.press("f")
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#position")).to_have_text("")


def test_what_is_undone_can_be_read_in_the_log(open_as: Open, people: Cast) -> None:
    (only,) = held(people, 1)
    undo(decide(only, action="reject", reason="spam", by=people.olga).public_id, by=people.olga)
    page = open_as("mona", "/dashboard/log")
    row = page.locator("tr.undone").first
    expect(row).to_be_visible()
    expect(row).to_have_css("opacity", "1")
    bring(page)
    assert serious(page) == []
