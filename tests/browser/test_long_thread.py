"""A long conversation: what happens in one place costs what that place costs, however much is around it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from bench import corpus
from commentsvc.core.db import db
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Site
from tests.browser.conftest import box, menu
from tests.browser.held import until

if TYPE_CHECKING:
    from tests.browser.conftest import Pages, Server

pytestmark = pytest.mark.browser

SIZE, PAGE = 400, 40
FURTHER = ".further"


@pytest.fixture
def frame(live: Server, pages: Pages, page: Page) -> Frame:
    """A box with its first page, and two more."""
    assert live.app is not None
    corpus.fill(live.app, (SIZE,))
    site = db.session.scalar(db.select(Site).where(Site.key == corpus.KEY))
    assert site is not None
    sites.set_origins(site, [corpus.ORIGIN, "http://localhost:*"])
    tag = pages.tag(corpus.KEY, corpus.href(SIZE), numposts=str(PAGE), order_by="oldest")
    page.goto(pages.write(f"<h1>The bridge</h1>{tag}"))
    found = box(page)
    for number in (2, 3):
        more(found, number)
    return found


def more(frame: Frame, pages: int) -> None:
    """Add a page, and wait until all of it is there."""
    frame.locator("#more a").click()
    expect(frame.locator(".list > .c")).to_have_count(PAGE * pages)
    expect(frame.locator("#more a.busy")).to_have_count(0)


def test_it_works(frame: Frame) -> None:
    """Each page is short lists, in the order of the conversation; one of them has the focus."""
    ids = frame.locator(".list .c").evaluate_all("(all) => all.map((each) => each.id)")
    assert len(set(ids)) == len(ids)
    sizes = frame.locator(FURTHER).evaluate_all(
        "(all) => all.map((each) => each.querySelectorAll('.c').length)"
    )
    assert len(sizes) >= 4 and frame.locator("#list, #more").count() == 2
    times = frame.locator(".list > .c > article time").evaluate_all(
        "(all) => all.map((each) => each.dateTime)"
    )
    assert times == sorted(times)
    expect(frame.locator(f"{FURTHER} .c:focus")).to_have_count(1)
    frame.locator("[data-sort=newest]").click()
    expect(frame.locator(".list > .c")).to_have_count(PAGE)
    expect(frame.locator(FURTHER)).to_have_count(0)


def test_a_page_comes_in_slices_and_styles_only_what_is_new(
    frame: Frame, page: Page, chromium: Browser
) -> None:
    everything = frame.evaluate("document.querySelectorAll('*').length")
    chromium.start_tracing(page=page, categories=["devtools.timeline"])
    more(frame, 4)
    found: list[dict[str, Any]] = json.loads(chromium.stop_tracing())["traceEvents"]
    styled = [
        each["args"]["elementCount"]
        for each in found
        if each["name"] == "UpdateLayoutTree" and "elementCount" in each.get("args", {})
    ]
    added = frame.evaluate("document.querySelectorAll('*').length") - everything
    assert sum(styled) > added / 2  # the trace has seen it
    assert max(styled) < added < everything / 2


def cost_of_more(frame: Frame, page: Page, chromium: Browser, pages: int) -> int:
    """How many objects are laid out at most, whether or not they change, while a page is added."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    chromium.start_tracing(page=page, categories=["devtools.timeline"])
    more(frame, pages)
    found: list[dict[str, Any]] = json.loads(chromium.stop_tracing())["traceEvents"]
    return max(
        each["args"]["beginData"]["totalObjects"]
        for each in found
        if each["name"] == "Layout" and "totalObjects" in each.get("args", {}).get("beginData", {})
    )


def test_more_costs_the_same_however_much_is_there(
    frame: Frame, page: Page, chromium: Browser
) -> None:
    """Lists that nobody looks at are not arranged, and so not painted either (parts/asleep.js)."""
    first = cost_of_more(frame, page, chromium, 4)
    more(frame, 5)
    assert cost_of_more(frame, page, chromium, 6) < 1.25 * first


def test_nothing_that_counts_through_all_comments(frame: Frame) -> None:
    """For counters and for units of the window's height, browsers walk through every element."""
    summary = frame.locator(".list summary").first
    assert summary.evaluate("(node) => getComputedStyle(node).counterIncrement") == "none"
    units = r"/\d(d|s|l)?(vw|vh|vmin|vmax|vi|vb)\b/"
    rules = f"""[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
      .map((rule) => rule.cssText).filter((text) => {units}.test(text))"""
    menu(frame.locator(".list .c").first)  # its style sheet, too
    expect(frame.locator("[role=menuitem]").first).to_be_visible()
    assert frame.evaluate(rules) == []


HEIGHTS = "(all) => all.map((each) => each.getBoundingClientRect().height)"
SLEEPS = """(list) => list.matches('.asleep')
  && !list.firstElementChild.checkVisibility({ contentVisibilityAuto: true })"""


def asleep(frame: Frame, page: Page) -> None:
    """The reader is at the end, and the first lists are not drawn."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    first = frame.locator(FURTHER).first
    until(page, lambda: first.evaluate(SLEEPS), "the first list is still drawn")


def heights_when_drawn(frame: Frame) -> list[float]:
    """As they are if all are drawn, which they are not afterwards."""
    found: list[float] = frame.locator(FURTHER).evaluate_all(
        f"""(all) => {{
          for (const each of all) each.style.contentVisibility = "visible";
          const found = ({HEIGHTS})(all);
          for (const each of all) each.style.contentVisibility = "";
          return found;
        }}"""
    )
    return found


def test_a_list_that_is_not_drawn_keeps_its_height(frame: Frame, page: Page) -> None:
    asleep(frame, page)
    lists = frame.locator(FURTHER)
    assert lists.evaluate_all(HEIGHTS) == pytest.approx(heights_when_drawn(frame), abs=0.1)
    before = lists.first.evaluate("(node) => node.offsetHeight")
    # something is added there, as an answer to it is
    lists.first.locator(".c").first.evaluate(
        "(node) => node.append(Object.assign(document.createElement('p'), {textContent: 'More.'}))"
    )
    until(
        page,
        lambda: lists.first.evaluate("(node) => node.offsetHeight") > before + 10,
        "it has no room for what was added",
    )
    asleep(frame, page)
    assert lists.evaluate_all(HEIGHTS) == pytest.approx(heights_when_drawn(frame), abs=0.1)


def test_a_list_that_is_not_drawn_has_another_height_in_another_width(
    frame: Frame, page: Page
) -> None:
    asleep(frame, page)
    lists = frame.locator(FURTHER)
    before = sum(lists.evaluate_all(HEIGHTS))
    page.set_viewport_size({"width": 360, "height": 700})
    until(
        page, lambda: sum(lists.evaluate_all(HEIGHTS)) > 1.2 * before, "they are as high as before"
    )
    asleep(frame, page)
    assert lists.evaluate_all(HEIGHTS) == pytest.approx(heights_when_drawn(frame), abs=0.1)


def test_what_is_not_drawn_can_be_found_and_reached(frame: Frame, page: Page) -> None:
    """By the browser's search, by the keyboard and by a link."""
    asleep(frame, page)
    comment = frame.locator(f"{FURTHER} .c").first
    assert comment.evaluate(
        """(node) => {
          const name = "found-" + node.dataset.id;
          node.querySelector(".text").append(name);
          return window.find(name) && node.contains(getSelection().anchorNode);
        }"""
    )
    button = comment.locator("[data-action=reply]").first
    button.focus()
    expect(button).to_be_focused()
    assert frame.locator(FURTHER).first.evaluate(f"(list) => !({SLEEPS})(list)")


@pytest.mark.drill
def test_each_list_is_a_layer(frame: Frame, page: Page) -> None:
    """What changes in one is painted without the others. Only a complete browser has such layers."""
    session = page.context.new_cdp_session(frame)
    heights: set[float] = set()

    def heard(event: dict[str, Any]) -> None:
        heights.update(each["height"] for each in event.get("layers", []))

    session.on("LayerTree.layerTreeDidChange", heard)
    session.send("LayerTree.enable")
    frame.locator(FURTHER).last.scroll_into_view_if_needed()  # the tree is told when it changes
    lists = frame.locator(FURTHER).evaluate_all(
        f"(all) => all.filter((each) => !({SLEEPS})(each)).map((each) => each.offsetHeight)"
    )

    def has_layers() -> bool:
        return all(any(abs(each - high) < 70 for each in heights) for high in lists)

    until(page, has_layers, f"a list is painted together with others: {heights}, {lists}")


def test_a_menu_reaches_over_the_next_list(frame: Frame) -> None:
    last = frame.locator(f"{FURTHER} > .c:last-child").first
    menu(last.locator(".c").last if last.locator(".c").count() else last)
    items = frame.locator("[role=menuitem]")
    expect(items.last).to_be_visible()
    assert items.evaluate_all(
        """(all) => all.every((each) => {
          const { left, top, width, height } = each.getBoundingClientRect();
          return each.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        })"""
    )
