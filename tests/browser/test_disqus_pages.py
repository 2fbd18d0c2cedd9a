"""Old pages with Disqus's markup, served from their own origins in a real Chromium: with the one change of
the script's address they show the same threads and counts as before.

The real pages are read from the shared data where it is present; a few of our own cover the same forms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from commentsvc.sites import commands as sites
from commentsvc.sites.forums import set_disqus_secret, set_forums
from commentsvc.threads.naming import with_name
from tests.accounts.test_disqus_message import message
from tests.browser.conftest import box, write
from tests.browser.held import until
from tests.browser.old import SERVICE, Old
from tests.exchange.test_disqus import bring, export
from tests.factories import post
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def old(people: Cast, live: Server, new_context: Callable[..., BrowserContext]) -> Old:
    sites.set_origins(people.site, ["https://*.example.org", "http://*.example.org"])
    return Old(new_context(), live)


def changed(text: str, change: list[list[str]]) -> str:
    for before, after in change:
        text = text.replace(before, after)
    return text


def step(page: Page, words: str) -> None:
    act, _, where = words.partition(" ")
    if act == "click":
        page.click(where)
    elif act == "scroll":
        page.locator(where).scroll_into_view_if_needed()
    else:
        page.mouse.wheel(0, int(where))
    page.wait_for_timeout(100)


@pytest.mark.parametrize("each", [3, pytest.param(1, marks=pytest.mark.drill)])
def test_the_real_pages(old: Old, people: Cast, each: int) -> None:
    """All of them in a drill, else a third; in one browser, as to start one is most of the work."""
    folder = shared("disqus-pages")
    if folder is None:
        pytest.skip("the real pages are not here")
    wanted = json.loads((folder / "expected.json").read_text("utf-8"))
    set_forums(
        people.site, {page["boxes"][-1]["shortname"] for page in wanted.values() if page["boxes"]}
    )
    for name, expected in [*wanted.items()][each - 1 :: each]:
        one(old, folder, name, expected)


def one(old: Old, folder: Path, name: str, expected: dict[str, Any]) -> None:
    change, url = expected["address_change"], expected["page_url"]
    old.asked.clear()
    origin = "/".join(url.split("/")[:3])
    for path, file in expected.get("site_files", {}).items():
        old.sites[origin + path] = changed((folder / file).read_text("utf-8"), change)
    page = old.open(url, changed((folder / name).read_text("utf-8"), change))
    if expected["counts"]:
        page.wait_for_function("document.querySelector('a').textContent === '0 comments'")
    for each in expected["steps"]:
        step(page, each)
    if expected["boxes"]:
        last = expected["boxes"][-1]
        page.locator("iframe[data-commentsvc=shown]").wait_for(state="attached")
        found = old.threads(page)
        assert found == [(f"{last['shortname']}/{last['identifier'] or ''}", last["url"])], name
        frame = page.query_selector(f"#{last['container']} iframe")
        assert frame and (frame.get_attribute("id") or "").startswith("dsq-app"), name
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        language = last["language"] or "en"
        src = frame.get_attribute("src") or ""
        assert parse_qs(urlsplit(src).query).get("locale", ["en"])[0] == language, name
    requests = [each for each in old.asked if "count-data.js" in each]
    assert [len(parse_qs(urlsplit(each).query)) for each in requests] == expected[
        "count_requests"
    ], name
    for asks in expected.get("asks", ()):
        assert any(asks in each for each in old.asked), name
    assert (old.thrown, old.strangers) == ([], []), name
    page.close()


HOME = "https://blog.example.org"
LOADER = f"{SERVICE}/demo/embed.js"
LATE = f"var s = document.createElement('script'); s.src = '{LOADER}'; document.head.append(s);"
NOTES = """var seen = [], counts = [];
    function note(name) { return function (said) { seen.push([name, said]); }; }
    function disqus_config() { this.page.identifier = 'bridge'; this.page.url = '/2026/bridge';
      this.language = 'de'; this.callbacks.onReady.push(note('ready'));
      this.callbacks.onNewComment = [note('new'), undefined];
      this.callbacks.onCommentCountChange = [function (many) { counts.push(many); }];
      this.callbacks.onReady.push(function () { throw 1; });
      this.callbacks.onPaginate = note('never'); throw Error('the page is like that'); }"""


def frames(page: Page) -> list[str]:
    return [each.get_attribute("id") or "" for each in page.query_selector_all("iframe")]


def shown(page: Page, where: str = "#disqus_thread") -> None:
    page.locator(f"{where} iframe[data-commentsvc=shown]").wait_for(state="attached")


def test_callbacks_come_once_and_resets_are_followed(old: Old, people: Cast) -> None:
    html = f"""<!doctype html><title>The bridge · News</title><script>{NOTES}</script><h1>The bridge</h1>
        <div id=disqus_thread>Old</div><script src="{LOADER}"></script>"""
    page = old.open(f"{HOME}/x?a=1#top", html)
    shown(page)
    page.wait_for_function("seen.length === 1")
    assert old.threads(page) == [("demo/bridge", f"{HOME}/2026/bridge")]
    assert page.locator("#disqus_thread").inner_text() == ""
    assert page.frame_locator("iframe").locator("html").get_attribute("lang") == "de"
    write(box(page), "Der Fährmann war wieder zu spät.")
    page.wait_for_function("seen.length === 2")
    [name, said] = page.evaluate("seen[1]")
    assert name == "new" and said["text"].startswith("Der") and said["id"]
    until(page, lambda: page.evaluate("counts") == [1], "the page has not heard the number")
    page.evaluate("DISQUS.reset({})")
    assert frames(page) == []
    page.evaluate("""disqus_config = null; document.querySelector('#disqus_thread').id = 'was';
        document.body.insertAdjacentHTML('beforeend', '<p id=disqus_thread>');
        DISQUS.reset({reload: true, config: function () { this.page.identifier = 7; }})""")
    shown(page)
    # what was not set again stays, and the callbacks with it
    assert old.threads(page) == [("demo/7", f"{HOME}/2026/bridge")]
    page.evaluate("DISQUS.reset(); DISQUS.reset({reload: true}); DISQUS.reset({reload: true})")
    shown(page)
    assert len(frames(page)) == 1
    page.evaluate(f"window.disqus_shortname = 'Other'; {LATE}")
    page.wait_for_timeout(300)
    shown(page)
    assert old.threads(page)[0][0] == "demo/7"  # the first name counts
    page.evaluate(f"delete window.DISQUS; disqus_config = function () {{}}; {LATE}")
    page.wait_for_function("window.DISQUS")
    shown(page)
    assert old.threads(page) == [("other/", f"{HOME}/x?a=1")]
    assert len(frames(page)) == 1 and page.evaluate("seen.length") < 8
    assert (old.thrown, old.strangers) == ([], [])


#: What a page does -> the threads of its boxes.
ODD: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "no container": (f'<script src="{LOADER}"></script>', []),
    "a container that comes later": (
        f'<script src="{LOADER}"></script><div id=disqus_thread></div>',
        [("demo/", f"{HOME}/page")],
    ),
    "another container": (
        "<script>disqus_container_id = 'talk:1'</script><div id='talk:1'></div>"
        f"<script src='{LOADER}'></script>",
        [("demo/", f"{HOME}/page")],
    ),
    "a name with its host, and an address of another": (
        "<script>disqus_shortname = 'Demo.disqus.com'; disqus_identifier = 0; disqus_url = 'http://a.b/'</script>"
        f"<div id=disqus_thread></div><script src='{SERVICE}/disqus/x/embed.js'></script>",
        [("demo/0", "http://a.b/")],  # the page's own is shown: it is the site's
    ),
    "an element that is called like the name": (
        f"<i id=disqus_shortname></i><div id=disqus_thread></div><script src='{LOADER}?_=1'></script>",
        [("demo/", f"{HOME}/page")],
    ),
    "a component that fixes the host": (
        f"<div id=disqus_thread></div><script>disqus_shortname = 'comments.example.org/Demo/?'</script>"
        f"<script src='{SERVICE}/Demo/?.disqus.com/embed.js'></script>",
        [("demo/", f"{HOME}/page")],
    ),
    "a script that is written, among names of its own": (
        f"<form name=title></form><h1>T</h1><div id=disqus_thread></div><script>"
        f"document.write('<script src={LOADER}><\\/script>')</script>",
        [("demo/", f"{HOME}/page")],
    ),
    "articles that come one after the other": (
        f"""<main></main><script>var n = 0; function next() {{
        var was = document.querySelector('#disqus_thread'); if (was) was.removeAttribute('id');
        document.querySelector('main').insertAdjacentHTML('beforeend',
        '<article><div id=disqus_thread></div></article>');
        disqus_identifier = 'a' + ++n; disqus_url = '/' + n;
        if (window.DISQUS) DISQUS.reset({{reload: true}}); }} next();</script><script src='{LOADER}'></script>
        <script>next(); next(); document.querySelector('article').remove();</script>""",
        [("demo/a3", f"{HOME}/3")],
    ),
    "a router that swaps bodies": (
        f"""<div id=disqus_thread></div><script>disqus_identifier = 'a'</script>
        <script src='{LOADER}'></script><script>
        setTimeout(function () {{ document.body.innerHTML = '<div id=disqus_thread>new</div>';
        disqus_identifier = 'b'; {LATE} window.done = 1; }}, 50)</script>""",
        [("demo/b", f"{HOME}/page")],
    ),
    "strict rules": (
        f"""<meta http-equiv=content-security-policy content="script-src {SERVICE}; frame-src {SERVICE};
        require-trusted-types-for 'script'; trusted-types 'none'"><div id=disqus_thread></div>
        <a href="/page#disqus_thread">?</a>
        <script crossorigin=anonymous src='{LOADER}'></script>
        <script src='{SERVICE}/demo/count.js'></script>""",
        [("demo/", f"{HOME}/page")],
    ),
    "Blogger": (
        f"<div id=comments>x</div><script>disqus_blogger_current_url = '{HOME}/2026/01/a.html'"
        f"</script><script src='{SERVICE}/demo/blogger_item.js'></script>",
        [("demo/", f"{HOME}/2026/01/a.html")],
    ),
}


def test_odd_pages(old: Old, people: Cast) -> None:
    for name, (html, threads) in ODD.items():
        page = old.open(f"{HOME}/page", f"<!doctype html><title>T</title>{html}")
        if "window.done" in html:
            page.wait_for_function("window.done && document.querySelector('iframe')")
        if threads:
            page.locator("iframe[data-commentsvc=shown]").wait_for(state="attached")
        assert old.threads(page) == threads, name
        if name == "strict rules":
            page.wait_for_function("document.querySelector('a').textContent === '0 comments'")
        assert (old.thrown, old.strangers) == ([], []), name
        page.close()


def test_counts_and_lists(old: Old, people: Cast) -> None:
    set_forums(people.site, ["demo"])
    post(people.site, "The ferry was late again.", href=with_name(f"{HOME}/a", "one"), name="Ann")
    links = "".join(f'<a href="/n{n}#disqus_thread">?</a>' for n in range(11))
    html = f"""<!doctype html><title>T</title><a id=one data-disqus-identifier=one href="/x">Be the first</a>
        <b class=disqus-comment-count data-disqus-url="{HOME}/a">?</b><a id=plain href="/a">Plain</a>{links}
        <div id=list><script src="{SERVICE}/demo/recent_comments_widget.js?num_items=3"></script></div>
        <script>var answers = 0; function wrap() {{ var show = DISQUSWIDGETS.displayCount;
        DISQUSWIDGETS.displayCount = function (said) {{ answers++; show(said); }}; }}</script>
        <script src="{SERVICE}/demo/count.js" onload="wrap()"></script>"""
    page = old.open(f"{HOME}/index", html)
    page.wait_for_function("answers === 2")
    assert page.locator("#one").inner_text() == page.locator("b").inner_text() == "1 comment"
    assert page.locator("#plain").inner_text() == "Plain"
    item = page.locator("#list ul.dsq-widget-list > li.dsq-widget-item")
    assert "Ann The ferry was late again." in item.inner_text()
    post(people.site, "And the one after it.", href=with_name(f"{HOME}/a", "one"))
    page.evaluate("DISQUSWIDGETS.displayCount({}); DISQUSWIDGETS.getCount()")
    page.evaluate("DISQUSWIDGETS.getCount({reset: true})")
    page.wait_for_function("document.querySelector('#one').textContent === '2 comments'")
    assert page.evaluate("answers") >= 4
    requests = [
        len(parse_qs(urlsplit(each).query)["2"]) for each in old.asked if "count-data" in each
    ]
    assert requests[:2] == [9, 3]
    assert all("/demo/count-data" in each for each in old.asked if "count-data" in each)
    assert (old.thrown, old.strangers) == ([], [])


def test_an_old_link_opens_the_imported_comment(old: Old, people: Cast, tmp_path: Path) -> None:
    page_of = [("bridge", f"{HOME}/bridge"), ("other", f"{HOME}/other")]
    bring(people, export(tmp_path, *page_of))
    html = f"""<!doctype html><title>T</title><script>disqus_identifier = 'bridge';
        function disqus_config() {{ this.callbacks.onPaginate.push(function () {{ more = 1; }}); }}</script>
        <div id=disqus_thread></div><script src="{LOADER}"></script>"""
    page = old.open(f"{HOME}/moved#comment-11", html)
    text = box(page).locator("article").first
    assert text.inner_text().count("Comment 1") == 1
    assert box(page).evaluate("document.querySelector('[data-comment]').dataset.comment")
    post(people.site, "And one of today.", href=with_name(f"{HOME}/bridge", "bridge"))
    sites.set_policy(people.site, {"page_size": 1}, by=None)
    page = old.open(f"{HOME}/moved", html)
    box(page).locator("#more a").click()
    page.wait_for_function("window.more")


def test_the_pages_own_sign_in(old: Old, people: Cast) -> None:
    set_disqus_secret(people.site, "s3cret")
    config = f"""disqus_config = function () {{ this.callbacks.onIdentify.push(function () {{ known = 1; }});
        this.page.remote_auth_s3 = '{
        message({"id": 5, "username": "Sam"}, secret="s3cret")
    }'; this.sso = {{url: '/login', width: 300, height: 300, logout: '/out'}}; }}"""
    html = f"""<!doctype html><title>T</title><script>{config}</script>
        <div id=disqus_thread></div><script src="{LOADER}"></script>"""
    page = old.open(f"{HOME}/page", html)
    box(page).get_by_text("Sam").first.wait_for()
    page.wait_for_function("window.known")
    # signed out there, signed out here
    html = html.replace(
        "this.page.remote_auth_s3 = '", "this.page.remote_auth_s3 = 'e30= 0 0' || '"
    )
    old.sites[f"{HOME}/login"] = "<script>close()</script>"
    page = old.open(f"{HOME}/page", html)
    with page.expect_navigation():
        box(page).locator("[data-action=sign-in]").first.click()
