"""What a reader takes away goes without moving what they read, and the focus stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Pages, choose
from tests.browser.members import come_back
from tests.browser.test_inner_scrollers import LAYOUTS
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from tests.people import Cast

pytestmark = pytest.mark.browser

LONG = "".join(f"\n\nStop {number} of the tram." for number in range(25))


def opened(
    page: Page, people: Cast, pages: Pages, layout: str, author: User, reply: bool = False
) -> tuple[Frame, Locator, Locator]:
    """The box as Max sees it; a long comment whose end is in sight, and the one below it."""
    made = []
    for number in range(6):
        text, user = (LONG, author) if number == 3 else (f"Number {number}.", people.rita)
        made.append(post(people.site, text, user=user).comment.public_id)
        if number == 3 and reply:
            made[2] = post(people.site, "Yes.", user=people.rita, parent=made[3]).comment.public_id
    tag = f"<div style='height:900px'>Text</div>{pages.tag(order_by='newest')}<p style='height:900px'>End"
    address = pages.write(f"<main>{tag}</main>", head=f"<style>{LAYOUTS[layout]}</style>")
    frame = come_back(page, address, people.max, people.site)
    long = frame.locator(f"#c-{made[3]}")
    expect(long.locator(".text").first).to_contain_text("Stop 24")
    below = frame.locator(f"#c-{made[2]}")
    scroller = {"main": "document.querySelector('main')", "body": "document.body"}.get(layout)
    size = below.bounding_box()
    assert size is not None
    by = size["y"] - 400
    page.evaluate(f"({scroller or 'window'}).scrollBy({{top: {by}, behavior: 'instant'}})")
    return frame, long, below


def top(node: Locator) -> float:
    size = node.locator("> article").bounding_box()
    assert size is not None
    return size["y"]


def stays(frame: Frame, node: Locator, before: float, height: float) -> None:
    """Once the frame is shorter."""
    for _ in range(200):
        if frame.evaluate("innerHeight") < height - 150 and abs(top(node) - before) < 2:
            return
        frame.page.wait_for_timeout(50)
    raise AssertionError((before, top(node), height, frame.evaluate("innerHeight")))


@pytest.mark.parametrize(
    "layout", ["window", "main", pytest.param("body", marks=pytest.mark.drill)]
)
@pytest.mark.parametrize("reply", [False, True])
def test_it_works(page: Page, people: Cast, pages: Pages, layout: str, reply: bool) -> None:
    """Their own long comment, with a reply or without."""
    frame, long, below = opened(page, people, pages, layout, people.max, reply)
    choose(long, "withdraw")
    press = long.locator("> article > form .do")
    expect(long.locator("> article > form [type=button]")).to_be_focused()
    expect(press).to_be_in_viewport()
    before, height = top(below), frame.evaluate("innerHeight")
    press.press("Enter")
    stays(frame, below, before, height)
    focused = long if reply else below
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()
    expect(frame.locator("#say")).to_have_text("Your comment has been deleted.")


def test_somebody_who_is_muted(page: Page, people: Cast, pages: Pages) -> None:
    frame, long, below = opened(page, people, pages, "window", people.mona)
    before, height = top(below), frame.evaluate("innerHeight")
    choose(long, "mute")
    expect(long.locator(".fold button").first).to_be_focused()
    stays(frame, below, before, height)
    expect(long.locator(".fold button").first).to_be_in_viewport()
