"""Old pages with Facebook's markup, served from their own origin in a real Chromium: boxes and counts come
to life by changing the script's host, or by adding our tag beside the dead loader, without moving what is
being read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from commentsvc.sites import commands as sites
from tests.browser.conftest import Server, box, write
from tests.browser.facebook_pages import CASES, OWN, SDK, WHERE, can_be_late
from tests.browser.test_odd_pages import SHIFT
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Route

    from tests.people import Cast

pytestmark = pytest.mark.browser

#: When all boxes are shown, and the page has kept its height for a dozen pictures.
STEADY = """() => new Promise((done) => {
    let height = -1, same = 0;
    requestAnimationFrame(function look() {
        const now = document.documentElement.scrollHeight;
        const boxes = [...document.querySelectorAll("iframe")];
        const shown = boxes.every((each) => each.dataset.commentsvc === "shown");
        same = shown && now === height ? same + 1 : 0;
        height = now;
        if (same < 12) requestAnimationFrame(look); else done();
    });
})"""
LATE = """window.came = true;
    window.FB = {init: function () {}, XFBML: {parse: function () { throw Error('dead'); }}};"""


def served(
    context: BrowserContext,
    html: str,
    dead: Callable[[Route], None],
    headers: dict[str, str] | None = None,
    script: str = "",
) -> Page:
    """The page on its own origin, after `script`; Facebook answers as `dead` says; asking anybody else
    fails the test."""
    page = context.new_page()

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith("https://blog.example.org/"):
            body = html if route.request.is_navigation_request() else ""
            route.fulfill(body=body, headers={"Content-Type": "text/html", **(headers or {})})
        elif "connect.facebook.net" in url:
            dead(route)
        elif url.startswith("http://127.0.0.1"):
            route.continue_()
        else:
            route.abort("blockedbyclient")

    page.add_init_script(script)
    page.route("**/*", answer)
    page.goto(WHERE, wait_until="load")
    return page


def shown(page: Page, boxes: int, counters: int) -> tuple[list[str], list[str]]:
    """What the page shows: the articles of its frames, the texts of its counters."""
    # what makes a relative address whole comes after the first script
    found, counts = (
        page.locator(".fb_iframe_widget iframe[src]"),
        page.locator(".fb_comments_count"),
    )
    for locator, number in ((found, boxes), (counts, counters)):
        if number:
            locator.nth(number - 1).wait_for(state="attached")
    sources = [
        page.locator("iframe").nth(at).get_attribute("src") or "" for at in range(found.count())
    ]
    frames = [parse_qs(urlsplit(each).query).get("href", [""])[0] for each in sources]
    return frames, [counts.nth(at).inner_text() for at in range(counts.count())]


def ready(people: Cast) -> None:
    sites.set_origins(people.site, ["https://blog.example.org", "http://example.com"])
    post(people.site, "An old friend.", href=WHERE, name="Ann")


def with_loader(html: str, url: str) -> str:
    """A page whose loader stands in its layout gets one."""
    if SDK.search(html):
        return SDK.sub(url, html)
    return html.replace(
        "</body>", f'<script async src="{url}/en_US/sdk.js#xfbml=1"></script></body>'
    )


def late(route: Route) -> None:
    """Facebook's script comes when ours has done its work, be it a box or a counter."""
    ours = ".fb_iframe_widget iframe, .fb_comments_count"
    route.request.frame.page.locator(ours).first.wait_for(state="attached")
    route.fulfill(body=LATE, content_type="text/javascript")


VARIANTS: dict[str, Any] = {
    "host changed": (None, lambda route: route.abort()),
    "dead loader blocked": ("tag", lambda route: route.abort()),
    "dead loader late": ("tag", late),
}


#: Real pages of three kinds: a static one, one by WordPress, one that loads late and is dark.
REAL = {"01-beautiful-jekyll.html", "08-nebula-wp.html", "11-movie-lazy-dark.html"}


def in_short(name: str, variant: str) -> bool:
    """Whether `make test` sees it: each form of the markup and a few real pages once, a box and counters with
    the dead loader too, the box with a late one. All in all variants is a drill."""
    dead = {"dead loader blocked": {"snippet", "counts"}, "dead loader late": {"snippet"}}
    return name in dead.get(variant, REAL | OWN.keys())


EACH = [
    pytest.param(name, variant, marks=() if in_short(name, variant) else pytest.mark.drill)
    for name, (html, _hrefs, _counts) in CASES.items()
    for variant in VARIANTS
    if variant != "dead loader late" or can_be_late(html)
]


@pytest.mark.parametrize(("name", "variant"), EACH)
def test_it_works(
    people: Cast,
    live: Server,
    new_context: Callable[..., BrowserContext],
    name: str,
    variant: str,
) -> None:
    html, hrefs, counters = CASES[name]
    ready(people)
    how, dead = VARIANTS[variant]
    if how == "tag":
        tag = f'<script async src="{live.url}/sdk.js"></script>'
        html = html.replace("</body>", f"{tag}</body>") if "</body>" in html else html + tag
    else:
        html = with_loader(html if "</body>" in html else f"{html}</body>", live.url)
    context = new_context(viewport={"width": 360, "height": 740})
    page = served(context, html, dead, script=SHIFT)
    frames, numbers = shown(page, len(hrefs), len(counters))
    if variant == "dead loader late":
        page.wait_for_function("window.came")
        assert page.evaluate("typeof FB.Event.subscribe") == "function"
    assert [each.rstrip("/") for each in frames] == [each.rstrip("/") for each in hrefs]
    assert numbers == ["1"] * len(counters)
    if frames == [WHERE]:
        text = page.frame_locator("iframe").locator("article").first.inner_text()
        assert "An old friend." in text
    # what is read does not move; but a page of nothing but boxes with two lines below them makes way
    if how is None and name != "leftovers":
        page.evaluate(STEADY)
        assert page.evaluate("window.shift") < 0.05


def test_events_come_once(
    people: Cast, live: Server, new_context: Callable[..., BrowserContext]
) -> None:
    ready(people)
    html = f"""<script>var seen = []; window.fbAsyncInit = function () {{
        function note(name) {{ return function (a, b) {{ seen.push([name, a, b]); }}; }}
        var created = note("comment.create");
        FB.Event.subscribe("comment.create", created); FB.Event.subscribe("comment.create", created);
        FB.Event.subscribe("xfbml.render", note("xfbml.render"));
        FB.Event.subscribe("auth.statusChange", note("auth"));
        FB.init({{xfbml: true}}); }};</script>
        <div class="fb-comments" data-href="{WHERE}"></div>
        <script async src="{live.url}/en_US/sdk.js"></script>"""
    page = served(new_context(viewport={"width": 900, "height": 1000}), html, lambda r: r.abort())
    page.wait_for_function("seen.some(each => each[0] === 'xfbml.render')")
    write(box(page), "Back again.")
    page.wait_for_function("seen.some(each => each[0] === 'comment.create')")
    page.wait_for_timeout(300)
    created = page.evaluate("seen.filter(each => each[0] === 'comment.create')")
    assert len(created) == 1
    assert created[0][1]["href"] == WHERE and created[0][1]["message"] == "Back again."
    assert created[0][1]["commentID"]
    assert page.evaluate("seen.filter(each => each[0] === 'xfbml.render').length") == 1


def test_a_hundred_boxes_come_and_go(
    people: Cast, live: Server, new_context: Callable[..., BrowserContext]
) -> None:
    ready(people)
    html = f'<main></main><script src="{live.url}/en_US/sdk.js#xfbml=1"></script>'
    page = served(new_context(), html, lambda route: route.abort())
    page.evaluate(
        f"""async () => {{
        const main = document.querySelector("main");
        for (let i = 0; i < 100; i++) {{
          main.innerHTML = '<div class="fb-comments" data-href="{WHERE}?n=' + i + '"></div>';
          FB.XFBML.parse(main);
          FB.XFBML.parse(main);
          if (main.querySelectorAll("iframe").length !== 1) throw Error("frames at " + i);
          main.textContent = "";
        }}
        FB.XFBML.parse();
        await new Promise(done => setTimeout(done, 300));
      }}"""
    )
    assert len(page.frames) == 1
    assert page.locator("iframe").count() == 0


#: (what a box says, the screen's width) -> the box's
WIDTHS = {
    ("", 1280): 550,
    ('data-width="700"', 1280): 700,
    ('data-width="100"', 1280): 320,
    ('data-width="100%"', 1280): 1264,
    ('data-width="700"', 360): 344,
    ('width="auto"', 360): 344,
}


def test_a_box_is_as_wide_as_it_says(
    people: Cast, live: Server, new_context: Callable[..., BrowserContext]
) -> None:
    ready(people)
    screens = {
        width: new_context(viewport={"width": width, "height": 800}) for width in (1280, 360)
    }
    for (attributes, screen), width in WIDTHS.items():
        html = f"""<!doctype html><body><div class="fb-comments" data-href="{WHERE}" {attributes}></div>
            <script src="{live.url}/de_DE/sdk.js#xfbml=1"></script></body>"""
        page = served(screens[screen], html, lambda route: route.abort())
        shown(page, 1, 0)
        assert page.locator("iframe").bounding_box()["width"] == pytest.approx(width, abs=1)
        assert page.frame_locator("iframe").locator("html").get_attribute("lang") == "de"


def test_hostile_pages_do_not_break_it(
    people: Cast, live: Server, new_context: Callable[..., BrowserContext]
) -> None:
    ready(people)
    html = f"""<script>["push", "map", "forEach", "indexOf", "slice"].forEach(function (name) {{
          Array.prototype[name + "Old"] = Array.prototype[name]; }});
        Array.prototype.map = Array.prototype.forEach = function () {{ return []; }};
        Array.prototype.extra = function () {{}};
        window.Promise = function () {{ throw Error("no promises here"); }};
        Object.defineProperty(window, "postMessage", {{value: function () {{}}, writable: false}});
        window.fetch = null;</script>
        <form name="head"><input name="querySelectorAll"></form>
        <div class="fb-comments" data-href="{WHERE}"></div>
        <span class="fb-comments-count" data-href="{WHERE}"></span>
        <script src="{live.url}/en_US/sdk.js#xfbml=1"></script>"""
    page = served(new_context(), html, lambda route: route.abort())
    frames, numbers = shown(page, 1, 1)
    assert (frames, numbers) == ([WHERE], ["1"])
