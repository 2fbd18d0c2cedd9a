"""Pages around the box in Firefox and in WebKit: dark ones, Facebook's markup, and what the loader shows when
something fails."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from commentsvc.sites import commands as sites
from tests.browser.cached import Cache
from tests.browser.conftest import ARTICLE
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Pages, Server
    from tests.browser.others.driving import Reader
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]

#: Brightness of the text and of the ground of the box, from 0 to 255.
BRIGHT = """const bright = (node, name) => {
      const said = getComputedStyle(node)[name].match(/[\\d.]+/g).map(Number);
      return said[3] === 0 ? null : said.slice(0, 3).reduce((a, b) => a + b) / 3; };
    return [bright(document.querySelector(".text"), "color"), bright(document.body, "backgroundColor")];"""


def fail(live: Server, path: str) -> Callable[[], None]:
    """A proxy in front of the service answers what begins so with an error page of its own, until called."""
    app: Any = live.app

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith(path):
            start_response("502 Bad Gateway", [("Content-Type", "text/html")])
            return [b"<h1>502 Bad Gateway</h1>"]
        return app(environ, start_response)

    live.app = answer  # type: ignore[assignment]
    live.cache = Cache()  # what earlier tests asked for does not come either

    def mend() -> None:
        live.app = app

    return mend


def test_it_works(people: Cast, pages: Pages, start: Callable[..., Reader]) -> None:
    """Dark where the page is: by the reader's system, where the page follows it, or always."""
    post(people.site, "First.")
    follows = pages.write(pages.tag(), head="<style>:root { color-scheme: light dark }</style>")
    white = pages.write(pages.tag(), name="white.html")
    reader = start(dark=True)
    for page, scheme in ((follows, "dark"), (white, "light")):
        reader.open(page)
        reader.box()
        assert reader.run("return document.documentElement.dataset.scheme") == scheme
        text, ground = reader.run(BRIGHT)
        assert (text > 128) == (scheme == "dark")
        assert ground is None  # the page's own shows


def test_a_dark_page(people: Cast, pages: Pages, reader: Reader) -> None:
    post(people.site, "First.")
    style = "<style>body { background: #14161a; color: #eee }</style>"
    reader.open(pages.write(pages.tag(), head=style))
    reader.box()
    assert reader.run("return document.documentElement.dataset.scheme") == "dark"
    text, _ground = reader.run(BRIGHT)
    assert text > 128
    reader.page()
    reader.run("document.body.style.cssText = 'background: #fff; color: #000'")
    reader.box()
    reader.until(lambda: reader.run("return document.documentElement.dataset.scheme") == "light")


def test_facebooks_markup(people: Cast, pages: Pages, live: Server, reader: Reader) -> None:
    """A page of old, with nothing but the address of the script changed."""
    post(people.site, "An old friend.")
    html = f"""<div id="fb-root"></div><script>
        window.seen = [];
        window.fbAsyncInit = function () {{
          FB.Event.subscribe("comment.create", function (it) {{ seen.push(it.message); }});
          FB.init({{ xfbml: true, version: "v2.8" }}); }};
        (function (d, s, id) {{
          var js, fjs = d.getElementsByTagName(s)[0]; if (d.getElementById(id)) return;
          js = d.createElement(s); js.id = id; js.src = "{live.url}/en_US/sdk.js";
          fjs.parentNode.insertBefore(js, fjs);
        }})(document, "script", "facebook-jssdk");</script>
      <p><span class="fb-comments-count" data-href="{ARTICLE}">0</span> comments</p>
      <div class="fb-comments" data-href="{ARTICLE}" data-numposts="5" data-colorscheme="light"></div>"""
    reader.open(pages.write(html))
    reader.box()
    reader.reads("#list .text", "An old friend.")
    reader.write("#write", "Back again.", "Ann")
    reader.reads("#list .text", "Back again.", "An old friend.")
    reader.page()
    reader.reads(".fb_comments_count", "1")
    reader.until(lambda: reader.run("return seen[0]") == "Back again.")


def test_a_site_that_does_not_know_the_page(people: Cast, article: str, reader: Reader) -> None:
    sites.set_origins(people.site, ["https://news.example.org"])
    reader.open(article)
    reader.box("refused")
    assert "localhost" in reader.one("body").text


def test_a_proxy_without_a_service(
    people: Cast, article: str, live: Server, reader: Reader
) -> None:
    """Nothing of its error page is seen, and trying again helps once the service is back."""
    post(people.site, "First.")
    mend = fail(live, "/embed/thread")
    reader.open(article)
    line = reader.one("[data-commentsvc=line]")
    assert "502" not in reader.one("body").text
    assert reader.one("footer").is_displayed()
    mend()
    line.find_element("css selector", "button").click()
    reader.box()
    reader.reads("#list .text", "First.")


def test_nobody_listens(people: Cast, pages: Pages, live: Server, reader: Reader) -> None:
    """The service refuses connections: the browser's own error page is not seen either."""
    with urlopen(f"{live.url}/embed.js") as answer:
        (pages.folder / "embed.js").write_bytes(answer.read())
    with socket.socket() as taken:  # and never listens
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        tag = f'<script async src="embed.js" data-server="{nobody}" data-site="harbour"></script>'
        reader.open(pages.write(f"{tag}<footer>Footer</footer>"))
        reader.until(lambda: "can’t be reached" in reader.one("body").text)
        frame = reader.all("iframe")[0]
        assert not frame.is_displayed() or frame.size["height"] == 0


def test_the_script_is_lost(people: Cast, article: str, live: Server, reader: Reader) -> None:
    """The comments can be read, and the box says that the rest is missing."""
    for text in ("First.", "Second."):
        post(people.site, text)
    mend = fail(live, "/embed/script")
    reader.open(article)
    reader.until(lambda: reader.all("iframe[data-commentsvc=shown]"))
    reader.driver.switch_to.frame(reader.one("iframe"))
    reader.reads("#list .text", "Second.", "First.")
    reader.one("#lost")
    reader.press("[data-sort=oldest]")
    reader.reads("#list .text", "First.", "Second.")
    reader.one("#lost")
    mend()
    reader.press("#lost button")
    reader.until(lambda: reader.all("html.embedded"))
    reader.one("#write")


def test_the_loader_is_lost(people: Cast, article: str, live: Server, reader: Reader) -> None:
    mend = fail(live, "/embed.js")
    reader.open(article)
    assert reader.one("footer").text == "Footer"
    assert reader.all("iframe") == []
    mend()
    reader.open(article)
    reader.box()
