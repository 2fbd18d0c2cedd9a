"""The head of the box and of each comment where it is narrow, and what stands beside what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from commentsvc.core.db import unit_of_work
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import Pages, box, choose, write
from tests.browser.held import until
from tests.browser.members import come_back
from tests.browser.test_touch import PHONE
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser

MIDDLES = """() => ["#count", "#bell", "#me bdi"].map((css) => {
  const {top, bottom} = document.querySelector(css).getBoundingClientRect();
  return (top + bottom) / 2;
})"""


def phone(new_context: Callable[..., BrowserContext], width: int) -> Page:
    return new_context(**{**PHONE, "viewport": {"width": width, "height": 740}}).new_page()


#: Whether the first letter of the name can be seen.
BEGINS = """(summary) => {
  const letter = document.createRange(), name = summary.querySelector("bdi").firstChild;
  letter.setStart(name, 0);
  letter.setEnd(name, 1);
  const [at, all] = [letter, summary].map((each) => each.getBoundingClientRect());
  return at.left >= all.left && at.right <= all.right;
}"""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_works(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, lang: str
) -> None:
    """A long name stays on the line of the heading and the bell, cut short at its end, and names its
    menu."""
    with unit_of_work():
        people.rita.name = "Rita Lindqvist-Hallgren"
    page = phone(new_context, 320)
    frame = come_back(page, pages.write(pages.tag(locale=lang)), people.rita, people.site)
    expect(frame.locator("#bell")).to_be_visible()
    frame.evaluate("document.querySelector('#count').textContent = '1,234 comments'")
    count, bell, me = frame.evaluate(MIDDLES)
    assert abs(count - me) < 2 and abs(bell - me) < 2
    summary = frame.locator("#me summary")
    assert summary.locator("bdi").evaluate("(node) => node.scrollWidth > node.clientWidth")
    assert summary.evaluate(BEGINS)
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    summary.press("Enter")
    expect(frame.get_by_role("menu", name="Rita Lindqvist-Hallgren", exact=True)).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_long_name_on_a_phone(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, lang: str
) -> None:
    """Its face is at its first line, and what follows it begins where it does. It has two lines at
    most; where pages are read from right to left, a shortened one would lose its dots."""
    set_policy(people.site, {"locale": lang}, by=people.olga)
    name = "WWWW MMMM " * 5
    post(people.site, "Hello.", name=f"{name}WWWW MMMM")
    page = phone(new_context, 320)
    page.goto(pages.write(pages.tag(), lang=lang))
    frame = box(page)
    face, by, at = (
        frame.locator(f"article {css}").bounding_box() for css in (".face", ".by bdi", ".guest")
    )
    assert face and by and at
    assert (
        by["height"] < (50 if lang == "en" else 80)
        and abs(face["y"] - by["y"]) < 5
        and at["y"] > by["y"] + 40
    )
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if lang == "en":
        assert abs(at["x"] - by["x"]) < 1
    else:
        assert abs(at["x"] + at["width"] - by["x"] - by["width"]) < 12


def test_signs_of_lines_are_mirrored(page: Page, people: Cast, pages: Pages) -> None:
    set_policy(people.site, {"locale": "ar"}, by=people.olga)
    page.goto(pages.write(pages.tag(), lang="ar"))
    frame = box(page)
    frame.locator("#write textarea").click()
    for name, scale in (("list", "-1 1"), ("quote", "-1 1"), ("bold", "none")):
        sign = frame.locator(f"#write [data-do='marks.{name}'] svg")
        expect(sign).to_have_css("scale", scale)


def test_an_error_looks_like_one_and_goes_when_it_is_tried_again(
    page: Page, people: Cast, article: str
) -> None:
    made = post(people.site, "First.", name="Bo").comment.public_id
    page.goto(article)
    frame = box(page)
    first = frame.locator(f"#c-{made}")
    page.route("**/like*", lambda route: route.abort())
    like = first.locator("[data-action=like]")
    for _ in range(2):
        like.click()
        expect(first.locator(".tell.bad")).to_contain_text("This wasn’t saved.")
    page.unroute("**/like*")
    like.click()
    expect(first.locator(".tell")).to_have_count(0)


def sight(frame: Frame) -> float:
    """How much of the panel is in view."""
    seen: float = frame.evaluate(
        """() => new Promise((done) => new IntersectionObserver(([entry]) => done(entry.intersectionRatio))
            .observe(document.querySelector("form.panel")))"""
    )
    return seen


def test_what_opens_at_the_edge_comes_into_view(page: Page, people: Cast, pages: Pages) -> None:
    """More than half of it is in view, but not its buttons."""
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(pages.write(f"{pages.tag(lazy='false')}<p style='height: 1500px'>Text.</p>"))
    frame = box(page)
    write(frame, "Mine.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator("[data-action=edit]")).to_be_visible()
    choose(mine, "withdraw")
    panel = mine.locator("form.panel")
    expect(panel).to_be_visible()
    high = panel.bounding_box()
    assert high
    panel.locator(".plain").click()
    page.evaluate("scrollTo(0, 0)")
    above = mine.locator("footer").first.bounding_box()
    assert above
    bottom = above["y"] + above["height"] + 10 + high["height"] * 0.7
    page.set_viewport_size({"width": 1280, "height": int(bottom)})
    choose(mine, "withdraw")
    expect(panel).to_be_visible()
    until(page, lambda: sight(frame) > 0.95, "its buttons stay out of sight")
