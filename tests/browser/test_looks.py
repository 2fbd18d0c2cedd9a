"""The box on pages of all colours: light or dark as the page is at its place, and again when that changes."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from commentsvc.sites.look import colors
from scripts.made import joined
from tests.browser.conftest import ARTICLE, Pages, box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.people import Cast

pytestmark = pytest.mark.browser

LOADER = Path(__file__).parents[2] / "static" / "embed" / "loader"
PARTS = ("around.js", "glance.js", "look.js", "watch.js")
LOOK = "".join(joined((LOADER / name).read_text("utf-8")) for name in PARTS)
PICTURE = "url(data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7)"

#: what a page says -> light or dark, with "own" where no ink of ours would be readable on it
GROUNDS = {
    # the same dark grey and the same white in every notation
    "body{background:oklch(0.205 0 0);color:oklch(0.985 0 0)}": "dark",
    "body{background:oklab(0.2 0.01 0.02)}": "dark",
    "body{background:lab(12% 3 -8)}": "dark",
    "body{background:lch(12% 20 280)}": "dark",
    "body{background:color(display-p3 0.1 0.1 0.15)}": "dark",
    "body{background:color(srgb-linear 0.01 0.01 0.02)}": "dark",
    "body{background:color(xyz 0.01 0.01 0.02)}": "dark",
    "body{background:color(prophoto-rgb 0.1 0.1 0.1)}": "dark",
    "body{background:hwb(220 5% 90%)}": "dark",
    "body{background:hsl(220deg 30% 8%)}": "dark",
    "body{background:color-mix(in oklab, black 85%, white)}": "dark",
    "body{background:rgb(from #eee 20 20 20)}": "dark",
    "body{background:midnightblue}": "dark",
    "body{color-scheme:dark;background:Canvas}": "dark",
    "body{color-scheme:light dark;background:light-dark(#fff,#000)}": "light",
    ":root{--paper:oklch(0.2 0 0)}body{background:var(--paper)}": "dark",
    "body{color:oklch(0.2 0 0);background:currentcolor}": "dark",
    "body{background:oklch(0.98 0 0);color:oklch(0.2 0 0)}": "light",
    "body{background:lab(97% 0 0)}": "light",
    "body{background:color(display-p3 1 1 1)}": "light",
    "body{background:hwb(60 90% 5%)}": "light",
    "body{background:oklch(none 0 0)}": "dark",
    "html{background:#111}body{color:#eee}": "dark",
    "": "light",
    # transparent layers
    "main{background:rgba(0,0,0,.03)}": "light",
    "main{background:oklch(0 0 0 / 4%)}": "light",
    "main{background:#0000}": "light",
    "body{background:#000}main{background:rgba(255,255,255,.05)}": "dark",
    "body{background:#000}main{background:rgba(255,255,255,.97)}": "light",
    "section{background:rgba(0,0,0,.6)}main{background:rgba(0,0,0,.85)}": "dark",
    "html{background:#101010}section,main{background:#ffffff08}": "dark",
    # opacity, also of what is yet to be faded in
    "main{background:#000;opacity:.04}": "light",
    "section{opacity:.05}main{background:#000}": "light",
    "body{background:#111}section{opacity:0}": "dark",
    "body{background:#111;opacity:.98}": "dark",
    # gradients by their stops, pictures by the ink
    "body{background:linear-gradient(#111,#222)}": "dark",
    "body{background:linear-gradient(90deg,oklch(0.97 0 0),oklch(0.93 0.02 200) 40%)}": "light",
    "body{background:#fff radial-gradient(at top,rgba(0,0,255,.1),transparent)}": "light",
    "body{background:#0b0b12 radial-gradient(at top,#3b82f633,transparent 60%)}": "dark",
    f"body{{background:{PICTURE};color:#fff}}": "dark",
    f"body{{background:#fff {PICTURE};color:oklch(0.95 0 0)}}": "dark",
    f"body{{background:{PICTURE};color:#222}}": "light",
    f"body{{background:{PICTURE};color:#fff}}main{{background:#fff;color:#222}}": "light",
    f"body{{background:linear-gradient(#000000d0,#000000e0),{PICTURE};color:#fff}}": "dark",
    "body{background:linear-gradient(#fff,#000) text}": "light",
    # what is no box paints nothing
    "main{display:contents;background:#000}": "light",
    # painted by something that is not around the box
    "body{color:#f4f4f4}body::before{content:'';position:fixed;inset:0;z-index:-1;background:#111}": "dark",
    # the page's own word for its ground
    ":root{color-scheme:dark}": "dark",
    ":root{color-scheme:only light}": "light",
    # too near the middle for either
    "body{background:#808080;color:#000}": "light own",
    "body{background:#808080;color:#fff}": "dark own",
    "body{background:oklch(0.6 0.2 30);color:white}": "dark own",
    # themes that people really use
    "body{background:#282a36}": "dark",
    "body{background:#2e3440}": "dark",
    "body{background:#36393f}": "dark",
    "body{background:#fdf6e3}": "light",
    "body{background:#f4ecd8}": "light",
    "body{background:#d9d9d9}": "light",
}


@pytest.fixture
def bare(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_content("<section><main><div id=spot></div></main></section>")
    page.add_script_tag(
        content=f"{LOOK}\nObject.assign(window, {{ look, glance, seen: (text) => parts(converted(text)) }});"
    )
    page.add_style_tag(content=" ")
    yield page
    page.close()


SAY = """(css) => {
    document.querySelector("style").textContent = css;
    const {scheme, own} = look(spot);
    return scheme + (own ? " own" : "");
}"""


def test_it_works(bare: Page) -> None:
    seen = {css: bare.evaluate(SAY, css) for css in GROUNDS}
    assert seen == GROUNDS
    bare.emulate_media(color_scheme="dark")
    assert bare.evaluate(SAY, ":root{color-scheme:light dark}") == "dark"
    assert bare.evaluate(SAY, "") == "light"
    bare.evaluate(
        "document.head.innerHTML += '<meta name=color-scheme content=dark><style></style>'"
    )
    assert bare.evaluate(SAY, "") == "dark"


def test_any_notation_of_a_colour_looks_like_any_other(bare: Page) -> None:
    """Random greys and tints, said in another space by the browser itself."""
    drawn = random.Random(11)
    for _ in range(60):
        rgb = f"rgb({', '.join(str(drawn.randrange(256)) for _ in range(3))})"
        plain = bare.evaluate(SAY, f"body{{background:{rgb};color:#777}}")
        for space in ("oklch", "lab", "srgb", "display-p3", "xyz"):
            css = f"body{{background:color-mix(in {space},{rgb},{rgb});color:#777}}"
            assert bare.evaluate(SAY, css) == plain, css


def test_out_of_shadow_trees_and_through_slots(bare: Page) -> None:
    seen = bare.evaluate(
        """() => {
            const root = spot.attachShadow({mode: "open"});
            root.innerHTML = "<style>p{background:#111}</style><p><slot></slot></p><div id=in></div>";
            const slotted = spot.appendChild(document.createElement("b"));
            document.querySelector("style").textContent = "main{background:#fff}";
            const light = look(root.getElementById("in")).scheme;
            document.querySelector("style").textContent = "main{background:oklch(0.2 0 0)}";
            return [look(slotted).scheme, light, look(root.getElementById("in")).scheme];
        }"""
    )
    assert seen == ["dark", "light", "dark"]


def ink(frame: Frame) -> str:
    """What the box is written in, and on what."""
    return frame.evaluate(
        """() => { const root = document.documentElement;
            return `${root.dataset.scheme},${getComputedStyle(root).backgroundColor}`; }"""
    )


def test_a_box_on_it(page: Page, people: Cast, pages: Pages) -> None:
    inks = {
        "body{background:oklch(0.205 0 0);color:oklch(0.985 0 0)}": "dark,rgba(0, 0, 0, 0)",
        "main{background:rgba(0,0,0,.03)}": "light,rgba(0, 0, 0, 0)",
        "body{background:#7c3aed;color:#fff}": "dark,rgb(18, 18, 18)",
    }
    for style, scheme in inks.items():
        page.goto(pages.write(f"<main>{pages.tag()}</main>", head=f"<style>{style}</style>"))
        assert ink(box(page)) == scheme, style


#: what a page's theme button does
BUTTONS = {
    "a class": ("html.dark body{background:#111}", "document.documentElement.className = 'dark'"),
    "an attribute": (
        "body{transition:background .2s}[data-theme=dark] body{background:#111}",
        "document.body.parentNode.dataset.theme = 'dark'",
    ),
    "color-scheme": ("", "document.documentElement.style.colorScheme = 'dark'"),
    "a class around": (".night{background:oklch(0.2 0 0)}", "wrap.classList.add('night')"),
    "a sheet": (
        "",
        """document.head.append(Object.assign(document.createElement("style"),
            {textContent: "body{background:#111}"}))""",
    ),
    "a sheet's media": (
        "</style><style id=night media='not all'>body{background:#111}",
        "night.media = 'all'",
    ),
    "a linked sheet": (
        "</style><link id=sheet rel=stylesheet href='data:text/css,'><style>",
        "sheet.href = 'data:text/css,body{background:black}'",
    ),
    "a sheet nobody sees": (
        "",
        """(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync("body{background:#111;color:#eee}");
        document.adoptedStyleSheets = [sheet]; })()""",
    ),
    "a rule": (
        "body{color:#222}",
        "document.styleSheets[0].insertRule('body{background:#111!important;color:#eee!important}')",
    ),
    "a ticked box": ("body:has(:checked){background:#111;color:#eee}", "tick.click()"),
    "the system": ("@media (prefers-color-scheme:dark){body{background:#111}}", ""),
    "an animation": (
        "@keyframes go{to{background:#111}}.go{animation:go .2s forwards}",
        "document.body.className = 'go'",
    ),
}


def test_the_theme_button_is_heard(page: Page, people: Cast, pages: Pages) -> None:
    body = f"<input type=checkbox id=tick><div id=wrap><div>{pages.tag()}</div></div>"
    scheme = "node => getComputedStyle(node).colorScheme"
    for name, (style, press) in BUTTONS.items():
        page.emulate_media(color_scheme="light")
        page.goto(pages.write(body, head=f"<style>{style}</style>"))
        root = box(page).locator("html")
        expect(root, name).to_have_attribute("data-scheme", "light")
        page.evaluate(press) if press else page.emulate_media(color_scheme="dark")
        expect(root, name).to_have_attribute("data-scheme", "dark")
        assert page.locator("iframe").evaluate(scheme) == "dark", name


def test_a_page_can_say_it(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"<div id=wrap>{pages.tag()}</div><div id=other></div>"))
    root = box(page).locator("html")
    page.evaluate(f"commentsvc.mount(other, {{site: 'harbour', href: '{ARTICLE}', lazy: 'false'}})")
    other = box(page, 1).locator("html")
    page.evaluate("commentsvc.scheme(wrap, 'dark')")
    expect(root).to_have_attribute("data-scheme", "dark")
    expect(other).to_have_attribute("data-scheme", "light")
    page.evaluate("commentsvc.scheme(wrap, '')")
    expect(root).to_have_attribute("data-scheme", "light")
    page.evaluate("other.dataset.colorscheme = 'dark'")
    expect(other).to_have_attribute("data-scheme", "dark")


def test_no_message_where_nothing_changed(page: Page, people: Cast, pages: Pages) -> None:
    page.goto(pages.write(f"<div id=wrap>{pages.tag()}</div>"))
    frame = box(page)
    frame.evaluate(
        """() => { let said = ""; addEventListener("message", ({ data }) => {
            if (data.scheme) document.documentElement.dataset.said = said += data.scheme;
        }); }"""
    )
    page.evaluate(
        """async () => { for (let at = 0; at < 20; at++) {
            wrap.className = `c${at}`;
            await new Promise(requestAnimationFrame);
        } }"""
    )
    page.evaluate("commentsvc.scheme(wrap, 'dark')")
    # what it is told when it begins may still be on its way
    expect(frame.locator("html")).to_have_attribute("data-said", re.compile("^(light)?dark$"))


@pytest.mark.parametrize(
    "press", ["document.documentElement.className = 'dark'", "FB.XFBML.parse()"]
)
def test_facebooks_boxes_hear_it_too(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, press: str
) -> None:
    page = new_context().new_page()
    page.goto(
        pages.write(
            f'<div class="fb-comments" data-href="{ARTICLE}"></div>'
            f'<script async src="{pages.service}/en_US/sdk.js#xfbml=1" data-site=harbour></script>',
            head="<style>.dark body{background:#111}</style>",
        )
    )
    root = box(page).locator("html")
    expect(root).to_have_attribute("data-scheme", "light")
    if "parse" in press:  # no observer would see this: neither an attribute nor another ink
        page.evaluate("document.styleSheets[0].insertRule('body{background:#111}')")
    page.evaluate(press)
    expect(root).to_have_attribute("data-scheme", "dark")


def test_the_server_reads_colors_as_the_browser_does(bare: Page) -> None:
    """All names, and each notation at random: the accent is fitted without a browser."""
    drawn = random.Random(3)

    def some(low: float, high: float) -> float:
        return round(drawn.uniform(low, high), 3)

    written = [*colors._NAMES]
    for _ in range(12):
        hue, share, other = some(-400, 800), some(0, 100), some(0, 100)
        written += [
            f"hsl({hue} {share}% {other}%)",
            f"hwb({hue}deg {share}% {other}%)",
            f"lab({share}% {some(-40, 40)} {some(-40, 40)})",
            f"lch({share} {some(0, 40)} {hue})",
            f"oklab({share}% {some(-0.1, 0.1)} {some(-0.1, 0.1)})",
            f"oklch({some(0.2, 0.9)} {some(0, 0.1)} {hue}deg)",
            f"color(display-p3 {some(0.2, 0.8)} {some(0.2, 0.8)} {some(0.2, 0.8)})",
            f"color(srgb-linear {some(0, 1)} {some(0, 1)} {some(0, 1)})",
            f"rgb({share}% {other}% 20%)",
        ]
    for text in written:
        found = colors.rgb_of(text)
        seen = [min(1.0, max(0.0, each)) for each in bare.evaluate("text => seen(text)", text)[:3]]
        assert found is not None, text
        assert all(abs(a - b) < 0.004 for a, b in zip(found, seen, strict=True)), (
            text,
            found,
            seen,
        )
