"""The menu of a comment: by key and by hand, what it offers, and its links where there is no script."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Route, expect

from tests.browser.conftest import ARTICLE, Pages, Server, box, choose, menu, write
from tests.browser.held import until
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser

IS_WHOLE = """(node) => {
    const {top, bottom, left, right} = node.getBoundingClientRect();
    const [x, y, blur, spread] = getComputedStyle(node).boxShadow.match(/-?[0-9.]+(?=px)/g).map(Number);
    const reach = blur + spread;
    return top >= 0 && left >= reach - x && right <= innerWidth - reach - x
        && bottom <= document.body.offsetHeight - reach - y;
}"""


def offered(frame: Frame, public_id: str) -> list[str]:
    """What the menu of a comment says; it is closed again."""
    found = menu(frame.locator(f"#c-{public_id}")).get_by_role("menuitem").all_inner_texts()
    frame.page.keyboard.press("Escape")
    expect(frame.get_by_role("menu")).to_have_count(0)
    return found


def test_it_works(new_context: Callable[..., BrowserContext], people: Cast, pages: Pages) -> None:
    """By keyboard; a link is copied and opens the comment in its place, without loading the page again."""
    where = f"{pages.url}/page.html"
    made = [post(people.site, f"Number {at}.", href=where).comment.public_id for at in range(15)]
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(pages.write(f"<h1>The bridge</h1>{pages.tag(href='')}"))
    page.evaluate("window.same = true")
    frame = box(page)
    dots = frame.locator(f"#c-{made[4]} .dots summary")
    assert dots.get_attribute("aria-label") == "More options"
    menu(frame.locator(f"#c-{made[4]}"))
    items = frame.get_by_role("menuitem")
    expect(items).to_have_text(["Copy link", "Quote", "Mute Guest", "Report"])
    expect(items.first).to_be_focused()
    for key, at in (("ArrowDown", 1), ("End", 3), ("ArrowDown", 0), ("ArrowUp", 3), ("Home", 0)):
        page.keyboard.press(key)
        expect(items.nth(at)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dots).to_be_focused()
    expect(frame.get_by_role("menu")).to_have_count(0)
    dots.click()
    frame.locator("#count").click()
    expect(frame.get_by_role("menu")).to_have_count(0)
    dots.click()
    page.keyboard.press("Enter")
    expect(frame.locator(f"#c-{made[4]} .tell")).to_have_text("Link copied.")
    expect(dots).to_be_focused()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(f"#commentsvc={made[4]}") and "fb_" not in link
    page.evaluate("(link) => (location.href = link)", link)
    expect(frame.locator(f"#c-{made[4]}.lit")).to_be_in_viewport()
    assert page.evaluate("same")


def test_what_it_offers(page: Page, people: Cast, article: str) -> None:
    """To readers, to the author, and where the browser can share; what was reported is not offered again."""
    shared = "navigator.share = (it) => ((window.shared = it), Promise.resolve())"
    page.add_init_script(shared)
    theirs = post(people.site, "I took the tram.", user=people.max).comment.public_id
    page.goto(article)
    frame = box(page)
    write(frame, "Mine.")
    expect(frame.locator("[data-own]")).to_be_visible()
    mine = str(frame.locator("[data-own]").get_attribute("data-id"))
    assert offered(frame, mine) == ["Copy link", "Share…", "Quote", "Delete"]
    others = ["Copy link", "Share…", "Quote", "Mute Max", "Report"]
    assert offered(frame, theirs) == others
    choose(frame.locator(f"#c-{theirs}"), "share")
    assert frame.evaluate("shared.url").endswith(f"#commentsvc={theirs}")
    choose(frame.locator(f"#c-{theirs}"), "flag")
    frame.get_by_label("Off topic").check()
    frame.get_by_role("button", name="Send report").click()
    expect(frame.locator(f"#c-{theirs} .dots summary")).to_be_focused()
    expect(frame.locator("#list .tell")).to_have_text("Thank you. A moderator will look at it.")
    assert offered(frame, theirs) == [*others[:4], "Reported"]


def test_quotes(page: Page, people: Cast, article: str) -> None:
    """All of a comment, or what is marked in it; a draft stays above."""
    made = post(people.site, "First line.\n\nSecond line.").comment.public_id
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{made}")
    area = comment.locator("form.write.open textarea")
    mark = "(node) => getSelection().selectAllChildren(node)"
    comment.locator(".text p").last.evaluate(mark)
    comment.locator("[data-action=reply]").click()
    expect(area).to_have_value("> Second line.\n\n")
    area.press_sequentially("Why?")
    comment.locator(".text p").last.evaluate(mark)
    comment.locator(".dots summary").click()
    comment.locator("[data-action=quote]").click()
    expect(area).to_have_value("> Second line.\n\nWhy?\n\n> Second line.\n\n")
    page.reload()
    comment = box(page).locator(f"#c-{made}")
    area = comment.locator("form.write.open textarea")
    expect(area).to_have_value("> Second line.\n\nWhy?\n\n> Second line.\n\n")
    area.fill("")
    choose(comment, "quote")
    expect(area).to_have_value("> First line.\n>\n> Second line.\n\n")


def test_a_quote_alone_is_no_draft(page: Page, people: Cast, article: str) -> None:
    """Nor is a text that is edited back to what it was. A second quote still goes below the first."""
    made = post(people.site, "First line.").comment.public_id
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{made}")
    area = comment.locator("form.write.open textarea")
    quote = "> First line.\n\n"
    for quotes in (1, 2):
        choose(comment, "quote")
        expect(area).to_have_value(quote * quotes)
    area.press_sequentially("Why")
    for _ in "Why":
        area.press("Backspace")
    area.press("Escape")
    expect(area).to_have_count(0)
    expect(frame.locator(".begun")).to_have_count(0)
    choose(comment, "quote")
    page.reload()
    frame = box(page)
    expect(frame.locator("#list .text")).to_be_visible()
    write(frame, "Mine.")
    mine = frame.locator("[data-own]")
    expect(mine).to_be_visible()
    expect(frame.locator(f"#c-{made} form, .begun")).to_have_count(0)
    mine.locator("[data-action=edit]").click()
    area = mine.locator("form.write.open textarea")
    area.press_sequentially("!")
    area.press("Backspace")
    area.press("Escape")
    expect(area).to_have_count(0)
    expect(frame.locator(".begun")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "way"),
    [(320, "rtl"), (360, "ltr"), pytest.param(1280, "rtl", marks=pytest.mark.drill)],
)
def test_it_is_whole_where_the_box_ends(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, width: int, way: str
) -> None:
    """Above its button, or the box grows; and it goes when the reader looks elsewhere. So is a person's card,
    and both with their shadows."""
    made = [
        post(people.site, f"Number {at}.", user=people.max).comment.public_id for at in range(4)
    ]
    page = new_context(viewport={"width": width, "height": 700}).new_page()
    tag = pages.tag(locale="ar" if way == "rtl" else "en")
    page.goto(pages.write(f"{tag}<p id=below>Below</p>", attributes=f"dir={way}"))
    for public_id in made:
        frame = box(page)
        node = frame.locator(f"#c-{public_id}")
        node.locator(".by button").press("Enter")
        card = node.locator(".card")
        expect(card).to_be_visible()
        until(page, partial(card.evaluate, IS_WHOLE), "the card is cut off")
        page.keyboard.press("Escape")
        opened = menu(node)
        until(page, partial(opened.evaluate, IS_WHOLE), "the menu is cut off")
        page.keyboard.press("Escape")
    page.evaluate("document.body.tabIndex = -1, document.body.focus()")
    expect(box(page).get_by_role("menu")).to_have_count(0)


@pytest.mark.parametrize("direction", ["ltr", pytest.param("rtl", marks=pytest.mark.drill)])
def test_it_opens_where_the_page_shows_it(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, direction: str
) -> None:
    """On a phone, wherever the comment stands in the window; the page does not scroll for it."""
    made = [post(people.site, f"Number {at}.").comment.public_id for at in range(12)]
    page = new_context(viewport={"width": 360, "height": 640}).new_page()
    page.goto(pages.write(f"<h1>The bridge</h1>{pages.tag()}", attributes=f"dir={direction}"))
    frame = box(page)
    comment = frame.locator(f"#c-{made[6]}")
    for place in ("start", "center", "end"):
        comment.locator(".dots").evaluate(f"(node) => node.scrollIntoView({{block: '{place}'}})")
        before = page.evaluate("scrollY")
        opened = menu(comment)
        expect(opened).to_be_in_viewport(ratio=1)
        page.wait_for_timeout(500)  # when it would have asked for another place
        expect(opened).to_be_in_viewport(ratio=1)
        assert page.evaluate("scrollY") == before
        page.keyboard.press("Escape")


def test_links_where_there_is_no_script(
    new_context: Callable[..., BrowserContext], people: Cast, live: Server
) -> None:
    made = post(people.site, "First.").comment.public_id
    where = f"{live.url}/embed/thread?site=harbour&href={ARTICLE}"
    lost = new_context().new_page()
    lost.route("**/embed/script/**", lambda route: route.abort())
    for page in (new_context(java_script_enabled=False).new_page(), lost):
        page.goto(where)
        page.locator(".dots summary").click()
        links = page.locator(".dots a")
        # what a report needs is not here
        expect(links).to_have_text(["Notice of illegal content"])
        expect(page.locator(".at")).to_have_attribute("href", f"{ARTICLE}#commentsvc={made}")
        expect(page.get_by_role("button", name="Like")).to_be_hidden()
        notice = page.request.get(f"{live.url}{links.last.get_attribute('href')}")
        assert "<h1>Notice of illegal content</h1>" in notice.text()


def test_a_menu_that_does_not_load_says_so(page: Page, people: Cast, article: str) -> None:
    post(people.site, "First.")
    stop: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.route("**/menu/en.js", stop)
    page.goto(article)
    frame = box(page)
    frame.locator(".dots summary").click()
    expect(frame.locator("#list .tell")).to_contain_text("couldn’t be loaded")
    page.unroute("**/menu/en.js", stop)
    frame.locator(".dots summary").click()
    expect(frame.get_by_role("menu")).to_be_visible()


def test_a_sort_that_does_not_load_says_so(page: Page, people: Cast, article: str) -> None:
    """And the conversation stays."""
    for text in ("First.", "Second."):
        post(people.site, text)
    stop: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.goto(article)
    frame = box(page)
    page.route("**/arriving/en.js", stop)
    page.route("**/embed/thread?*", stop)
    newest = frame.get_by_role("link", name="Newest")
    newest.click()
    said = frame.locator("#sort > .tell")
    expect(said).to_contain_text("couldn’t be loaded")
    expect(frame.locator("#list > .c")).to_have_count(2)
    page.unroute("**/arriving/en.js", stop)
    newest.click()
    expect(frame.locator("#unread")).to_be_visible()
    expect(said).to_have_count(1)
    page.unroute("**/embed/thread?*", stop)
    newest.click()
    expect(newest).to_have_attribute("aria-current", "true")
    expect(said).to_have_count(0)


def test_a_long_comment_is_quoted_in_part(page: Page, people: Cast, article: str) -> None:
    """Its beginning, with its paragraphs; and the answer is written where it can be seen."""
    long = "A first paragraph.\n\n" + "Many more words follow. " * 100
    made = post(people.site, long).comment.public_id
    page.goto(article)
    comment = box(page).locator(f"#c-{made}")
    choose(comment, "quote")
    area = comment.locator("form textarea")
    expect(area).to_have_value(re.compile(r"^> A first paragraph\.\n>\n> Many .* \w+…\n\n$"))
    assert len(area.input_value()) <= 320
    area.evaluate("area => { area.value = '> word\\n'.repeat(99); }")
    area.press("Control+End")
    area.press_sequentially("mine")
    assert area.evaluate("area => area.scrollHeight - area.scrollTop - area.clientHeight") < 4
