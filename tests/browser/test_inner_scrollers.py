"""Pages on which something else scrolls than the window: what the box leads to comes into view there, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Pages, box
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.people import Cast

pytestmark = pytest.mark.browser

WINDOW = "body{margin:0}"
MAIN = "body{margin:0}main{height:100vh;overflow:auto}"
INNER = (
    "html,body{height:100%;margin:0;overflow:hidden}"
    "main{height:calc(100% - 60px);margin-top:60px;overflow:auto}"
)
BODY = "html{overflow:hidden;height:100%}body{margin:0;height:100%;overflow:auto}"
NESTED = "body{margin:0}.around{height:500px;overflow-y:auto}footer{height:700px}"
LAYOUTS = {"window": WINDOW, "main": MAIN, "inner": INNER, "body": BODY, "nested": NESTED}
LONG = "\n\nWe took the tram.\n\nIt came late."
IS_SEEN = """(node) => new Promise((done) => {
    new IntersectionObserver(([{boundingClientRect: at, intersectionRect: seen}]) =>
        done(seen.height > 0 && seen.top <= at.top + 1)).observe(node);
})"""
SIZES = [(1280, 800, "ltr"), pytest.param(360, 700, "rtl", marks=pytest.mark.drill)]


def laid_out(pages: Pages, layout: str, way: str, above: int = 1500) -> str:
    return pages.write(
        f'<main><div style="height:{above}px">Article</div><div class=around>{pages.tag()}</div>'
        "<footer>Footer</footer></main>",
        head=f"<style>{LAYOUTS[layout]}</style>",
        attributes=f"dir={way}",
    )


def in_sight(page: Page, node: Locator) -> None:
    """Its upper end is in the window, and stays there."""
    node = node.locator("> article")
    node.wait_for()
    for _ in range(100):
        if node.evaluate(IS_SEEN):
            return
        page.wait_for_timeout(50)
    raise AssertionError(node.bounding_box())


def talk(people: Cast) -> list[str]:
    """Twelve comments, the third with six replies."""
    made = [post(people.site, f"Comment {number}.{LONG}").comment.public_id for number in range(12)]
    made[3:3] = [
        post(people.site, f"Reply {number}.{LONG}", parent=made[2]).comment.public_id
        for number in range(6)
    ]
    return made


@pytest.mark.parametrize(("width", "height", "way"), SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_works(
    new_context: Callable[..., BrowserContext],
    people: Cast,
    pages: Pages,
    layout: str,
    width: int,
    height: int,
    way: str,
) -> None:
    """Links to comments, a comment among all others, a reply, and a branch collapsed by its line."""
    made = talk(people)
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{laid_out(pages, layout, way)}#commentsvc={made[1]}")
    frame = box(page)
    in_sight(page, comment(frame, made[1]))
    show_all(frame)
    in_sight(page, comment(frame, made[1]))
    for other in (made[-1], made[0]):
        page.evaluate(f"location.hash = 'commentsvc={other}'")
        in_sight(page, comment(frame, other))
    answer(page, frame, comment(frame, made[2]))
    fold(page, frame, comment(frame, made[2]))


def test_a_header_that_the_page_names_covers_nothing(
    people: Cast, pages: Pages, page: Page
) -> None:
    """Room for one that is not named is 80 pixels high."""
    made = talk(people)[-1]
    page.goto(
        pages.write(
            f"<div style='height:1500px'>Article</div>{pages.tag()}<footer>Footer</footer>",
            head="<style>html{scroll-padding-top:130px}footer{height:900px}</style>",
        )
        + f"#commentsvc={made}"
    )
    node = comment(box(page), made)
    in_sight(page, node)
    found = node.bounding_box()
    assert found is not None and 130 <= found["y"] < 300


def comment(frame: Frame, number: str) -> Locator:
    return frame.locator(f"#c-{number}")


def show_all(frame: Frame) -> None:
    frame.locator("#one [data-action=all]").click()
    expect(frame.locator(".list > .c")).to_have_count(12)


def answer(page: Page, frame: Frame, node: Locator) -> None:
    """It is shown below the other replies."""
    node.locator("> article [data-action=reply]").click()
    form = node.locator("> article > form")
    form.locator("textarea").fill("I know.")
    form.locator("label input").fill("Edda")
    form.locator(".go").click()
    expect(node.locator(".sent")).to_contain_text("I know.")
    in_sight(page, node.locator(".sent"))


def fold(page: Page, frame: Frame, node: Locator) -> None:
    """By its line, far below its beginning."""
    branch = node.locator("> .replies")
    branch.locator("> .c").last.scroll_into_view_if_needed()
    size = branch.bounding_box()
    assert size is not None
    start = node.evaluate("getComputedStyle(document.body).direction") == "rtl"
    branch.click(position={"x": size["width"] - 3 if start else 3, "y": size["height"] - 40})
    expect(node.locator("> .unfold button")).to_be_visible()
    in_sight(page, node)


def test_all_comments_around_the_last_that_a_link_named(
    page: Page, people: Cast, pages: Pages
) -> None:
    made = talk(people)
    page.goto(f"{laid_out(pages, 'window', 'ltr')}#commentsvc={made[1]}")
    frame = box(page)
    in_sight(page, comment(frame, made[1]))
    page.evaluate(f"location.hash = 'commentsvc={made[-1]}'")
    in_sight(page, comment(frame, made[-1]))
    show_all(frame)
    expect(comment(frame, made[-1])).to_be_focused()
    in_sight(page, comment(frame, made[-1]))


@pytest.mark.parametrize(("width", "height", "way"), SIZES)
def test_the_window_moves_only_if_it_must(
    new_context: Callable[..., BrowserContext],
    people: Cast,
    pages: Pages,
    width: int,
    height: int,
    way: str,
) -> None:
    """It stays while all of the box's own scroller is in it, and comes back from the page's end."""
    made = talk(people)
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{laid_out(pages, 'nested', way, above=900)}#commentsvc={made[1]}")
    frame = box(page)
    in_sight(page, comment(frame, made[1]))
    show_all(frame)
    page.evaluate("scrollTo(0, 850)")
    for each in (made[3], made[0], made[-1]):
        page.evaluate(f"location.hash = 'commentsvc={each}'")
        in_sight(page, comment(frame, each))
        assert page.evaluate("scrollY") == 850
    answer(page, frame, comment(frame, made[1]))
    assert page.evaluate("scrollY") == 850
    for each, end in ((made[2], 9999), (made[-1], 0)):
        page.evaluate(f"scrollTo(0, {end}); location.hash = 'commentsvc={each}'")
        in_sight(page, comment(frame, each))


@pytest.mark.parametrize("layout", ["main", "inner", "body", "nested"])
def test_new_comments_are_offered_where_the_reader_is(
    page: Page, people: Cast, pages: Pages, layout: str
) -> None:
    made = talk(people)
    page.goto(f"{laid_out(pages, layout, 'ltr')}#commentsvc={made[0]}")
    frame = box(page)
    show_all(frame)
    in_sight(page, comment(frame, made[0]))
    fresh = post(people.site, "Just now.").comment.public_id
    frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    pill = frame.locator("#pill button")
    expect(pill).to_have_text("1 new comment")
    expect(pill).to_be_in_viewport(ratio=1)
    pill.click()
    in_sight(page, comment(frame, fresh))


@pytest.mark.parametrize("layout", ["window", "main"])
def test_a_link_on_the_page_before_the_box_is_loaded(
    page: Page, people: Cast, pages: Pages, layout: str
) -> None:
    """Far away, browsers fetch no frame: a link to a comment does, also later."""
    made = talk(people)
    address = laid_out(pages, layout, "ltr", above=9000)
    page.goto(f"{address}#commentsvc={made[1]}")
    in_sight(page, comment(box(page), made[1]))
    page.goto("about:blank")
    with page.expect_response(
        "**/embed/after.js*"
    ):  # it comes after 10 seconds, unless the box is near
        page.clock.install()
        page.goto(address)
        page.clock.fast_forward(11_000)
    page.wait_for_function("document.querySelector('iframe').ours")
    page.evaluate(f"location.hash = 'commentsvc={made[4]}'")
    in_sight(page, page.frame_locator("iframe").locator(f"#c-{made[4]}"))
