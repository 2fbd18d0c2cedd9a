"""The page inside the frame, as it leaves the server."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from commentsvc.threads import likes, pages
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

PAGE = "/embed/thread"
WORDS = """
harbour bridge ferry council minutes families crossing winter evening planner budget tides
traffic school buses engineer promise report public meeting river county harvest station builder
noise window garden market quiet corner people question answer figures Friday
"""


def get(client: FlaskClient, **query: str) -> str:
    answer = client.get(PAGE, query_string={"site": "harbour", "href": HREF, **query})
    assert answer.status_code == 200
    return answer.text


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    made = post(cast.site, "The *ferry* was late.", name="Edda").comment
    text = get(client)
    assert "<em>ferry</em>" in text and "Edda" in text and "1 comment" in text
    assert f'id="c-{made.public_id}"' in text


def test_nothing_is_drawn_before_all_is_there(client: FlaskClient, cast: Cast) -> None:
    """A frame has no height until its script at the end has spoken."""
    head, _, body = get(client).partition("<body>")
    named = re.search(r'<link rel="expect" href="#(\w+)" blocking="render">', head)
    assert named is not None
    before, _, after = body.partition(f'id="{named[1]}"')
    assert 'id="list"' in before and "<script" in after and "postMessage" in after


def test_a_translated_page_shows_its_own_conversation(client: FlaskClient, cast: Cast) -> None:
    """Its address is the translator's, and so may be the canonical link in it; its site is found, too."""
    sites.set_origins(cast.site, ["https://news.example.org"])
    made = post(cast.site, "One.", href="https://news.example.org/bridge").comment
    copy = "https://news-example-org.translate.goog/bridge?_x_tr_sl=en&_x_tr_tl=de"
    page = "https://news-example-org.translate.goog"
    for hint in ("", copy):
        for site in ("harbour", ""):
            text = get(client, href=copy, hint=hint, page=page, site=site)
            assert f'id="c-{made.public_id}"' in text
            assert 'data-href="https://news-example-org.translate.goog' in text or hint == copy
    counted = client.post("/embed/counts", data={"site": "harbour", "href": copy}).get_json()
    assert counted == {"counts": {copy: 1}}


def test_isolated_pages_may_frame_it(client: FlaskClient, cast: Cast) -> None:
    """Those with Cross-Origin-Embedder-Policy; no other page of ours says so."""
    for query in ({"site": "harbour", "href": HREF}, {"site": "nobody"}):
        answer = client.get("/embed/thread", query_string=query)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    other = client.get("/account/sign-in")
    assert other.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Cross-Origin-Embedder-Policy" not in other.headers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [help](https://example.org/h).", '<a href="https://example.org/h"'),
        ("https://example.org/h", '<a href="https://example.org/h"'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("<b>Bold</b> & so on", "&lt;b&gt;Bold&lt;/b&gt; &amp; so on"),
    ],
)
def test_links_in_the_announcement(client: FlaskClient, cast: Cast, text: str, shown: str) -> None:
    sites.set_policy(cast.site, {"announcement": text}, by=cast.olga)
    assert shown in get(client)


def test_no_announcement_and_no_rules_leave_nothing(client: FlaskClient, cast: Cast) -> None:
    sites.set_policy(cast.site, {"rules_url": "javascript:alert(1)"}, by=cast.olga)
    text = get(client)
    assert 'class="note"' not in text.replace("<noscript>", "<!--").split("<!--")[0]
    assert 'id="rules"' not in text and "javascript:" not in text


def test_the_conversation_s_own_feed_is_linked(client: FlaskClient, cast: Cast) -> None:
    assert 'href="/feeds/sites/harbour.atom"' in get(client)
    thread = post(cast.site).comment.thread_id
    text = get(client)
    found = re.search(
        r'rel="alternate" type="application/atom\+xml" href="(/feeds/threads/[^"]+)"', text
    )
    assert thread and found is not None and client.get(found[1]).status_code == 200
    assert text.count(found[1]) == 2


def test_nobody_has_written(client: FlaskClient, cast: Cast) -> None:
    assert "Start the conversation" in get(client)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"sort": "oldest"}, "One."),
        ({"order-by": "time"}, "One."),
        ({"order-by": "reverse_time"}, "Three."),
        ({"sort": "newest"}, "Three."),
        ({"order-by": "social"}, "Two."),
        ({"order-by": "{{ order }}"}, "Two."),
    ],
)
def test_orders_in_our_words_and_facebooks(
    client: FlaskClient, cast: Cast, query: dict[str, str], first: str
) -> None:
    made = [post(cast.site, text).comment for text in ("One.", "Two.", "Three.")]
    likes.like(made[1], cast.rita)
    shown = re.findall(r'<div class="text" dir="auto"><p>(.*?)</p>', get(client, **query))
    assert shown[0] == first


@pytest.mark.parametrize(
    ("asked", "shown"), [("2", 2), ("2px", 2), ("", 3), ("0", 3), ("many", 3), ("99999", 3)]
)
def test_numposts(client: FlaskClient, cast: Cast, asked: str, shown: int) -> None:
    for _ in range(3):
        post(cast.site)
    assert get(client, numposts=asked).count("<article") == shown


def test_only_the_sites_pages_may_frame_it(client: FlaskClient, cast: Cast) -> None:
    answer = client.get(PAGE, query_string={"site": "harbour", "href": HREF})
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://news.example.org;" in policy + ";"
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_site_says_so_in_the_frame(client: FlaskClient, cast: Cast) -> None:
    answer = client.get(PAGE, query_string={"site": "nobody", "href": HREF})
    assert answer.status_code == 404
    assert "data-site" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "{{ url }}", "", "https://"])
def test_what_is_no_address_says_so(client: FlaskClient, cast: Cast, href: str) -> None:
    answer = client.get(PAGE, query_string={"site": "harbour", "href": href})
    assert answer.status_code == 422
    assert "data-href" in answer.text


def test_without_a_key_the_origin_names_the_site(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, "Here.")
    assert "Here." in client.get(PAGE, query_string={"href": HREF}).text


@pytest.mark.parametrize(
    ("hint", "believed"),
    [
        (HREF, True),
        ("https://evil.example.org/", False),
        ("https://news.example.org/", False),  # every page of a careless template
        ("not an address", False),
        ("http://[", False),
    ],
)
def test_a_canonical_address_is_believed_within_the_sites_origins(
    client: FlaskClient, cast: Cast, hint: str, believed: bool
) -> None:
    post(cast.site, "Here.")
    text = get(client, href=f"{HREF}/amp?page=2", hint=hint)
    assert ("Here." in text) is believed


def test_a_conversation_and_one_that_is_gone(client: FlaskClient, cast: Cast) -> None:
    top = post(cast.site, "Top.").comment
    below = post(cast.site, "Below.", parent=top.public_id).comment
    other = post(cast.site, "Elsewhere.", href=f"{HREF}-2").comment
    thread_id = threads.thread_of(top).public_id
    for value in (below.public_id, f"{thread_id}_{below.public_id}", f"fbc_1_2_{below.public_id}"):
        text = get(client, comment=value)
        assert text.index('id="list"') < text.index("Top.") < text.index("Below.")
    for value in ("nosuch", other.public_id, "<script>"):
        text = get(client, comment=value)
        assert "can’t be shown" in text and "Top." in text


def test_only_the_list(client: FlaskClient, cast: Cast) -> None:
    for _ in range(3):
        post(cast.site)
    text = get(client, part="list", numposts="2")
    assert text.startswith('<ol id="list"') and 'id="more"' in text and "<html" not in text


def test_further_replies(client: FlaskClient, cast: Cast) -> None:
    top = post(cast.site, "Top.").comment
    for number in range(30):
        post(cast.site, f"Reply {number}.", parent=top.public_id)
    first = re.search(r'data-after="([^"]+)"', get(client))
    assert first is not None
    query = {"comment": top.public_id, "after": first[1]}
    text = client.get("/embed/replies", query_string=query).text
    assert "Reply 3." in text and "Reply 2." not in text and 'data-after="' not in text


def test_what_is_new(client: FlaskClient, cast: Cast) -> None:
    made = post(cast.site, "Old.").comment
    thread = threads.thread_of(made)
    cursor = pages.cursor_of(thread)
    reply = post(cast.site, "New.", parent=made.public_id).comment
    post(cast.site, "You idiot.")
    query = {"thread": thread.public_id, "since": cursor}
    text = client.get("/embed/new", query_string=query).text
    assert "New." in text and "Old." not in text and "idiot" not in text
    assert f'data-parent="{made.public_id}"' in text and 'data-count="2"' in text
    after = re.search(r'data-cursor="([^"]+)"', text)
    assert after is not None and reply.public_id in text
    query = {"thread": thread.public_id, "since": after[1]}
    assert "<article" not in client.get("/embed/new", query_string=query).text


@pytest.mark.parametrize("path", ["/embed/replies?comment=x", "/embed/comment?id=x", "/embed/new"])
def test_pieces_of_nothing(client: FlaskClient, cast: Cast, path: str) -> None:
    assert client.get(path).status_code == 404


def test_gaps_keep_their_replies_without_the_text(client: FlaskClient, cast: Cast) -> None:
    from commentsvc.posting.commands import withdraw

    made = post(cast.site, "Regretted.", user=cast.rita).comment
    post(cast.site, "Reply.", parent=made.public_id)
    withdraw(made.public_id, user=cast.rita)
    text = get(client)
    assert "The author deleted this comment." in text and "Reply." in text
    assert "Regretted" not in text and "Rita" not in text


@pytest.mark.parametrize(
    ("accent", "there"),
    [("#c00", True), ("rebeccapurple", True), ("red;}</style><script>", False), ("", False)],
)
def test_an_accent_is_a_colour_or_nothing(
    client: FlaskClient, cast: Cast, accent: str, there: bool
) -> None:
    sites.set_policy(cast.site, {"accent": accent}, by=cast.olga)
    text = get(client)
    assert (f"--accent:{accent};" in text) is there
    assert text.count("<script>") == 1  # ours


@pytest.mark.parametrize(
    ("query", "lang", "direction"),
    [
        ({"locale": "de_DE"}, "de", "ltr"),
        ({"locale": "ar"}, "ar", "rtl"),
        ({"locale": "xx_YY"}, "en", "ltr"),
        ({"lang": "fr-CA"}, "fr", "ltr"),
    ],
)
def test_languages(
    client: FlaskClient, cast: Cast, query: dict[str, str], lang: str, direction: str
) -> None:
    assert f'<html lang="{lang}" dir="{direction}"' in get(client, **query)


def test_a_site_that_says_du(client: FlaskClient, cast: Cast) -> None:
    sites.set_policy(cast.site, {"locale": "de_x_du"}, by=cast.olga)
    text = get(client)
    assert '<html lang="de-x-du" dir="ltr"' in text and "Mach den Anfang." in text
    script = re.search(r'src="(/embed/script/[^"]*/de_x_du\.js)"', text)
    assert script and "Nur du und die Moderation" in client.get(script[1]).text


def test_hostile_words_stay_words(client: FlaskClient, cast: Cast) -> None:
    hostile = "\"'><img src=x onerror=alert(1)></title></script>"
    text = get(client, title=hostile, href=f"{HREF}?x={hostile}")
    assert "<img" not in text and "</script></" not in text.split("<body>")[0][:-10]
    assert text.count("<script") == 2


def test_the_first_response_is_small(client: FlaskClient, cast: Cast) -> None:
    """20 different comments of some 240 characters."""
    words = re.findall(r"\w+", WORDS)
    for number in range(20):
        text = " ".join(
            words[(number * 7 + step * (number + 3)) % len(words)] for step in range(34)
        )
        post(cast.site, f"{text.capitalize()}. {number}", name=f"Reader {number}")
    text = get(client)
    assert text.count("<article") == 20
    assert len(gzip.compress(text.encode(), 6)) <= 8 * 1024
