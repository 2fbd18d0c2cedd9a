"""What a woken box is on its page: order, number, colour and language as its attributes say, within a
strict policy; and what it tells the page."""

from __future__ import annotations

import html
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.core.db import db
from tests.browser.conftest import Server, box, choose, write
from tests.browser.facebook_pages import CASES, WHERE
from tests.browser.test_facebook_pages import (
    STEADY,
    ready,
    served,
    shown,
    with_loader,
)
from tests.browser.test_odd_pages import SHIFT
from tests.factories import post
from tests.leftovers import LEFT, WRITTEN

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]


def page_of(context: BrowserContext, html: str, script: str = "", **headers: str) -> Page:
    return served(context, html, lambda route: route.abort(), headers, script)


#: Attributes of a box -> its comments, whether it is light or dark, its language.
BOXES = {
    "": (["Liked.", "First.", "Third.", "Second."], "light", "de"),
    'data-order-by="time" data-numposts="2"': (["First.", "Second."], "light", "de"),
    'order_by="reverse_time" num_posts="3"': (["Liked.", "Third.", "Second."], "light", "de"),
    'data-order-by="social" data-num-posts="1"': (["Liked."], "light", "de"),
    'data-colorscheme="dark" data-numposts="1"': (["Liked."], "dark", "de"),
    'skin="dark" locale="fr_FR" numposts="1"': (["Liked."], "dark", "fr"),
}


def test_it_works(people: Cast, live: Server, new_context: Contexts) -> None:
    """All of them on one page."""
    ready(people)
    where = f"{WHERE}?boxes"
    made = [post(people.site, text, href=where, name="Ann").comment for text in
            ("First.", "Second.", "Third.", "Liked.")]  # fmt: skip
    made[3].like_count = 5
    made[3].rank, made[0].rank, made[2].rank = 10.0, 4.0, 2.0  # "top" by default: likes first
    db.session.commit()
    boxes = "".join(f'<div class="fb-comments" data-href="{where}" {each}></div>' for each in BOXES)
    html = f"""<!doctype html><body style="background: white">{boxes}
        <script async src="{live.url}/de_DE/sdk.js#xfbml=1"></script></body>"""
    page = page_of(new_context(viewport={"width": 900, "height": 4000}), html)
    shown(page, len(BOXES), 0)
    for at, (attributes, (texts, scheme, language)) in enumerate(BOXES.items()):
        frame = page.locator("iframe").nth(at).content_frame
        expect(frame.locator("article .text")).to_have_text(texts)
        root = frame.locator("html")
        assert root.get_attribute("data-scheme") == scheme, attributes
        assert root.get_attribute("lang") == language, attributes
        colour = root.evaluate("e => getComputedStyle(e).getPropertyValue('color')")
        assert (sum(int(n) for n in colour[4:-1].split(",")) > 380) == (scheme == "dark")


def test_withdrawing_is_told_once(people: Cast, live: Server, new_context: Contexts) -> None:
    ready(people)
    html = f"""<script>var seen = []; window.fbAsyncInit = function () {{
        FB.Event.subscribe("comment.remove", function (it) {{ seen.push(it); }});
        FB.init({{xfbml: 1}}); }};</script>
        <div class="fb-comments" data-href="{WHERE}"></div>
        <script async src="{live.url}/en_US/sdk.js"></script>"""
    page = page_of(new_context(viewport={"width": 900, "height": 1000}), html)
    frame = box(page)
    write(frame, "Said too soon.")
    mine = frame.locator("article", has_text="Said too soon.")
    choose(mine, "withdraw")
    mine.locator("form.panel .do").click()
    page.wait_for_function("seen.length > 0")
    page.wait_for_timeout(300)
    told = page.evaluate("seen")
    assert len(told) == 1
    assert told[0]["href"] == WHERE and told[0]["message"] == "Said too soon."
    assert told[0]["commentID"]


def test_a_strict_policy_suffices(people: Cast, live: Server, new_context: Contexts) -> None:
    """Scripts and frames of our host and nothing else: boxes and counts, also more than fit one address."""
    ready(people)
    policy = f"default-src 'none'; script-src {live.url}; frame-src {live.url}"
    others = "".join(
        f'<span class="fb-comments-count" data-href="{WHERE}/{"long" * 20}/{n}"></span>'
        for n in range(120)
    )
    html = f"""<!doctype html><body><div class="fb-comments" data-href="{WHERE}"></div>
        <span class="fb-comments-count" data-href="{WHERE}"></span>{others}
        <script async src="{live.url}/en_US/sdk.js#xfbml=1"></script></body>"""
    page = page_of(new_context(), html, **{"Content-Security-Policy": policy})
    frames, numbers = shown(page, 1, 121)
    assert frames == [WHERE] and numbers == ["1"] + ["0"] * 120
    page.frame_locator("iframe").get_by_text("An old friend.").wait_for()
    assert page.locator("iframe").bounding_box()["height"] != 480


@pytest.mark.drill
@pytest.mark.parametrize("name", [name for name in CASES if name != "leftovers"])
def test_what_is_read_does_not_move_on_a_wide_screen(
    people: Cast, live: Server, new_context: Contexts, name: str
) -> None:
    html, hrefs, _ = CASES[name]
    ready(people)
    context = new_context(viewport={"width": 1280, "height": 800})
    html = with_loader(html if "</body>" in html else f"{html}</body>", live.url)
    page = page_of(context, html, SHIFT)
    shown(page, len(hrefs), 0)
    page.evaluate(STEADY)
    assert page.evaluate("window.shift") < 0.05


def test_hidden_until_the_callback(people: Cast, live: Server, new_context: Contexts) -> None:
    """A page that shows its box when it is rendered; one in error is rendered, too."""
    ready(people)
    context = new_context()
    hrefs = {WHERE: "An old friend.", "https://elsewhere.example/a": "elsewhere.example"}
    for (href, says), lazy in product(hrefs.items(), ("", 'data-lazy="true"')):
        html = f"""<!doctype html><body><div id=spot style="display: none">
            <div class="fb-comments" {lazy} data-href="{href}"></div></div>
            <script>window.fbAsyncInit = function () {{
                FB.init({{xfbml: false}});
                FB.XFBML.parse(document.body, function () {{ spot.style.display = "block"; }});
            }};</script>
            <script async src="{live.url}/en_US/sdk.js"></script></body>"""
        page = page_of(context, html)
        page.frame_locator("iframe").get_by_text(says).first.wait_for()
        page.wait_for_function("document.querySelector('iframe').offsetHeight > 60")
        assert page.locator(".fb-comments").get_attribute("fb-xfbml-state") == "rendered"


def test_a_box_that_is_away_is_rendered(people: Cast, live: Server, new_context: Contexts) -> None:
    ready(people)
    html = f"""<!doctype html><body><div class="fb-comments" data-href="{WHERE}"></div>
        <script>var rendered = 0; window.fbAsyncInit = function () {{
            FB.Event.subscribe("xfbml.render", function () {{ rendered++; }});
            FB.init({{xfbml: 1}}); }};</script>
        <script async src="{live.url}/en_US/sdk.js"></script></body>"""
    page = page_of(new_context(), html, **{"Content-Security-Policy": "frame-src 'none'"})
    page.wait_for_function("rendered === 1")
    assert page.locator("iframe").get_attribute("data-commentsvc") == "away"


def test_leftovers_are_what_the_server_takes_for_them(
    people: Cast, live: Server, new_context: Contexts
) -> None:
    """The box is asked for by its address, or by the page's where a template left something behind."""
    ready(people)
    boxes = "".join(
        f'<div class="fb-comments" data-href="{html.escape(each)}"></div>'
        for each in (*LEFT, *WRITTEN)
    )
    text = f"""<!doctype html><body>{boxes}<script>
        for (const name of ["src"]) Object.defineProperty(HTMLIFrameElement.prototype, name, {{
            set(value) {{ this.setAttribute("data-src", value); }}, get() {{ return ""; }} }});
        </script><script async src="{live.url}/en_US/sdk.js#xfbml=1"></script></body>"""
    page = page_of(new_context(), text)
    # unusual addresses wait for a script that makes them whole
    page.locator("iframe[data-src]").nth(len(LEFT + WRITTEN) - 1).wait_for(state="attached")
    asked = page.evaluate(
        """[...document.querySelectorAll("iframe")].map((each) =>
            new URL(each.dataset.src).searchParams.get("href"))"""
    )
    assert asked == [*[WHERE for _ in LEFT], *WRITTEN]
