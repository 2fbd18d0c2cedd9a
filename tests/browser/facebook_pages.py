"""Old pages with Facebook's markup: real ones from the shared data where it is present, and a few of our
own that cover the same forms."""

from __future__ import annotations

import json
import re

from tests.shared_data import shared

HOME = "https://blog.example.org/"
WHERE = f"{HOME}2016/05/hello-world.html"
SDK = re.compile(r"(?:https?:)?//connect\.facebook\.net")

SNIPPET = """<div id="fb-root"></div><script>(function(d, s, id) {
  var js, fjs = d.getElementsByTagName(s)[0]; if (d.getElementById(id)) return;
  js = d.createElement(s); js.id = id; js.src = "//connect.facebook.net/de_DE/sdk.js#xfbml=1&version=v2.8";
  fjs.parentNode.insertBefore(js, fjs);}(document, "script", "facebook-jssdk"));</script>"""
INIT = """<script>window.fbAsyncInit = function () { FB.init({appId: "1", xfbml: true, version: "v2.8"});
  FB.AppEvents.logPageView(); FB.Canvas.setAutoGrow(); FB.api("/me", function () {}); };</script>
  <script async defer src="https://connect.facebook.net/en_US/sdk.js"></script>"""

#: name -> (page, hrefs of its boxes, hrefs of its counters)
OWN: dict[str, tuple[str, list[str], list[str]]] = {
    "snippet": (
        f'{SNIPPET}<div class="fb-comments" data-href="{WHERE}" data-numposts="5"></div>',
        [WHERE],
        [],
    ),
    "no href": (f'<div class="fb-comments"> </div>{SNIPPET}', [WHERE], []),
    "init": (
        f'<div class="fb-comments" data-href="/other"></div>{INIT}',
        ["https://blog.example.org/other"],
        [],
    ),
    "fbml": (
        f'{SNIPPET}<fb:comments href="{WHERE}" num_posts="2" width="728"></fb:comments>',
        [WHERE],
        [],
    ),
    "counts": (
        f'{SNIPPET}<span class="fb-comments-count" data-href="{WHERE}">0</span>'
        f'<fb:comments-count href="{WHERE}?utm_source=x"></fb:comments-count>',
        [],
        [WHERE, f"{WHERE}?utm_source=x"],
    ),
    "leftovers": (
        f'{SNIPPET}<div class="fb-comments" data-href="{{{{ page.url }}}}"></div>'
        '<div class="fb-like" data-href="https://a.b"></div><div class="fb-comments"><p>a</p><p>b</p></div>',
        [WHERE],
        [],
    ),
}


def cases() -> dict[str, tuple[str, list[str], list[str]]]:
    found = dict(OWN)
    folder = shared("fb-pages")
    if folder is not None:
        for name, each in json.loads((folder / "expected.json").read_text("utf-8")).items():
            hrefs = [box["href"] for box in each["boxes"]]
            found[name] = ((folder / name).read_text("utf-8"), hrefs, each["counts"])
    return found


CASES = cases()


#: A script that the parser waits for: what stands below it, ours too, comes after it.
BLOCKING = re.compile(r"<script(?![^>]*\s(?:async|defer)\b)[^>]*connect\.facebook\.net")


def can_be_late(html: str) -> bool:
    """Whether Facebook's script can come after ours: not on a page that has none, nor from an insecure
    address, which a secure page never asks for, nor where the parser waits for it."""
    loader = SDK.search(html)
    return loader is not None and loader[0][:5] != "http:" and not BLOCKING.search(html)
