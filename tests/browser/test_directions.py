"""Comments in a script that runs the other way than the box, and names longer than a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from commentsvc.moderation.cases.appeals import appeal
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import Open, Pages, box
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

ENGLISH = "An English comment.\n\n- one\n- two\n\n1. first\n\n> A quote."
ARABIC = "تعليق بالعربية.\n\n- واحد\n- اثنان\n\n1. أول\n\n> اقتباس."
BETWEEN = "English first.\n\nثم جملة باللغة العربية، وهي أطول من غيرها.\n\nAnd again."
MIXED = "An English comment.\n\nفقرة بالعربية.\n\n- واحد\n- two\n\n> اقتباس."

#: Of each block: its direction, and how far its words stand from both sides of the text.
BLOCKS = """(node) => {
    const all = node.getBoundingClientRect();
    const words = document.createRange();
    return [...node.children].map((each) => {
        words.selectNodeContents(each.querySelector("p") || each);
        const {left, right} = words.getBoundingClientRect();
        return [each.tagName, getComputedStyle(each).direction, left - all.left, all.right - right];
    });
}"""

#: Whether the full stop of a paragraph stands to the right of its first letter.
ENDS_RIGHT = """({firstChild}) => {
    const [first, last] = [0, firstChild.length - 1].map((at) => {
        const range = document.createRange();
        range.setStart(firstChild, at);
        range.setEnd(firstChild, at + 1);
        return range.getBoundingClientRect();
    });
    return first.left < last.left;
}"""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_works(page: Page, people: Cast, pages: Pages, lang: str) -> None:
    """Each block begins, with its marks, on the side where its own words begin."""
    for text in (BETWEEN, ENGLISH, ARABIC, MIXED):
        post(people.site, text)
    page.goto(pages.write(pages.tag(locale=lang), lang=lang))
    frame = box(page)
    texts = frame.locator("#list .text")
    expect(texts).to_have_count(4)
    ends = [each.evaluate(ENDS_RIGHT) for each in texts.last.locator("p").all()]
    assert ends == [True, False, True]
    mixed, arabic, english, _ = [each.evaluate(BLOCKS) for each in texts.all()]
    assert directions(english) == {"UL": "ltr", "OL": "ltr", "BLOCKQUOTE": "ltr"}
    assert directions(arabic) == {"UL": "rtl", "OL": "rtl", "BLOCKQUOTE": "rtl"}
    assert directions(mixed) == {"UL": "rtl", "BLOCKQUOTE": "rtl"}
    for name, direction, left, right in (*english, *arabic, *mixed):
        if (
            name in ("P", "BLOCKQUOTE") and name + direction != "Pltr"
        ):  # a paragraph's is that of its text
            near, far = (left, right) if direction == "ltr" else (right, left)
            assert near < 30 and far > 100, (name, direction, left, right)
    for paragraphs in (english[:1], mixed[:1]):
        assert paragraphs[0][2] < 1, paragraphs


#: How far a name stands from its face, and its words from where it begins, on the side where lines begin.
NAME = """(header) => {
    const [face, name] = [".face", ".by"].map((each) => header.querySelector(each).getBoundingClientRect());
    const words = document.createRange();
    words.selectNodeContents(header.querySelector(".by bdi"));
    const [first, second] = words.getClientRects();
    const side = document.dir === "rtl" ? "right" : "left";
    return [
        Math.max(name.left - face.right, face.left - name.right),
        first[side] - name[side],
        second[side] - name[side],
    ];
}"""


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.drill), "ar"])
def test_a_long_name_on_a_phone(page: Page, people: Cast, pages: Pages, lang: str) -> None:
    """It wraps beside its face, and its lines begin below each other."""
    post(people.site, "Short.", name="Bartholomäa-Wilhelmine von Schaumburg-Lippe und Oldenburg")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(pages.write(pages.tag(locale=lang), lang=lang))
    header = box(page).locator("#list header")
    expect(header.locator(".by button")).to_be_visible()
    beside, *lines = header.evaluate(NAME)
    assert 0 < beside < 20
    assert lines == pytest.approx([0, 0], abs=1)


def directions(blocks: list[Any]) -> dict[str, str]:
    return {name: direction for name, direction, *_ in blocks if name != "P"}


WORDS = """(node) => {
    const words = document.createRange();
    words.selectNodeContents(node);
    const around = node.closest(".notice, li").getBoundingClientRect();
    const {left, right} = words.getBoundingClientRect();
    return [left - around.left, around.right - right];
}"""


def test_what_people_write_to_staff_begins_where_it_does(open_as: Open, people: Cast) -> None:
    """English words on an Arabic page: an author's appeal, and a reader's report."""
    set_policy(people.site, {"undo_seconds": 0, "slow_seconds": 0}, by=people.olga)
    one = post(people.site, "The ferry was late.", user=people.rita).comment
    other = post(people.site, "The ferry was early.", user=people.rita).comment
    flag(other.public_id, reason="spam", note="An ad.", user=people.max)
    decide(one.public_id, action="reject", reason="spam", by=people.mona)
    appeal(one.public_id, "It was late.", by=people.rita)
    page = open_as(
        "olga", "/dashboard/appeals", locale="ar", viewport={"width": 1280, "height": 900}
    )
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert begins_left(page, ".notice .said-small")
    page.goto(page.url.replace("appeals", "?queue=reported"))
    assert begins_left(page, ".flags q")


def begins_left(page: Page, words: str) -> bool:
    left, right = page.locator(words).evaluate(WORDS)
    return bool(left < 64 < right)
