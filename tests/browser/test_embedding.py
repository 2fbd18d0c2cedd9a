"""What a page and a box have to do with each other besides colors: counts, addresses, history, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Page, Request, expect

from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.sites.look.colors import contrast, rgb_of
from commentsvc.sites.sections.commands import add_section, set_section_policy
from commentsvc.threads import commands as threads
from tests.browser.conftest import ARTICLE, Pages, Server, box, write
from tests.browser.odd import lay_out
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

NUMBERS = (
    "[...document.querySelectorAll('[data-commentsvc-count]')].map((each) => each.textContent)"
)


def asked(page: Page) -> list[Request]:
    """Requests for counts, as they come."""
    found: list[Request] = []
    page.on("request", lambda it: found.append(it) if "/embed/counts" in it.url else None)
    return found


def test_it_works(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    """Counts beside links, on a page without a box, in one request."""
    for number, href in enumerate([ARTICLE, f"{pages.url}/two", f"{pages.url}/two"]):
        post(people.site, f"Comment {number}.", href=href)
    found = asked(page)
    page.goto(
        pages.write(
            f'<b data-commentsvc-count="{ARTICLE}"></b><b data-commentsvc-count data-href="/two"></b>'
            '<a href="/two#comments" data-commentsvc-count>talk</a><b data-commentsvc-count="/none">?</b>'
            '<b data-commentsvc-count="{{ url }}">?</b>',
            head=f'<script async src="{live.url}/embed.js"></script>',
        )
    )
    page.wait_for_function(f"{NUMBERS} + '' === '1,2,2,0,0'")
    assert len(found) == 1 and page.locator("iframe").count() == 0
    assert page.locator("b").nth(3).get_attribute("data-count") == "0"
    page.evaluate(
        f"""() => {{ document.body.append(document.createElement("b"));
            document.body.lastChild.dataset.commentsvcCount = "{ARTICLE}";
            commentsvc.counts(); commentsvc.counts(document.body); }}"""
    )
    page.wait_for_function(f"{NUMBERS} + '' === '1,2,2,0,0,1'")
    assert len(found) == 2


def test_the_tags_of_a_page(page: Page, people: Cast, pages: Pages) -> None:
    """They choose the section before anybody has written there, and stay with what is written."""
    add_section(people.site, name="Live", tags=["live"], by=None)
    changes = {"premoderate_all": True, "announcement": "It is live."}
    set_section_policy(people.site, "live", changes, by=None)
    page.goto(pages.write(pages.tag(tags="Politics, LIVE")))
    frame = box(page)
    expect(frame.get_by_text("It is live.")).to_be_visible()
    write(frame, "The first of all.")
    expect(frame.locator(".c.pending")).to_contain_text("The first of all.")
    thread = threads.find_thread(people.site, ARTICLE)
    assert thread is not None and thread.tags == ("politics", "live")
    page.goto(pages.write(pages.tag(), name="again.html"))  # the template lost them
    expect(box(page).get_by_text("It is live.")).to_be_visible()
    other = f"{ARTICLE}/other"
    page.goto(pages.write("<main></main>" + pages.tag(href=other), name="other.html"))
    frame = box(page)
    expect(frame.locator("#write textarea")).to_be_visible()
    expect(frame.get_by_text("It is live.")).to_have_count(0)
    options = f"{{site: 'harbour', href: '{other}/2', tags: 'live', lazy: 'false'}}"
    page.evaluate(f"() => {{ commentsvc.mount(document.querySelector('main'), {options}); }}")
    expect(page.frame_locator("main iframe").get_by_text("It is live.")).to_be_visible()


def test_more_counts_than_one_request_holds(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "One.", href=f"{pages.url}/230")
    found = asked(page)
    spots = "".join(f"<b data-commentsvc-count=/{number}></b>" for number in range(231))
    page.goto(pages.write(f"{spots}{pages.tag()}"))
    page.wait_for_function(f"{NUMBERS}.join('') === '{'0' * 230}1'")
    assert len(found) == 2


def test_counts_without_connections_and_with_trusted_types(
    page: Page, people: Cast, pages: Pages
) -> None:
    address = lay_out(pages, "trusted-types", "")
    post(people.site, "One.", href=address)
    page.goto(address)
    # not `wait_for_function`, which the page's policy refuses to try twice
    expect(page.locator("[data-commentsvc-count]")).to_have_text("1")


def test_a_translated_page_takes_comments_for_its_original(
    page: Page, people: Cast, pages: Pages
) -> None:
    """Loader and server: the box, the count and the post are the original page's."""
    post(people.site, "One.")
    text = f"<b data-commentsvc-count>?</b>{pages.tag(href=None)}"
    page.route(
        "https://news-example-org.translate.goog/**",
        lambda route: route.fulfill(body=f"<!doctype html>{text}", content_type="text/html"),
    )
    page.goto("https://news-example-org.translate.goog/2026/bridge?_x_tr_sl=en&_x_tr_tl=de")
    frame = box(page)
    expect(frame.locator("#list .text")).to_have_text("One.")
    page.wait_for_function(f"{NUMBERS} + '' === '1'")
    write(frame, "Two.")
    expect(frame.locator("#list .text")).to_have_count(2)
    thread = threads.find_thread(people.site, ARTICLE)
    assert thread is not None and thread.comment_count == 2


def test_a_page_that_keeps_counts_out_is_told(page: Page, people: Cast, pages: Pages) -> None:
    said: list[str] = []
    page.on("console", lambda it: said.append(it.text) if it.type == "warning" else None)
    pages.headers(
        Content_Security_Policy=f"script-src {pages.service}/embed.js; connect-src 'none'"
    )
    with page.expect_console_message(lambda it: "script-src http://127.0.0.1" in it.text):
        page.goto(pages.write(f"<b data-commentsvc-count>?</b>{pages.tag()}"))
    assert page.evaluate(NUMBERS) == ["?"] and len(said) == 1


def test_facebooks_counters_ask_once(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "One.")
    found = asked(page)
    page.goto(
        pages.write(
            f'<span class="fb-comments-count" data-href="{ARTICLE}"></span>'
            f'<script async src="{pages.service}/en_US/sdk.js#xfbml=1" data-site=harbour></script>'
            "<script>fbAsyncInit = () => FB.XFBML.parse()</script>"
        )
    )
    expect(page.locator(".fb_comments_count")).to_have_text("1")
    page.evaluate("new Promise((done) => FB.XFBML.parse(document.body, done))")
    assert len(found) == 1


@pytest.mark.parametrize(
    "tag", ["<script type=module src=copied.js></script>", "<script src=app/copied.js></script>"]
)
def test_a_copy_that_knows_no_server_says_so(page: Page, pages: Pages, tag: str) -> None:
    lay_out(pages, "copied", "")
    (pages.folder / "app").mkdir()
    (pages.folder / "app" / "copied.js").write_bytes((pages.folder / "copied.js").read_bytes())
    with page.expect_console_message(lambda it: "data-server" in it.text and it.type == "warning"):
        page.goto(pages.write(f'<div class="commentsvc" data-site="harbour"></div>{tag}'))


def test_a_link_to_another_comment_is_one_step_of_history(
    page: Page, people: Cast, pages: Pages
) -> None:
    sites.set_policy(people.site, {"page_size": 1}, by=people.olga)
    made = [post(people.site, f"Comment {number}.").comment for number in range(4)]
    page.goto(pages.write(f"<a href='#fb_comment_id=1_{made[0].public_id}'>Go</a>{pages.tag()}"))
    frame = box(page)
    before = page.evaluate("history.length")
    page.get_by_text("Go").click()
    expect(page.frame_locator("iframe").locator(".lit .text")).to_have_text("Comment 0.")
    assert page.evaluate("history.length") == before + 1
    page.evaluate("commentsvc.scheme(document.body, 'dark')")
    expect(page.frame_locator("iframe").locator("html")).to_have_attribute("data-scheme", "dark")
    for count in (3, 4):
        frame.locator("#more a").click()
        expect(frame.locator(".list > .c")).to_have_count(count)
    expect(page.frame_locator("iframe").locator("html")).to_have_attribute("data-scheme", "dark")


def test_the_link_to_a_comment_that_is_gone_leads_to_the_box(
    page: Page, people: Cast, pages: Pages
) -> None:
    gone = post(people.site, "Regretted.").comment
    for _ in range(3):
        post(people.site)
    decide(gone.public_id, action="reject", by=people.mona, reason="off_topic")
    tall = '<div style="height:3000px">Long</div>'
    address = pages.write(tall + pages.tag(lazy="false") + tall)
    page.goto(f"{address}#commentsvc={gone.public_id}")
    frame = box(page)
    expect(frame.locator("#gone")).to_contain_text("can’t be shown")
    page.wait_for_function(
        "document.querySelector('iframe').getBoundingClientRect().top < innerHeight - 200"
    )


def test_links_where_readers_write_and_below(page: Page, people: Cast, pages: Pages) -> None:
    sites.set_policy(
        people.site,
        {
            "announcement": "See [help](https://example.org/help).",
            "rules_url": "https://example.org/rules",
        },
        by=people.olga,
    )
    post(people.site)
    page.goto(pages.write(pages.tag()))
    frame = box(page)
    expect(frame.locator(".note a")).to_have_attribute("href", "https://example.org/help")
    expect(frame.locator(".note a")).to_have_attribute("target", "_blank")
    frame.get_by_role("button", name="Reply").click()
    rules = frame.get_by_role("link", name="Community guidelines")
    expect(rules).to_have_count(2)
    expect(rules.last).to_have_attribute("href", "https://example.org/rules")
    for name, words in (("How we moderate", "moderates comments"), ("Comment feed", "Atom")):
        with page.context.expect_page() as opened:
            frame.get_by_role("link", name=name).click()
        assert words in opened.value.content()


#: What a page paints on when it is light, and when it is dark.
GROUNDS = {"light": "#ffffff", "dark": "#111111"}


def test_the_accent_can_be_read_in_both_schemes(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "A [link](https://example.org).", user=people.mona)
    rules = "".join(f".{name} body{{background:{ground}}}" for name, ground in GROUNDS.items())
    address = pages.write(pages.tag(), head=f"<style>{rules}</style>")
    for accent in ("#0b3d2e", "#ffe600", "#0000ff", "#808080", "oklch(0.3 0.1 280)"):
        sites.set_policy(people.site, {"accent": accent}, by=people.olga)
        page.goto(address)
        frame = box(page)
        frame.locator("#write textarea").click()
        for scheme, ground in GROUNDS.items():
            page.evaluate("name => { document.documentElement.className = name }", scheme)
            expect(frame.locator("html")).to_have_attribute("data-scheme", scheme)
            is_readable(frame, ground, accent)


def is_readable(frame: Frame, ground: str, accent: str) -> None:
    under = rgb_of(ground)
    assert under is not None
    for where in (".text a", ".badge", "#me button"):
        assert contrast(painted(frame, where), under) >= 4.5, (accent, where)
    button = painted(frame, ".go", "backgroundColor")
    assert contrast(button, under) >= 3, accent
    assert contrast(painted(frame, ".go"), button) >= 4.5, accent


def painted(frame: Frame, where: str, name: str = "color") -> tuple[float, float, float]:
    look = "(node, name) => getComputedStyle(node)[name]"
    found = rgb_of(frame.locator(where).first.evaluate(look, name))
    assert found is not None
    return found
