"""What paints a part of the page, or a line of it, is not the ground that a box stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Pages, box
from tests.browser.test_looks import PICTURE, SAY, bare

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.people import Cast

pytestmark = pytest.mark.browser
__all__ = ["bare"]  # a fixture

#: what a page says -> light or dark; look.js sees section, main and the spot for the box
MARKS = {
    # a mark in a line does not paint behind the box that stands in it
    "section{display:inline;background:#111}": "light",
    "body{background:#111;color:#eee}section{display:inline;background:#ffe066}": "dark",
    "body{background:#111;color:#eee}main{display:inline;background:linear-gradient(#fe6,gold)}": "dark",
    f"body{{background:#fff}}main{{display:inline;background:{PICTURE};color:#eee}}": "light",
    "body{background:#fff}main{display:inline-block;background:#111;color:#eee}": "dark",
    # nor does an underline, a bar at the side, or a badge
    "html{background:#111}main{background:linear-gradient(gold,gold) 0 100%/100% 3px no-repeat}": "dark",
    "main{background:linear-gradient(#000,#000) 0 0/4px 100% repeat-y}": "light",
    "main{background:linear-gradient(90deg,#000,#222) 0 0/100% 4px repeat-x, #fff}": "light",
    f"body{{background:#111 {PICTURE} no-repeat 9px 9px/24px;color:#eee}}": "dark",
    "main{background:radial-gradient(#000,#111) no-repeat right/20% 20%}": "light",
    "main{background:linear-gradient(#000,#000) no-repeat,linear-gradient(#fff,#fff)}": "dark",
    "main{background:linear-gradient(#000,#000) 0 0/8px 8px}": "dark",
    "main{background:linear-gradient(rgb(from #fff 9 9 calc(2*4)),#111) no-repeat 0/100% 80%}": "dark",
}


def test_it_works(bare: Page) -> None:
    assert {css: bare.evaluate(SAY, css) for css in MARKS} == MARKS


def test_a_box_in_a_highlighted_line(page: Page, people: Cast, pages: Pages) -> None:
    marked = f"<p><mark style='background:#ffe066;color:#111'>Say it: {pages.tag()}</mark></p>"
    page.goto(pages.write(marked, head="<style>body{background:#111;color:#eee}</style>"))
    expect(box(page).locator("html")).to_have_attribute("data-scheme", "dark")
