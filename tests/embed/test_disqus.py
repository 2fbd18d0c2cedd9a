"""Disqus's old addresses give the stand-ins; counts, lists and boxes know threads by their identifiers."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.sites.forums import set_forums
from commentsvc.threads.naming import with_name
from tests.factories import HREF, post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

OTHER = "https://news.example.org/2026/harbour"
OLD = (
    "/demo/embed.js",
    "/Demo/embed.js?https",
    "/disqus/demo/embed.js?_=1",
    "/demo/?.disqus.com/embed.js",
    "/disqus/demo/?.disqus.com/embed.js?_=1",
)


@pytest.mark.parametrize("path", OLD)
def test_it_works(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url=HOST)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert ".DISQUS=" in answer.text


def test_the_icon_by_which_a_forum_is_seen_to_be_there(client: FlaskClient) -> None:
    answer = client.get("/demo/?.disqus.com/favicon.ico?17=17", base_url=HOST)
    assert answer.status_code == 200 and answer.content_type.startswith("image/")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    ["/de.mo/embed.js", "/demo/?x", "/demo/", "/demo", "/demo/?.disqus.com/secret.js", "/a/b.js"],
)
def test_what_is_none_of_them(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=HOST).status_code == 404


def test_it_stays_small(client: FlaskClient) -> None:
    loader = len(gzip.compress(client.get("/embed.js", base_url=HOST).data, 9))
    both = len(gzip.compress(client.get("/demo/embed.js", base_url=HOST).data, 9))
    count = len(gzip.compress(client.get("/demo/count.js", base_url=HOST).data, 9))
    assert both - loader + count <= 5 * 1024


def counted(client: FlaskClient, **query: Any) -> dict[str, int]:
    answer = client.get("/demo/count-data.js", base_url=HOST, query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    [line] = answer.text.splitlines()
    said = json.loads(re.fullmatch(r"DISQUSWIDGETS\.displayCount\((.*)\);", line)[1])
    assert said["text"]["comments"]["multiple"] == "{num} comments"
    return {each["id"]: each["comments"] for each in said["counts"]}


def test_counts_by_identifier_and_address(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.site, ["Demo.disqus.com"])
    post(cast.site, href=with_name(HREF, "a b"))
    post(cast.site, href=OTHER)
    inner = f"{OTHER}#!/2"
    post(cast.site, href=with_name(inner, inner))
    asked = {"1": ["a b", OTHER, "none"], "2": [f"{HREF}?utm_source=x", inner, "{{ url }}"], "_": 5}
    assert counted(client, **asked) == {
        "a b": 1,
        OTHER: 1,  # identifiers that are addresses count those
        "none": 0,
        f"{HREF}?utm_source=x": 1,
        inner: 1,
        "{{ url }}": 0,
    }


def test_a_script_cannot_be_broken_out_of(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.site, ["demo"])
    answer = client.get("/demo/count-data.js?1=</script>\u2028", base_url=HOST)
    assert "</script>" not in answer.text and "\u2028" not in answer.text


def test_counts_of_the_first_years(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.site, ["demo"])
    post(cast.site)
    answer = client.get(
        "/demo/get_num_replies.js",
        base_url=HOST,
        query_string={"url3": f"{HREF}#disqus_thread", "url9": OTHER, "x": "y"},
    )
    assert '{"3":"1 comment","9":"Comments"}' in answer.text


def test_lists(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.site, ["demo"])
    post(cast.site, "The ferry was late. <b>Again.</b>", name="Ann")
    post(cast.site, href=OTHER)
    post(cast.site, href=OTHER)
    recent = client.get(
        "/demo/recent_comments_widget.js?num_items=9&excerpt_length=12", base_url=HOST
    )
    assert '"name":"Ann"' in recent.text and '"The ferry…"' in recent.text
    popular = client.get("/disqus/demo/popular_threads_widget.js?num_items=1", base_url=HOST)
    assert OTHER in popular.text and HREF not in popular.text
    nobody = client.get("/strange/recent_comments_widget.js", base_url=HOST)
    assert "list([]," in nobody.text


def box(client: FlaskClient, **query: str) -> str:
    asked = {"page": "https://news.example.org", **query}
    answer = client.get("/embed/thread", base_url=HOST, query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_box_shows_the_thread_of_its_identifier(cast: Cast, client: FlaskClient) -> None:
    post(cast.site, "By its name.", href=with_name(HREF, "bridge"))
    assert "By its name." in box(client, disqus="demo/bridge", href=OTHER)
    assert "By its name." in box(client, disqus="demo/", href=HREF)
    assert "By its name." not in box(client, disqus="demo/other", href=HREF)
    # the frame asks again with what it was given
    again = with_name(OTHER, "bridge")
    assert "By its name." in box(client, disqus="demo/bridge", href=again)
    assert "By its name." in box(client, site="harbour", href=again)


def test_an_address_that_is_none_of_the_sites_gives_way_to_the_pages_own(
    cast: Cast, client: FlaskClient
) -> None:
    """Where the identifier is the key: a staging copy, a page in a frame, or an old domain."""
    strange, listed = "https://old.example.com/a", f"{OTHER}?x=1"
    for given, shown in ((strange, HREF), (listed, listed), ("{{ page.url }}", HREF)):
        text = box(client, disqus="demo/new", href=given, hint=HREF)
        assert f'data-href="{with_name(shown, "new")}"'.replace("&", "&amp;") in text


def test_owners_are_told_in_the_words_of_their_page(cast: Cast, client: FlaskClient) -> None:
    for href, status in (("https://old.example.com/a", 422), ("{{ page.url }}", 422)):
        asked = {"disqus": "demo/", "page": "https://news.example.org", "href": href}
        answer = client.get("/embed/thread", base_url=HOST, query_string=asked)
        assert answer.status_code == status
        assert "page.url" in answer.text.split("<main")[1] and "data-href" not in answer.text


def test_the_forum_names_the_site(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.other, ["mountain"])
    asked = {"disqus": "Mountain/", "href": "https://mountain.example.net/a"}
    shown = client.get("/embed/thread", base_url=HOST, query_string=asked)
    assert 'data-site="mountain"' in shown.text
    # a page that another site lists stays that site's, whoever claims its forum
    asked = {"disqus": "mountain/", "href": HREF, "page": "https://news.example.org"}
    shown = client.get("/embed/thread", base_url=HOST, query_string=asked)
    assert 'data-site="harbour"' in shown.text


def api(client: FlaskClient, path: str, folder: str = "") -> Any:
    answer = client.get(f"{folder}/api/3.0/{path}", base_url=HOST)
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer


def test_what_pages_asked_the_api(cast: Cast, client: FlaskClient) -> None:
    set_forums(cast.site, ["demo"])
    post(cast.site, "The ferry was <b>late</b> again.", href=with_name(HREF, "a b"), name="Ann")
    query = (
        f"forum=demo&thread=ident:a%20b&thread[]=link:{HREF}?utm_source=x&thread=link:none&thread=1"
    )
    found = api(client, f"threads/set.json?{query}").json
    assert api(client, f"threads/set.json?{query}", "/disqus").json == found
    assert found["code"] == 0
    assert [(each["identifiers"], each["posts"]) for each in found["response"]] == [
        (["a b"], 1)
    ] * 2
    [comment] = api(client, "posts/list.json?forum=demo&related=thread").json["response"]
    assert comment["author"]["name"] == "Ann" and comment["thread"]["link"] == HREF
    assert api(client, "forums/listPosts.jsonp?forum=none&callback=a.b").text == (
        'a.b({"code":0,"response":[]});\n'
    )
    wrong = api(client, "forums/listPosts.jsonp?forum=demo&callback=alert(1)//")
    assert wrong.content_type == "application/json"
