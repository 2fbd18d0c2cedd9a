"""Open forms of the queue: keys and presses belong to them, not to a card behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import status
from tests.browser.test_dashboard_hour import OLDEST, card, held

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
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("does nothing here")
