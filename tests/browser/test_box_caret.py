"""The caret stays in sight while the field grows under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Pages, box
from tests.browser.test_inner_scrollers import LAYOUTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("layout", ["window", "main"])
@pytest.mark.parametrize("after", [0, 2])
def test_it_works(page: Page, people: Cast, pages: Pages, layout: str, after: int) -> None:
    """Plain text that comes at once, by dictation or a paste, at the end or before other lines."""
    tag = f"<p style='height:1500px'>Text</p>{pages.tag(lazy='false')}<p style='height:1500px'>End</p>"
    page.goto(pages.write(f"<main>{tag}</main>", head=f"<style>{LAYOUTS[layout]}</style>"))
    frame = box(page)
    area = frame.locator("#write textarea")
    area.evaluate("(node) => node.scrollIntoView({block: 'end'})")
    area.click()
    frame.locator("#write [data-do$=help][aria-expanded]").wait_for()
    area.fill("Below.\n" * after)
    area.evaluate("(node) => node.setSelectionRange(0, 0)")
    tall = area.bounding_box()
    assert tall is not None
    scroller = "document.querySelector('main')" if layout == "main" else "window"
    by = tall["y"] + 40 - 900
    page.evaluate(f"{scroller}.scrollBy({{top: {by}, behavior: 'instant'}})")
    page.keyboard.insert_text("\n".join(f"    line {number}" for number in range(25)))
    for _ in range(100):
        size = area.bounding_box()
        assert size is not None
        if size["height"] > 200 and size["y"] + size["height"] <= 900 + 30 * after:
            return
        page.wait_for_timeout(50)
    raise AssertionError(size)


@pytest.mark.parametrize("layout", ["window", "main"])
@pytest.mark.parametrize("what", ["emoji", "help"])
def test_what_a_tool_opens_is_in_sight(
    page: Page, people: Cast, pages: Pages, layout: str, what: str
) -> None:
    """All of it, and the arrow keys move nothing else."""
    tag = f"<p style='height:1500px'>Text</p>{pages.tag(lazy='false')}<p style='height:1500px'>End</p>"
    page.goto(pages.write(f"<main>{tag}</main>", head=f"<style>{LAYOUTS[layout]}</style>"))
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    tool = frame.locator(
        f"#write [data-do$={'pick' if what == 'emoji' else 'help'}][aria-expanded]"
    )
    size = tool.bounding_box()
    assert size is not None
    scroller = "document.querySelector('main')" if layout == "main" else "window"
    by = size["y"] - 850  # pixels of a window that is 900 high
    page.evaluate(f"{scroller}.scrollBy({{top: {by}, behavior: 'instant'}})")
    tool.click()
    opened = frame.locator(".unfolded")
    expect(opened).to_be_in_viewport(ratio=1)
    if what == "help":
        return
    top = opened.evaluate("(node) => node.getBoundingClientRect().top")
    place = opened.bounding_box()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(opened.locator("button:focus")).to_be_in_viewport(ratio=0.9)
    assert opened.evaluate("(node) => node.scrollTop") > 0
    assert opened.evaluate("(node) => node.getBoundingClientRect().top") == top
    assert opened.bounding_box() == place
