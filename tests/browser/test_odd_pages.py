"""One box, right as a page can be odd: every situation of tests/browser/pages against the same laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box
from tests.browser.odd import NAMES, lay_out, read
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

SHIFT = """window.shift = 0; new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({type: "layout-shift", buffered: true});"""
#: Boxes that can be seen and are as tall as what is in them.
LIVE = """[...document.querySelectorAll("iframe")]
    .filter((each) => each.getBoundingClientRect().height > 100 && each.checkVisibility()).length"""


#: One of each kind; those that a router changes are loaded by test_routers.py as well.
SHORT = {"bundled", "container", "isolated", "oklch", "shadow-root", "trusted-types", "written"}
EACH = [pytest.param(name, marks=() if name in SHORT else pytest.mark.drill) for name in NAMES]


@pytest.mark.parametrize("name", EACH)
def test_it_works(page: Page, people: Cast, pages: Pages, name: str) -> None:
    odd = read(name)
    address = lay_out(pages, name, f"{pages.url}/article")
    for href in (address, f"{pages.url}/article"):
        post(people.site, "An old friend.", href=href)
    page.add_init_script(SHIFT)
    page.goto(address)
    frame = box(page)
    expect(frame.locator(".text")).to_have_text("An old friend.")
    page.wait_for_function(f"{LIVE} === {odd.fact('boxes', '1')}")
    if odd.fact("scheme"):
        expect(frame.locator("html")).to_have_attribute("data-scheme", odd.fact("scheme"))
    if not odd.fact("moves"):
        assert page.evaluate("shift") < 0.05


def test_every_page_says_why_it_is_there() -> None:
    assert [name for name in NAMES if not read(name).fact("why")] == []
    assert {*NAMES} > SHORT
