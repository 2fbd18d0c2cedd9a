"""The caret stays in sight while the field grows under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
