"""The box for all readers: screen reader, keyboard, small screens, right-to-left, dark, forced colours."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from commentsvc.sites import commands as sites
from tests.browser import axe
from tests.browser.conftest import ARTICLE, Pages, Server, box, choose, menu, write
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(people: Cast) -> str:
    """A conversation with everything in it, more than a page of it; the id of its first comment."""
    changes = {"announcement": "Please be kind.", "page_size": 3}
    sites.set_policy(people.site, changes, by=people.olga)
    first = post(
        people.site,
        "The council said **no** in May, see [its page](https://example.org) about the bridge.",
        name="Edda",
    ).comment
    post(people.site, "> quoted\n\nA reply.", parent=first.public_id, name="محمد")
    post(people.site, "We answer here.", parent=first.public_id, user=people.mona)
    for number in range(4):
        post(people.site, f"Comment {number} with some text.", name=f"Reader {number}")
    return first.public_id


#: When the frame is inside a page of this width.
IS_NARROWER = """(width) => new Promise((done) => {
    const look = () => innerWidth <= width && innerWidth > width - 50 ? done() : requestAnimationFrame(look);
    look();
})"""
#: What fades or slides in is there: contrast is that of a page at rest.
AT_REST = """() => Promise.all(document.getAnimations()
    .filter(each => each.effect.getComputedTiming().endTime < Infinity)
    .map(each => each.finished.catch(() => 0))).then(() => true)"""


def serious(frame: Frame) -> list[Any]:
    frame.evaluate(AT_REST)
    return axe.serious(frame)


#: Scheme, ground, ink.
DAY_AND_NIGHT = (("light", "#fff", "#111"), ("dark", "#131417", "#eee"))
#: The widths of each scheme, in `make test` and in the drill.
ONCE, ALL = {"light": (1280,), "dark": (320,)}, dict.fromkeys(("light", "dark"), (1280, 320))


def serious_by_day_and_night(frame: Frame, widths: dict[str, tuple[int, ...]]) -> list[Any]:
    """The same in light and dark, wide and narrow."""
    found: list[Any] = []
    for scheme, ground, ink in DAY_AND_NIGHT:
        say = f"document.body.style.cssText = 'background: {ground}; color: {ink}'"
        frame.page.evaluate(say)
        expect(frame.locator("html")).to_have_attribute("data-scheme", scheme)
        # the page shows through the frame, which axe cannot see
        frame.evaluate(f"document.documentElement.style.background = '{ground}'")
        for width in widths[scheme]:
            frame.page.set_viewport_size({"width": width, "height": 900})
            frame.evaluate(IS_NARROWER, width)
            found += [(scheme, width, *each) for each in serious(frame)]
    return found


@pytest.mark.parametrize(
    "widths", [ONCE, pytest.param(ALL, marks=pytest.mark.drill)], ids=["once", "all"]
)
def test_axe_finds_nothing_serious(
    new_context: Callable[..., BrowserContext],
    talk: str,
    pages: Pages,
    widths: dict[str, tuple[int, ...]],
) -> None:
    page = new_context(bypass_csp=True).new_page()
    page.goto(pages.write(pages.tag(order_by="time")))
    frame = box(page)
    assert serious_by_day_and_night(frame, widths) == []
    write(frame, "You idiot.")
    expect(frame.locator(".ask")).to_be_visible()
    assert serious_by_day_and_night(frame, widths) == []
    frame.locator(".ask [type=submit]").click()
    expect(frame.locator(".pending")).to_be_visible()
    first = frame.locator(f"#c-{talk} > article")
    frame.locator(f"#c-{talk} .dots summary").first.click()
    expect(first.get_by_role("menu")).to_be_visible()
    assert serious_by_day_and_night(frame, widths) == []
    first.get_by_role("menuitem", name="Report").click()
    expect(frame.locator(".busy")).to_have_count(0)
    assert serious_by_day_and_night(frame, widths) == []
    first.get_by_role("button", name="Reply").click()
    expect(frame.locator(".busy")).to_have_count(0)
    assert serious_by_day_and_night(frame, widths) == []


def test_axe_at_the_sign_in_window(
    new_context: Callable[..., BrowserContext], people: Cast, live: Server
) -> None:
    page = new_context(bypass_csp=True).new_page()
    for path in ("", "&new=1", "&act=forgot"):
        page.goto(f"{live.url}/embed/sign-in?site=harbour&nonce={'ab' * 16}{path}")
        assert serious(page.main_frame) == [], path


def test_everything_by_keyboard(page: Page, talk: str, article: str) -> None:
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").focus()
    page.keyboard.type("By keyboard.")
    expect(frame.locator("#write.open")).to_be_visible()
    for _ in range(2):  # the tools, the name
        page.keyboard.press("Tab")
    page.keyboard.type("Edda")
    page.keyboard.press("Enter")
    mine = frame.locator("#list > .c").first
    expect(mine.locator("> article .text")).to_have_text("By keyboard.")
    expect(mine).to_be_focused()
    expect(frame.locator("#say")).to_have_text("Your comment has been published.")
    reply = frame.locator("#list > .c").nth(1).get_by_role("button", name="Reply").first
    reply.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("An answer.")
    page.keyboard.press("Escape")
    expect(reply).to_be_focused()
    page.keyboard.press("Enter")
    area = frame.locator("form.write:not(#write) textarea")
    expect(area).to_be_focused()
    expect(area).to_have_value("An answer.")
    page.keyboard.press("Control+Enter")
    expect(frame.locator(".replies .text").filter(has_text="An answer.")).to_have_count(1)


def test_marks_and_preview(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    area.fill("word")
    area.press("Control+a")
    frame.get_by_role("button", name="Bold").click()
    expect(area).to_have_value("**word**")
    area.press("Control+a")
    frame.get_by_role("button", name="Quote").click()
    expect(area).to_have_value("> **word**\n\n")
    frame.get_by_role("button", name="Preview").click()
    expect(frame.locator(".look blockquote strong")).to_have_text("word")
    expect(frame.get_by_role("button", name="Bold")).to_be_disabled()
    frame.get_by_role("button", name="Edit").press("Control+b")
    frame.get_by_role("button", name="Edit").click()
    expect(area).to_be_focused()
    expect(area).to_have_value("> **word**\n\n")
    area.press("Control+End")
    frame.get_by_role("button", name="Preview").click()
    expect(area).to_be_hidden()
    frame.get_by_role("button", name="Edit").press("Escape")
    expect(area).to_be_focused()
    area.fill("x" * 5001)
    expect(frame.locator(".tools output")).to_have_text("1 character too many")


IS_WIDE = """(width) => new Promise((done) => {
    const look = () => innerWidth === width ? done() : requestAnimationFrame(look);
    look();
})"""


# the longest words and the other direction here; English in the drill
@pytest.mark.parametrize("locale", [pytest.param("en", marks=pytest.mark.drill), "de", "ar"])
def test_nothing_sticks_out(
    new_context: Callable[..., BrowserContext], talk: str, pages: Pages, locale: str
) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(pages.write(pages.tag(locale=locale), head="<style>body{margin:0}</style>"))
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write .go").wait_for()
    choose(frame.locator(".c").first, "flag")
    expect(frame.locator("form.panel")).to_be_visible()
    menu(frame.locator(".c").first)
    for width in (1280, 768, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        frame.evaluate(IS_WIDE, width)
        wide = frame.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((node) => {
                const at = node.getBoundingClientRect();
                return at.width > 1 && (at.right > innerWidth + 1 || at.left < -1);
            }).map((node) => node.outerHTML.slice(0, 80))"""
        )
        assert wide == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


RIGHT_EDGES = """(text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const column = text.parentElement.getBoundingClientRect();
    return {text: range.getBoundingClientRect().right, column: column.right};
}"""


def test_right_to_left(page: Page, talk: str, pages: Pages) -> None:
    page.goto(pages.write(pages.tag(), lang="ar"))
    frame = box(page)
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    face = frame.locator(".face").first.bounding_box()
    text = frame.locator(".text").first.bounding_box()
    assert face and text and face["x"] > text["x"]
    edges = frame.locator(".text > p").first.evaluate(RIGHT_EDGES)
    assert edges["column"] - edges["text"] > 2  # words of another direction begin on their own side
    expect(frame.locator("#write textarea")).to_have_attribute("placeholder", "المشاركة في النقاش…")


#: the page's ground, what the tag says, the reader's system -> the box
SCHEMES: list[tuple[str, dict[str, str], Any, str]] = [
    ("#fff", {}, "light", "light"),
    ("#fff", {}, "dark", "light"),  # the page is white, whatever the reader's system is
    ("#111", {}, "light", "dark"),
    ("#fff", {"colorscheme": "dark"}, "light", "dark"),
    ("#111", {"colorscheme": "light"}, "dark", "light"),
    ("#fff", {"colorscheme": "auto"}, "dark", "dark"),
    ("#fff", {"colorscheme": "auto"}, "light", "light"),
    ("transparent", {}, "dark", "light"),
]


def test_light_and_dark(page: Page, people: Cast, pages: Pages) -> None:
    for ground, data, system, seen in SCHEMES:
        page.emulate_media(color_scheme=system)
        head = f"<style>body{{background:{ground}}}</style>"
        page.goto(pages.write(pages.tag(**data), head=head))
        html = box(page).locator("html")
        expect(html, f"{ground} {data} {system}").to_have_attribute("data-scheme", seen)
        if data.get("colorscheme") == "auto":
            other = "light" if system == "dark" else "dark"
            page.emulate_media(color_scheme=other)
            expect(html).to_have_attribute("data-scheme", other)


def test_forced_colours_and_less_motion(
    new_context: Callable[..., BrowserContext], talk: str, pages: Pages
) -> None:
    context = new_context(forced_colors="active", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{pages.write(pages.tag())}?fb_comment_id=1_{talk}")
    frame = box(page)
    lit = frame.locator(".lit > article")
    assert lit.evaluate("node => getComputedStyle(node).animationName") == "none"
    assert serious(frame) == [] if context.pages else True


def test_wild_text_stays_in_its_place(page: Page, people: Cast, article: str) -> None:
    zalgo = "h" + "\u0300\u0301\u0302\u0303\u0304" * 2 + "i"
    post(people.site, zalgo, name="Z")
    post(people.site, "\u202eevil \u2066text", name="Bidi")
    post(people.site, "w" * 3000, name="Long")
    post(people.site, "Plain.", name="Next")
    page.goto(article)
    frame = box(page)
    sizes = frame.evaluate(
        """() => [...document.querySelectorAll("#list > .c")].map((node) => {
            const at = node.getBoundingClientRect();
            return [at.top, at.bottom, node.scrollWidth <= node.clientWidth + 1];
        })"""
    )
    for (_, bottom, fits), (top, *_) in pairwise(sizes):
        assert fits and top >= bottom - 1
    name = frame.locator(".by").first
    assert name.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_large_letters_are_not_cut(
    new_context: Callable[..., BrowserContext], talk: str, pages: Pages
) -> None:
    """For those who have set them to twice the size, in a language with long words."""
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(pages.write(pages.tag(), lang="de"))
    frame = box(page)
    frame.evaluate("document.documentElement.style.fontSize = '32px'")
    area = frame.locator("#write textarea")
    assert area.evaluate("node => node.scrollHeight <= node.clientHeight + 1")
    lines = "all => all.map((each) => each.getClientRects().length)"
    assert frame.locator(".sort a").evaluate_all(lines) == [1, 1, 1]
    wide = "node => [node.scrollWidth <= node.clientWidth, node.offsetHeight < 2 * 32 * 1.55]"
    for each in frame.locator(".sort a").all():
        assert each.evaluate(wide) == [True, True]
    area.click()
    rest = "node => node.closest('.who').offsetWidth - node.closest('label').offsetWidth"
    assert frame.locator("#write label input").evaluate(rest) <= 1


def test_two_requests_until_comments_are_there(
    page: Page, talk: str, pages: Pages, live: Server
) -> None:
    address = pages.write(pages.tag())
    page.route("**/embed/script/**", lambda route: route.abort())
    page.route("**/static/**", lambda route: route.abort())
    page.goto(address)
    page.locator("iframe").wait_for()
    frame = page.frames[1]
    expect(frame.locator("#list > .c").first).to_be_visible()
    font = frame.locator(".text").first.evaluate("node => getComputedStyle(node).fontFamily")
    assert "system-ui" in font
    assert ARTICLE in frame.locator("main").get_attribute("data-href", timeout=1000)  # type: ignore[operator]
