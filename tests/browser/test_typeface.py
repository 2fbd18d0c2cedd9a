"""The typeface of the page in the box: its names and its own files, handed over by the page alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import Pages, box
from tests.browser.fonts import WIDTH, font
from tests.browser.held import until
from tests.browser.test_box_still import SHIFTS
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser

TEXT = "The ferry leaves at eight"
SHOWN = """() => {
  const words = document.querySelector("#list .text p").firstChild;
  const size = parseFloat(getComputedStyle(words.parentNode).fontSize);
  const range = document.createRange();
  range.selectNodeContents(words);
  return Math.round(1000 * range.getBoundingClientRect().width / size / words.data.length);
}"""
FAMILY = "document.documentElement.style.getPropertyValue('--typeface')"
FALLBACK = '^page-typeface-a, "Tiny Face", Georgia, serif, system-ui,'
FACES = "[...document.fonts].map((each) => `${each.family} ${each.weight} ${each.status}`)"


def wish(people: Cast) -> None:
    post(people.site, TEXT, user=people.mona)
    sites.set_policy(people.site, {"typeface": "page"}, by=people.olga)


def face(src: str, family: str = "Tiny Face", more: str = "") -> str:
    return f"@font-face{{font-family:'{family}';src:{src};{more}}}"


def shown(page: Page, address: str, expected: str) -> Frame:
    """The frame, once it has the page's typeface."""
    page.goto(address)
    frame = box(page)
    until(page, lambda: frame.evaluate(FAMILY) == expected, f"no {expected} in the frame")
    return frame


def test_it_works(new_context: Callable[..., BrowserContext], people: Cast, pages: Pages) -> None:
    """The page's own file, found in a sheet of its own, is shown in the frame; nobody else is asked for it,
    and nothing jumps."""
    wish(people)
    (pages.folder / "fonts").mkdir()
    (pages.folder / "fonts" / "tiny.ttf").write_bytes(font())
    (pages.folder / "page.css").write_text(
        "@media screen{" + face("url(fonts/old.eot),url('fonts/tiny.ttf')format('truetype')") + "}"
        "body{font:18px 'Tiny Face','}x{color:red',\"Georgia\",serif}"
    )
    page = new_context(viewport={"width": 900, "height": 700}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(f"({SHIFTS})()")
    address = pages.write(
        f"<p>{TEXT}</p>{pages.tag()}<p>Below.</p>", head="<link rel=stylesheet href=page.css>"
    )
    frame = shown(page, address, 'page-typeface-a,"Tiny Face","Georgia",serif')
    assert frame.evaluate(FACES) == ["page-typeface-a 400 loaded"]
    assert frame.evaluate(SHOWN) == WIDTH
    expect(frame.locator("#count")).to_have_css("font-family", re.compile(FALLBACK))
    assert not [each for each in asked if "ttf" in each and not each.startswith(pages.url)]
    assert not [each for each in asked if each.endswith("old.eot")]
    assert page.evaluate("window.shifts") < 0.05
    assert frame.evaluate("window.shifts") < 0.05


@pytest.mark.parametrize("kind", ["foreign", "forged", "big", "elsewhere"])
def test_what_is_not_a_small_font_of_the_pages_own_is_left_alone(
    page: Page, people: Cast, pages: Pages, kind: str
) -> None:
    """Another origin's (also by a redirect), no font, one that is too big: the next name counts."""
    wish(people)
    (pages.folder / "tiny.ttf").write_bytes(
        {"forged": b"{}" + font(), "big": font(300_000)}.get(kind, font())
    )
    address = pages.url.replace("localhost", "127.0.0.1") if kind == "foreign" else pages.url
    pages.headers(Access_Control_Allow_Origin="*")
    fetched: list[str] = []
    if kind == "elsewhere":
        there = pages.url.replace("localhost", "127.0.0.1")
        page.route(
            "**/tiny.ttf",
            lambda route: route.fulfill(status=302, headers={"Location": f"{there}/x.ttf"}),
        )
    page.on(
        "request",
        lambda request: fetched.append(request.url) if request.resource_type == "fetch" else None,
    )
    style = face(f"url({address}/tiny.ttf)") + "body{font-family:'Tiny Face',serif}"
    frame = shown(
        page,
        pages.write(f"<p>{TEXT}</p>{pages.tag()}", head=f"<style>{style}</style>"),
        '"Tiny Face",serif',
    )
    assert frame.evaluate(FACES) == []
    if kind == "foreign":
        assert not [each for each in fetched if each.endswith(".ttf")]


HOSTILE = """(server) => {
  const frame = document.querySelector("iframe").contentWindow;
  const many = Array.from({length: 9}, () => ({at: 0, data: new ArrayBuffer(10)}));
  for (const typeface of [
    7, {}, {names: "serif"}, {names: {length: 2}},
    {names: ["a;}*{display:none", 'x",url(https://evil.example/)', "var(--accent)", "\\\\22 x", "", null,
      "n".repeat(61), "serif", "ninth"], files: many},
  ]) frame.postMessage({typeface}, server);
}"""


def test_a_hostile_page_and_a_site_that_does_not_want_it(
    page: Page, people: Cast, pages: Pages
) -> None:
    """Nothing is read where the policy says otherwise, whatever the page sends; names are names."""
    post(people.site, TEXT, user=people.mona)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    address = pages.write(f"<style>body{{font-family:fantasy}}</style>{pages.tag()}")
    page.goto(address)
    frame = box(page)
    page.evaluate(HOSTILE, pages.service)
    frame.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert frame.evaluate(FAMILY) == ""
    assert not [each for each in fetched if "typeface" in each]

    sites.set_policy(people.site, {"typeface": "page"}, by=people.olga)
    page.route(
        "**/embed/typeface.js",
        lambda route: route.fulfill(
            body="export default()=>()=>{}",
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto(address + "?again")
    frame = box(page)
    page.evaluate(HOSTILE, pages.service)
    until(page, lambda: frame.evaluate(FAMILY), "no typeface")
    assert frame.evaluate(FAMILY) == "serif"
    assert frame.evaluate(FACES) == []
    expect(frame.locator("#list .text")).to_be_visible()
