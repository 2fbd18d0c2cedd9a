"""Reading in the box: long texts, one comment of many, code, and names and likes that answer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import box, write
from tests.browser.held import Held
from tests.browser.members import come_back
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

LONG = "A sentence about the ferry and its soup, of one line or so. " * 45


def heights(frame: Frame) -> list[int]:
    """How tall the texts are."""
    return [
        int(each)
        for each in frame.evaluate(
            "[...document.querySelectorAll('.text')].map((each) => each.offsetHeight)"
        )
    ]


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """A long text is shortened until somebody wants to read on, or something in its rest is reached."""
    post(people.site, "A short one.")
    second = post(
        people.site, f"{LONG}\n\nAt [the end](https://example.org/end)."
    ).comment.public_id
    page.goto(article)
    frame = box(page)
    more = frame.locator(f"#c-{second} .rest")
    expect(more).to_be_visible()
    short, _ = heights(frame)
    assert short < 400
    more.press("Enter")
    expect(more.get_by_text("Show less")).to_be_visible()
    expect(more.get_by_text("Read more")).to_be_hidden()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(more).to_be_focused()
    whole, _ = heights(frame)
    assert whole > short + 200
    more.press("Enter")
    expect(more.get_by_text("Read more")).to_be_visible()
    assert heights(frame)[0] == short
    more.press("Shift+Tab")  # to the link in what is hidden
    expect(frame.get_by_role("link", name="the end")).to_be_focused()
    expect(more).to_be_hidden()
    assert heights(frame)[0] == whole
    expect(frame.get_by_role("link", name="the end")).to_be_in_viewport()
    write(frame, f"Mine. {LONG}")
    expect(frame.locator("#list > .c")).to_have_count(3)
    mine = frame.locator("#list > .c", has_text="Mine.")
    expect(mine.locator(".rest")).to_have_count(0)
    expect(mine).to_be_focused()
    expect(mine).to_have_css("outline-style", "none")
    page.goto(f"{article}#commentsvc={second}")
    page.reload()
    expect(box(page).locator(f"#c-{second} .rest")).to_be_hidden()


def test_without_a_script_nothing_is_shortened(
    live: Server, people: Cast, article: str, new_context: Callable[..., BrowserContext]
) -> None:
    post(people.site, LONG)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live.url}/embed/thread?site=harbour&href=https://news.example.org/2026/bridge")
    expect(page.locator(".rest")).to_be_hidden()
    found = page.locator(".text").bounding_box()
    assert found is not None and found["height"] > 500


def test_likes_and_cards_answer_at_once(page: Page, people: Cast, article: str) -> None:
    """A like is there before the server has answered, and goes where it fails; a card moves nothing."""
    first, second = [post(people.site, f"Number {each}.").comment.public_id for each in range(2)]
    page.goto(article)
    frame = box(page)
    like = frame.locator(f"#c-{first} [data-action=like]")
    held = Held(page, "**/like")
    like.click()
    held.wait()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like.locator("b")).to_have_text("1")
    held.let_go()
    expect(frame.locator("#say")).to_have_text("You like this")
    expect(like.locator("b")).to_have_text("1")
    page.route("**/like", lambda route: route.abort())
    like.click()
    expect(frame.locator(".tell")).to_contain_text("This wasn’t saved.")
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like.locator("b")).to_have_text("1")
    place = f"document.querySelector('#c-{first} .text').getBoundingClientRect().top"
    before = frame.evaluate(place)
    frame.locator(f"#c-{second} .by button").click()
    expect(frame.locator(f"#c-{second} .card")).to_be_visible()
    assert frame.evaluate(place) == before
    frame.locator("#count").click()
    expect(frame.locator(".card")).to_have_count(0)


def test_in_a_narrow_box_a_member_has_a_menu(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    """At the top, where "Sign in" was; what is their own says so."""
    mine = post(people.site, "Mine.", user=people.rita).comment.public_id
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    frame = come_back(page, article, people.rita, people.site)
    expect(frame.locator(f"#c-{mine} .you")).to_have_text("You")
    name = frame.locator(".top > #me summary")
    for lines in (2, 1):
        # where the heading takes all the room, the name begins the next line
        frame.locator("#count").evaluate(f"(node) => (node.style.width = '{50 * lines}%')")
        name.press("Enter")
        expect(frame.get_by_role("menuitem", name="My comments")).to_be_in_viewport(ratio=1)
        if lines == 2:
            page.keyboard.press("Escape")
    expect(frame.get_by_role("menuitem", name="My comments")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(frame.get_by_role("menuitem", name="Sign out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    name.press("Enter")
    frame.get_by_role("menuitem", name="Sign out").press("Enter")
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
