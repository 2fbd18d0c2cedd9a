"""Comments in a script that runs the other way than the box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

ENGLISH = "An English comment.\n\n- one\n- two\n\n1. first\n\n> A quote."
ARABIC = "تعليق بالعربية.\n\n- واحد\n- اثنان\n\n1. أول\n\n> اقتباس."
MIXED = "An English comment.\n\nفقرة بالعربية.\n\n- واحد\n- two\n\n> اقتباس."

#: Of each block: its direction, and how far it stands from both sides of the text.
BLOCKS = """(node) => {
    const all = node.getBoundingClientRect();
    return [...node.children].map((each) => {
        const {left, right} = each.getBoundingClientRect();
        return [each.tagName, getComputedStyle(each).direction, left - all.left, all.right - right];
    });
}"""


@pytest.mark.parametrize(("lang", "side"), [("en", 2), ("ar", 3)])
def test_it_works(page: Page, people: Cast, pages: Pages, lang: str, side: int) -> None:
    """Each block has its marks where its own words begin, and stands below the name like the rest."""
    for text in (ENGLISH, ARABIC, MIXED):
        post(people.site, text)
    page.goto(pages.write(pages.tag(locale=lang), lang=lang))
    frame = box(page)
    texts = frame.locator("#list .text")
    expect(texts).to_have_count(3)
    mixed, arabic, english = [each.evaluate(BLOCKS) for each in texts.all()]
    assert directions(english) == {"UL": "ltr", "OL": "ltr", "BLOCKQUOTE": "ltr"}
    assert directions(arabic) == {"UL": "rtl", "OL": "rtl", "BLOCKQUOTE": "rtl"}
    assert directions(mixed) == {"UL": "rtl", "BLOCKQUOTE": "rtl"}
    for block in (*english, *arabic, *mixed):
        assert block[side] == pytest.approx(0, abs=1), block
        if block[0] != "P":
            assert block[5 - side] > 100, block


def directions(blocks: list[Any]) -> dict[str, str]:
    return {name: direction for name, direction, *_ in blocks if name != "P"}
