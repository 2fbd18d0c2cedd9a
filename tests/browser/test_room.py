"""What stands below the box does not move while somebody looks, however many comments come."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Pages, box
from tests.browser.test_odd_pages import SHIFT
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.people import Cast

pytestmark = pytest.mark.browser

FOOTER = '<footer style="background: #ddd; height: 240px">Footer</footer>'
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PHONE, DESK = (360, 740), (1280, 800)
SCREENS = [PHONE, DESK]
WAITS = ["page.css", "embed.js"]


HEIGHTS = """window.heights = new Set(); (function look() {
    const frame = document.querySelector("iframe[data-commentsvc=shown]");
    if (frame) heights.add(frame.offsetHeight);
    requestAnimationFrame(look); })()"""


def settled(page: Page) -> None:
    """The box shows its comments, its script has run, and it is as tall as what is in it."""
    inside = box(page)
    inside.locator("#me :is(a, button)").first.wait_for()
    height = inside.evaluate("document.body.offsetHeight")
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", height, timeout=20_000)
    page.evaluate(PAINTED)


def cases() -> Iterator[object]:
    """All of them are a drill; `make test` sees both ends of each."""
    for waits, screen, comments in itertools.product(WAITS, SCREENS, (0, 1, 100)):
        short = (waits, screen, comments) in (
            ("page.css", PHONE, 0),
            ("embed.js", DESK, 0),
            ("embed.js", PHONE, 100),
        )
        marks = () if short else pytest.mark.drill
        yield pytest.param(waits, screen, comments, marks=marks)


@pytest.mark.parametrize(("waits", "screen", "comments"), list(cases()))
def test_it_works(
    new_context: Callable[..., BrowserContext],
    people: Cast,
    pages: Pages,
    waits: str,
    screen: tuple[int, int],
    comments: int,
) -> None:
    """The first visit and the second, the footer in view. The page is painted with the box in it, or
    before the loader is there: on a reader's machine that is a race."""
    for number in range(comments):
        post(people.site, f"Comment {number}.")
    page = new_context(viewport={"width": screen[0], "height": screen[1]}).new_page()
    page.add_init_script(SHIFT)
    page.add_init_script(HEIGHTS)
    held: list[Route] = []
    page.route(f"**/{waits}", lambda route: held.append(route))
    (pages.folder / "page.css").touch()
    link = "<link rel=stylesheet href=page.css>"
    address = pages.write(f"<h1>Title</h1>{pages.tag()}{FOOTER}", head=link)
    for _ in range(2):
        page.goto(address, wait_until="commit")
        if waits == "embed.js":
            page.locator("footer").wait_for()
            page.evaluate(PAINTED)
        else:
            page.locator("iframe").wait_for(state="attached")
        held.pop().continue_()
        settled(page)
        assert page.evaluate("shift") < 0.05
        assert page.evaluate("heights.size") < 40  # whole at once, in the reader's eyes


SEEN = """window.seen = []; (function look() {
    const footer = document.querySelector("footer");
    seen.push([Math.round(footer.getBoundingClientRect().top), +getComputedStyle(footer).opacity]);
    requestAnimationFrame(look); })()"""


@pytest.mark.parametrize(
    "style", ["footer { opacity: .5 }", "body { background: linear-gradient(#fff, #eee) }"]
)
def test_what_moves_is_not_seen_on_its_way(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, style: str
) -> None:
    for number in range(3):
        post(people.site, f"Comment {number}.")
    page = new_context(viewport={"width": DESK[0], "height": 1400}).new_page()
    held: list[Route] = []
    page.route("**/embed.js", lambda route: held.append(route))
    head = f"<style>{style}</style>"
    page.goto(
        pages.write(f"<main><h1>Title</h1>{pages.tag()}</main>{FOOTER}", head=head),
        wait_until="commit",
    )
    page.locator("footer").wait_for()
    page.evaluate(PAINTED)
    page.evaluate(SEEN)
    held.pop().continue_()
    settled(page)
    page.wait_for_function("!document.getAnimations().length")
    page.evaluate(PAINTED)
    seen = page.evaluate("seen")
    jumps = [
        after
        for before, after in itertools.pairwise(seen)
        if abs(after[0] - before[0]) > DESK[1] / 10
    ]
    assert jumps and all(opacity == 0 for _, opacity in jumps)
    assert seen[-1][1] == seen[0][1]  # and the page's own look is back


LATE = """<div id=place></div><script>addEventListener("load", () => setTimeout(() =>
    place.append(document.createRange().createContextualFragment(`TAG`)), 50))</script>"""


@pytest.mark.parametrize(("back", "fragment"), [(False, ""), (True, ""), (False, "#title")])
def test_a_reader_who_comes_back_finds_the_place(
    page: Page, people: Cast, pages: Pages, back: bool, fragment: str
) -> None:
    """A browser looks for the place until the page has loaded; this box comes later."""
    for number in range(20):
        post(people.site, f"Comment {number}.")
    late = LATE.replace("TAG", pages.tag().replace("</", "<\\/"))
    text = "<p style='height: 900px'>Text</p>"
    page.goto(pages.write(f"<h1 id=title>Title</h1>{text}{late}{FOOTER}") + fragment)
    page.locator("iframe").scroll_into_view_if_needed()
    settled(page)
    page.evaluate("scrollTo(0, 2200)")
    page.wait_for_function("scrollY === 2200")
    if back:
        page.goto("about:blank")
        page.go_back()
    else:
        page.reload()
    settled(page)
    if fragment:
        assert page.evaluate("scrollY") < 2200  # the address says where
    else:
        page.wait_for_function("scrollY === 2200")
