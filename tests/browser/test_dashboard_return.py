"""Coming back to the queue, and what lies over it: the message, the drawer, the pill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.flags import flag
from tests.browser.desk import OLDEST, told
from tests.browser.held import until
from tests.browser.test_dashboard_hour import card, held
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_coming_back_to_the_queue(open_as: Open, people: Cast) -> None:
    """By its key from another page, and from the preview of a bulk action with the selection; a tab
    begins at the top."""
    ids = held(people, 6)
    page = open_as("mona", OLDEST)
    for _ in range(4):
        page.keyboard.press("j")
    expect(card(page, ids[3])).to_be_focused()
    top = card(page, ids[3]).bounding_box()
    assert top is not None
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/dashboard/notices"))
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(card(page, ids[3])).to_be_focused()
    assert page.url.endswith(OLDEST)
    until(
        page,
        lambda: abs((card(page, ids[3]).bounding_box() or {"y": -99})["y"] - top["y"]) < 30,
        "the card is not where it was",
    )
    page.keyboard.press("x")
    page.keyboard.press("2")
    page.wait_for_url(re.compile("/bulk/"))
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(card(page, ids[3])).to_be_focused()
    expect(page.locator("#selected")).to_contain_text("1 comment selected")
    page.locator("nav.tabs a").first.press("Enter")
    expect(page.locator("#selected")).to_be_hidden()
    expect(page.locator("#cards .card").first).to_be_visible()
    expect(page.locator("#cards > .current")).to_have_count(0)


def test_nothing_lies_over_what_is_pressed(open_as: Open, people: Cast) -> None:
    """The drawer leaves the bar and the tools in reach and moves no card; on a phone the message
    stands on the bar; of one card it says which it is."""
    ids = held(people, 3)
    page = open_as("mona", OLDEST, viewport={"width": 1280, "height": 800})
    page.keyboard.press("j")
    stood = card(page, ids[0]).bounding_box()
    page.keyboard.press("n")
    expect(page.locator("#drawer h2").first).to_be_visible()
    beside = card(page, ids[0]).bounding_box()
    assert stood is not None and beside is not None
    assert abs(beside["y"] - stood["y"]) <= 2
    page.locator("header .menu > summary").click(trial=True)
    page.locator(".tools [data-action=single]").click(trial=True)
    page.locator(".tools .many > summary").click(trial=True)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.keyboard.press("f")
    toast, reply = page.locator(".toast"), card(page, ids[1]).locator("[data-action=reply]")
    told(page, "Approved.")
    message, button = toast.bounding_box(), reply.bounding_box()
    assert message is not None and button is not None
    assert message["x"] >= button["x"] + button["width"]
    page.keyboard.press("Escape")
    expect(page.locator("header.top")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 640})
    page.keyboard.press("f")
    expect(page.locator("[data-count=pending]")).to_have_text("1")
    expect(page.locator("#announcer")).to_contain_text("1 left")
    message, bar = toast.bounding_box(), page.locator("header.top").bounding_box()
    assert message is not None and bar is not None
    assert message["y"] + message["height"] <= bar["height"]
    page.goto(f"{page.url}&q=P2")
    page.keyboard.press("j")
    page.keyboard.press("z")
    expect(page.locator("#position")).to_have_text("1 of 1")


@pytest.mark.parametrize("way", ["tab", "search"])
def test_a_bulk_leads_back_to_its_queue_without_a_current_card(
    open_as: Open, people: Cast, way: str
) -> None:
    """As it is for everybody who works with the mouse; where another queue was left with one."""
    held(people, 3)
    for name in ("Ann", "Kim"):
        calm = post(people.site, f"A calm word of {name}.", name=name).comment.public_id
        flag(calm, reason="spam", user=people.rita)
    page = open_as("mona", f"{OLDEST}&queue=all")
    page.keyboard.press("j")
    page.goto(
        f"{page.url.partition('?')[0]}?site={people.site.key}&order=oldest"
        + ("&q=P0" if way == "search" else "")
    )
    if way == "tab":
        page.locator("nav.tabs a", has_text="Reported").click()
        page.wait_for_url(re.compile("queue=reported"))
    came = page.url
    page.locator("details.many > summary").click()
    page.get_by_role("button", name="Preview all matches").click()
    page.wait_for_url(re.compile("/bulk/"))
    page.locator(".save .approve").click()
    page.wait_for_url(came)
    expect(page.locator("#cards .card")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Done")
    page.keyboard.press("u")
    expect(page.locator("#cards .card")).to_have_count(2 if way == "tab" else 1)
