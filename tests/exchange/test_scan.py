"""Old pages looked at: every box, its conversation, what will not work and why, the line to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.exchange.scan.report import Scan, scan
from commentsvc.threads.urls import AddressRules
from tests.shared_data import shared
from tests.tables import every_row

if TYPE_CHECKING:
    from commentsvc.exchange.scan.shapes import Spot

PAGE = "https://blog.example.org/2016/hello.html"
OURS = "https://comments.example.org"
SDK = '<script src="https://connect.facebook.net/de_DE/sdk.js#xfbml=1&version=v18.0"></script>'


def look(html: str, url: str | None = PAGE, **more: object) -> Scan:
    return scan([("a.html", url, html)], server=OURS, **more)


def spots(found: Scan) -> list[Spot]:
    return [spot for page in found.pages for spot in page.spots]


def codes(found: Scan) -> set[str]:
    return {
        note.code
        for page in found.pages
        for note in (*page.notes, *(each for spot in page.spots for each in spot.notes))
    }


def test_it_works() -> None:
    found = look(
        f'<html><head><meta property="fb:app_id" content="1234567"></head>\n<body>{SDK}\n'
        '<div class="fb-comments" data-href="http://www.blog.example.org/a/?utm_source=x"'
        ' data-numposts="5" data-width="100%"></div>\n'
        '<span class="fb-comments-count" data-href="/b">0</span></body></html>'
    )
    box, count = spots(found)
    assert (box.kind, box.line, box.numposts) == ("box", 3, 5)
    assert box.thread == "https://blog.example.org/a" and box.attributes["width"] == "100%"
    assert (count.kind, count.thread) == ("count", "https://blog.example.org/b")
    (change,) = found.changes
    assert change.new == f"{OURS}/de_DE/sdk.js#xfbml=1&version=v18.0" and change.pages == 1
    assert found.tag == f'<script async src="{OURS}/sdk.js"></script>'
    assert found.app_ids == ("1234567",) and not codes(found)
    assert found.totals == {
        "pages": 1,
        "with_boxes": 1,
        "boxes": 1,
        "counts": 1,
        "conversations": 2,
        "pages_with_problems": 0,
    }
    assert json.dumps(found.as_dict())


@every_row(
    ("tag", "thread"),
    [
        ("<fb:comments href='/a' num_posts=7></fb:comments>", "https://blog.example.org/a"),
        ("<FB:COMMENTS HREF='/a'/>", "https://blog.example.org/a"),
        ("<div class='x fb-comments y' data-href=/a></div>", "https://blog.example.org/a"),
        ("<div class='fb-comments' data-href='other.example/a'></div>", "https://other.example/a"),
        ("<div class='fb-comments' data-href=''></div>", "https://blog.example.org/2016/hello.html"),
        ("<div class='fb-comments' data-href='//x.example/a?a=1&amp;b=2'></div>",
         "https://x.example/a?a=1&b=2"),
        ("<div class='fb-comments' data-href='{{ page.url }}'></div>",
         "https://blog.example.org/2016/hello.html"),
        ("<fb:comments xid='my%20page'></fb:comments>", "https://blog.example.org/?xid=my+page"),
        ("<fb:comments xid='http%3A%2F%2Fblog.example.org%2Fa'></fb:comments>",
         "https://blog.example.org/a"),
        ("<fb:comments-count href=/a></fb:comments-count>", "https://blog.example.org/a"),
    ],
)  # fmt: skip
def test_each_tag_leads_to_its_conversation(tag: str, thread: str) -> None:
    (spot,) = spots(look(SDK + tag))
    assert spot.thread == thread


@pytest.mark.parametrize(
    "html",
    [
        "<div class=fb-comments><fb:comments href=/a></fb:comments></div>",
        "<div class=fb-comments><p><fb:comments href=/a></fb:comments></p></div>",
        "<fb:comments href=/a><div class=fb-comments data-href=/b></div></fb:comments>",
        "<fb:comments href=/a><fb:comments href=/b></fb:comments></fb:comments>",
        "<div class=fb-comments><div class=fb-comments data-href=/a></div></div>",
    ],
)
def test_a_box_in_a_box_is_one(html: str) -> None:
    (spot,) = spots(look(SDK + html))
    assert spot.thread == "https://blog.example.org/a" and spot.notes == ()


def test_a_box_in_error_is_no_other_conversation() -> None:
    (spot,) = spots(
        look(SDK + "<div class=fb-comments data-href='https://u:p@blog.example.org/a'></div>")
    )
    assert spot.thread is None


def test_a_page_without_an_address_in_the_tag_is_what_it_says_it_is() -> None:
    tag = f"{SDK}<div class='fb-comments'></div>"
    og = '<meta property="og:url" content="https://blog.example.org/og">'
    canonical = '<link rel="canonical" href="/canonical">'
    for head, path in ((og + canonical, "og"), (canonical, "canonical"), ("", "2016/hello.html")):
        assert spots(look(head + tag))[0].thread == f"https://blog.example.org/{path}"
    foreign = look(
        '<meta property="og:url" content="https://evil.example/">' + tag,
        is_of=lambda origin: origin == "https://blog.example.org",
    )
    assert spots(foreign)[0].thread == PAGE


@every_row(
    ("html", "code", "stops"),
    [
        (SDK + "<div class='fb-comments' data-href='<?php the_permalink() ?>'></div>", "leftover", False),
        (SDK + "<div class='fb-comments' data-href='javascript:a'></div>", "bad_address", False),
        (SDK + "<div class='fb-comments' data-href='https://a b.example/'></div>", "refused_address", True),
        (SDK + "<div class='fb-comments' data-href='https://else.example/'></div>", "foreign", True),
        (SDK + "<fb:comments xid=a></fb:comments>", "xid", False),
        (SDK + "<div class='fb-comments'><p>a</p><p>b</p></div>", "filled", True),
        ("<div class='fb-comments'></div>", "no_loader", True),
        ("<script>document.write('<fb:comments>')</script>" + SDK, "written", False),
        ("<amp-facebook-comments></amp-facebook-comments>", "amp", True),
        (SDK + "<meta http-equiv=content-security-policy content=\"script-src 'self'\">"
         "<div class='fb-comments'></div>", "csp", True),
        (SDK + "<noscript><li id='comment-12_34'></li></noscript>", "saved", False),
    ],
)  # fmt: skip
def test_what_will_not_work_is_said(html: str, code: str, stops: bool) -> None:
    found = look(html, is_of=lambda origin: origin == "https://blog.example.org")
    assert codes(found) == {code}
    assert (found.totals["pages_with_problems"] == 1) is stops


def test_a_page_outside_the_site_is_told() -> None:
    found = look(SDK + "<div class=fb-comments data-href=https://a.example/></div>",
                 is_of=lambda origin: origin == "https://a.example")  # fmt: skip
    assert codes(found) == {"foreign_page"}


def test_what_no_browser_shows_is_no_box() -> None:
    found = look(
        SDK
        + "<!-- <div class=fb-comments></div> --><noscript><div class=fb-comments></div></noscript>"
        "<template><div class=fb-comments></div></template><textarea><div class=fb-comments></textarea>"
        "<div class='fb-commentsx'></div><div class=fb-like></div>"
    )
    assert spots(found) == []


@pytest.mark.parametrize("inside", ["", " ", "Loading…", "<i class='fb-xfbml-parse-ignore'>a</i>"])
def test_what_facebook_took_for_empty_is_a_box(inside: str) -> None:
    assert not codes(look(f"{SDK}<div class='fb-comments'>{inside}</div>"))


@pytest.mark.parametrize(
    ("source", "new"),
    [
        ("//connect.facebook.net/en_US/all.js#xfbml=1&appId=1", "/en_US/all.js#xfbml=1&appId=1"),
        ("http://connect.facebook.net/en_US/sdk/debug.js", "/en_US/sdk/debug.js"),
        ("https://connect.facebook.net/fr_FR/sdk/xfbml.customerchat.js",
         "/fr_FR/sdk/xfbml.customerchat.js"),
    ],
)  # fmt: skip
def test_the_line_to_change(source: str, new: str) -> None:
    inline = f"<script>(function(d){{js.src = '{source}';}})(document)</script>"
    for html in (inline, f'<script async src="{source}"></script>'):
        (change,) = look(html).changes
        assert (change.old, change.new) == (source, OURS + new)


def test_many_pages_with_one_address_share_one_conversation() -> None:
    box = SDK + "<div class=fb-comments data-href=https://blog.example.org/></div>"
    pages = [(str(n), f"{PAGE}{n}", box) for n in range(3)]
    found = scan(pages, server=OURS)
    assert found.shared == {"https://blog.example.org/": 3} and found.changes[0].pages == 3


def test_the_sites_rules_count() -> None:
    rules = AddressRules(aliases=(("http://old.example/*", "https://blog.example.org/*"),))
    found = look(SDK + "<div class=fb-comments data-href=http://old.example/a></div>", rules=rules,
                 is_of=lambda origin: origin == "https://blog.example.org")  # fmt: skip
    assert spots(found)[0].thread == "https://blog.example.org/a" and not codes(found)


def test_a_huge_number_breaks_no_scan() -> None:
    look(f"<div class=fb-comments data-href=https://blog.example.org/a data-numposts={'9' * 5000}>")


@given(st.text("<>/ =\"'fb:comentsdivclahr-{}%&!?\n", max_size=200))
def test_any_page_is_looked_at(html: str) -> None:
    look(html)
    look("<div class=fb-comments " + html)
    look("<script>" + html)


@pytest.mark.parametrize("address", ["http://[", "//[/sdk.js", "//\u2100/sdk.js", "http://a:b]/"])
def test_broken_addresses_break_no_scan(address: str) -> None:
    look(f"<base href='{address}'>{SDK}<div class=fb-comments data-href='{address}'></div>")
    look(f"<link rel=canonical href='{address}'>{SDK}<div class=fb-comments></div>")
    look(f"<script src='{address}connect.facebook.net/en/sdk.js'></script>", url=address)


def test_a_page_of_very_many_elements_is_soon_read() -> None:
    assert look("<div>" * 40_000 + "<div class=fb-comments>" * 1000).totals["boxes"] == 1
    assert look("<div>" * 30_000 + "</p>" * 30_000 + "<div class=fb-comments>").totals["boxes"] == 1


def _pages() -> list[tuple[str, dict]]:
    folder = shared("fb-pages")
    if folder is None:
        return [("inline", {"page_url": PAGE, "boxes": [], "counts": []})]
    return list(json.loads((folder / "expected.json").read_text("utf-8")).items())


@pytest.mark.parametrize(("name", "wanted"), _pages(), ids=lambda each: str(each)[:30])
def test_real_pages_hold_what_is_expected(name: str, wanted: dict) -> None:
    folder = shared("fb-pages")
    html = (folder / name).read_text("utf-8") if folder else SDK
    found = look(html, wanted["page_url"])
    boxes = [spot for spot in spots(found) if spot.kind == "box"]
    for box, said in zip(boxes, wanted["boxes"], strict=True):
        assert (box.href, box.numposts) == (said["href"], said["numposts"])
        for key in ("colorscheme", "order_by"):
            assert box.attributes.get(key) == said[key]
        if said["width"]:
            assert box.attributes["width"] == said["width"]
        assert not any(note.stops for note in box.notes)
    assert [spot.href for spot in spots(found) if spot.kind == "count"] == wanted["counts"]


BOX = '<div class="fb-comments" data-href="http://blog.example.org/a"></div>'
DISQUS_BOX = "<div id=disqus_thread></div><script>var disqus_identifier = 'a1';"
CONVERTED = [
    f'{BOX}<script src="{OURS}/de_DE/sdk.js#xfbml=1&version=v18.0"></script>',
    f"{BOX}<script>js.src = '//comments.example.org/en_US/all.js';</script>",
    f'{BOX}<script async src="{OURS}/embed.js"></script>',
    f'{BOX}<script async src="/static/box.js" data-site="harbour"></script>',
    f"{DISQUS_BOX} s.src = '{OURS}/harbour/embed.js';</script>",
    f"{DISQUS_BOX} s.src = '//comments.example.org/disqus/harbour/embed.js';</script>",
    f'<a href="/a#disqus_thread">0</a><script src="{OURS}/harbour/count.js"></script>',
]


@pytest.mark.parametrize("html", CONVERTED)
def test_a_page_that_loads_our_script_is_converted(html: str) -> None:
    found = look(html)
    assert spots(found) and codes(found) == {"converted"}
    assert found.changes == () and found.tag == ""
    assert found.totals["pages_with_problems"] == 0


@pytest.mark.parametrize(
    "theirs",
    [SDK, "<script>s.src = 'https://harbour.disqus.com/count.js';</script>"],
)
def test_what_is_left_to_change_is_said_on_the_page(theirs: str) -> None:
    found = look(f'{BOX}<script src="{OURS}/sdk.js"></script>\n{theirs}')
    (page,) = found.pages
    (left,) = (each for each in page.notes if each.code == "left")
    assert left.line == 2 and OURS in left.sentence("en") and "converted" not in codes(found)
    assert left.values["old"] in theirs and len(found.changes) == 1


def test_a_script_of_another_host_converts_nothing() -> None:
    for script in (
        "https://harbour.disqus.com/embed.js",
        "https://comments.example.org.evil.example/harbour/embed.js",
        "https://evil.example/comments.example.org/sdk.js",
    ):
        found = look(f"{DISQUS_BOX} s.src = '{script}';</script>{BOX}")
        assert "converted" not in codes(found), script


def test_an_address_with_http_is_listed_with_http() -> None:
    (box,) = spots(look(f"{BOX}{SDK}"))
    assert (box.thread, box.shown) == ("https://blog.example.org/a", "http://blog.example.org/a")
    (box,) = spots(look(BOX.replace("http:", "https:") + SDK))
    assert box.shown == box.thread
    (box,) = spots(look('<div class="fb-comments"></div>', "http://blog.example.org/b"))
    assert box.shown == "http://blog.example.org/b"
