"""What a first visit needs to see the comments, and what comes after that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box
from tests.browser.held import Held, until
from tests.browser.test_loading import FAULTS, THREAD
from tests.browser.test_looks import GROUNDS, SAY, bare
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser
__all__ = ["bare"]

#: When the comments were there to be read, and when the page and the box asked for more.
PAINTED = (
    "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime"
)
ASKED = """performance.getEntriesByType("resource").filter((each) => !/thread|embed.js/.test(each.name))
    .map((each) => performance.timeOrigin + each.startTime)"""


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """The loader and the frame's page; whatever else a box may need is asked for after that."""
    post(people.site, "Here.")
    rest = Held(page, "**/embed/after.js*", "**/embed/script/**", "**/static/**")
    page.goto(article)
    inside = page.frame_locator("iframe")
    expect(inside.locator(".text")).to_be_visible()
    rest.wait(3)
    assert page.locator("iframe").evaluate("node => node.offsetHeight") > 100
    rest.let_go()
    painted = box(page).evaluate(PAINTED)
    page.wait_for_function(f"{ASKED}.length === 1")
    asked = page.evaluate(ASKED) + box(page).evaluate(ASKED)
    assert len(asked) >= 3 and min(asked) >= painted


def test_when_all_is_lost_the_page_says_so(page: Page, people: Cast, article: str) -> None:
    """Even what says it in the reader's language cannot be fetched."""
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    page.route("**/embed/after.js*", FAULTS["refused connection"])
    page.goto(article)
    page.locator("iframe").wait_for(state="attached")
    page.clock.run_for(3_000)
    link = page.get_by_role("link", name="The comments can’t be reached right now.")
    expect(link).to_have_attribute("href", re.compile("/embed/thread"))


def test_what_a_page_asks_for_early_waits(page: Page, people: Cast, pages: Pages) -> None:
    """Calls before the rest is there are done in their order, and fetch nothing before the comments. What
    happens meanwhile is heard then, even if one who listens fails."""
    post(people.site, "Here.")
    rest = Held(page, "**/embed/after.js*")
    early = """addEventListener("error", (event) => event.preventDefault());
        window.states = []; commentsvc.on("state", () => { throw new Error("the page's own") });
        commentsvc.on("state", (now) => { states[states.length] = now.state });
        commentsvc.scheme(document.body, "dark"); commentsvc.signIn("not a token"); commentsvc.signOut()"""
    tag = pages.tag().replace("async", "")
    page.goto(pages.write(f"<div id=top></div>{tag}<script>{early}</script>"))
    frame = box(page)
    expect(frame.locator(".text")).to_have_text("Here.")
    assert frame.locator("html").get_attribute("data-scheme") == "light"
    rest.let_go()
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    assert page.evaluate("states") == ["shown"]


def test_the_frame_tells_once_that_it_is_painted(page: Page, people: Cast, article: str) -> None:
    """It is painted first, then with content, and looks again a second after it has loaded."""
    page.add_init_script(
        """window.painted = 0; addEventListener("message", ({data}) => { painted += data.painted || 0 })"""
    )
    page.clock.install()
    page.goto(article)
    until(page, lambda: page.evaluate("painted"), "nothing is painted")
    page.clock.run_for(5_000)
    page.wait_for_timeout(100)
    assert page.evaluate("painted") == 1


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("en_US/sdk.js#xfbml=1 data-site=harbour", "class=fb-comments"),
        ("harbour/embed.js", "id=disqus_thread"),
    ],
)
def test_a_place_that_comes_late(
    page: Page, people: Cast, pages: Pages, script: str, place: str
) -> None:
    """A router brings it to a page that had none, and so no box that could have fetched the rest."""
    tag = f"<script async src={pages.service}/{script}></script>"
    with page.expect_response("**/embed/after.js*"):
        page.goto(pages.write(tag))
    page.evaluate(f"document.body.insertAdjacentHTML('beforeend', '<div {place}></div>')")
    answered = re.compile("shown|refused")  # no site has this forum
    expect(page.locator("iframe")).to_have_attribute("data-commentsvc", answered)


def test_an_address_that_is_not_in_full(page: Page, people: Cast, pages: Pages) -> None:
    """What makes it whole comes after the loader, and so before the box."""
    post(people.site, "Under it.", href=f"{pages.url}/2026/bridge")
    page.goto(pages.write(pages.tag(href="/2026/bridge")))
    expect(box(page).locator(".text")).to_have_text("Under it.")
    assert "bridge" in (page.locator("iframe").get_attribute("src") or "")


#: What the loader sees otherwise until the rest is there, because it takes a plain ground for the whole.
LATER_RIGHT = {
    "main{background:#000;opacity:.04}",
    "section{opacity:.05}main{background:#000}",
    "body{background:linear-gradient(#111,#222)}",
    "body{background:#0b0b12 radial-gradient(at top,#3b82f633,transparent 60%)}",
    "main{display:contents;background:#000}",
}


def test_the_first_look_is_right_for_plain_grounds(bare: Page) -> None:
    """So nothing flashes; a page with a gradient has an ink that goes with it, which says enough."""
    first = SAY.replace("look(", "glance(")
    assert {
        css for css, right in GROUNDS.items() if bare.evaluate(first, css) != right
    } == LATER_RIGHT
    # where it counts as enough, it is right, and the other look is not fetched
    enough = SAY.replace("const {scheme", "if (!plain(spot)) return ''; const {scheme").replace(
        "look(", "glance("
    )
    seen = {css: found for css in GROUNDS if (found := bare.evaluate(enough, css))}
    assert len(seen) >= 8 and seen.items() <= GROUNDS.items()
    dark = "body{background:linear-gradient(#111,#222);color:#eee}"
    assert bare.evaluate(first, dark) == bare.evaluate(SAY, dark) == "dark"
