"""Conversations as plain pages: what is published and nothing else, in one piece, as the policy lets search
engines find it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.rows import insert_rows
from commentsvc.posting.commands import withdraw
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import origins, policy_of
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.whole import whole
from tests.factories import HREF, post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from commentsvc.sites.models import Site
    from tests.people import Cast

BY_ADDRESS = f"/threads.html?site=harbour&href={HREF}"
DATA = f"/threads.jsonld?site=harbour&href={HREF}"


class Tree(HTMLParser):
    """The comments of a page with the number of lists around each, and its scripts and canonical link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lists, self.scripts, self.canonical = 0, 0, ""
        self.items: list[tuple[str, int]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.lists += tag == "ol"
        self.scripts += tag == "script"
        if tag == "li":
            self.items.append((str(given["id"]), self.lists))
        if given.get("rel") == "canonical":
            self.canonical = str(given["href"])

    def handle_endtag(self, tag: str) -> None:
        self.lists -= tag == "ol"


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, base_url=HOST, headers=headers)


def filled(cast: Cast) -> tuple[Thread, list[str]]:
    """A comment, an answer to it, one to that, and what nobody may see."""
    ids: list[str] = []
    for text in ("The ferry was late.", "</script><script>alert(1)</script> so it was", "Again."):
        parent = ids[-1] if ids else None
        ids.append(post(cast.site, text, name="Ann <b>", parent=parent).comment.public_id)
    post(cast.site, "You idiot.", user=cast.rita)  # held
    comment = post(cast.site, "Withdrawn words.", user=cast.rita).comment
    withdraw(comment.public_id, user=cast.rita)
    return db.session.get_one(Thread, comment.thread_id), ids


def index(site: Site, value: str) -> None:
    set_policy(site, {"index": value}, by=None)


def linked(html: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return dict(json.loads(found))


def test_it_works(cast: Cast, client: FlaskClient) -> None:
    thread, ids = filled(cast)
    for path in (f"/threads/{thread.public_id}.html", BY_ADDRESS):
        answer = get(client, path)
        tree = Tree(answer.text)
        assert tree.items == [(f"comment-{each}", n) for n, each in enumerate(ids, 1)]
        assert "idiot" not in answer.text and "Withdrawn" not in answer.text
        assert "alert(1)</script>" not in answer.text
        assert tree.scripts == 1 and "<bdi>Ann &lt;b&gt;</bdi>" in answer.text
        said = linked(answer.text)
        assert said["commentCount"] == 3 and said["url"] == HREF
        first, second, third = said["comment"]
        assert second["text"] == "</script><script>alert(1)</script> so it was"
        assert "parentItem" not in first and third["parentItem"]["@id"] == second["@id"]
        assert first["author"] == {"@type": "Person", "name": "Ann <b>"}
        assert ids[0] in first["url"] and first["datePublished"].endswith("+00:00")
    part = get(client, f"{BY_ADDRESS}&part=list").text
    assert part.lstrip().startswith("<section") and "<html" not in part
    assert linked(part) == json.loads(get(client, DATA).text)


@pytest.mark.parametrize("value", ["page", "own", "none"])
def test_search_engines_are_told_where_to_look(value: str, cast: Cast, client: FlaskClient) -> None:
    thread, _ = filled(cast)
    index(cast.site, value)
    answer = get(client, BY_ADDRESS)
    own = f"/threads/{thread.public_id}.html"
    canonical = Tree(answer.text).canonical
    assert canonical.endswith(own) if value == "own" else canonical == HREF
    hidden = value != "own"
    assert (answer.headers.get("X-Robots-Tag") == "noindex") is hidden
    assert ('name="robots" content="noindex"' in answer.text) is hidden
    assert ("ld+json" in answer.text) is (value != "none")
    assert get(client, DATA).status_code == (404 if value == "none" else 200)
    part = get(client, f"{BY_ADDRESS}&part=list").text
    assert ("data-nosnippet" in part) is (value == "none")


def test_nobody_has_commented_yet(cast: Cast, client: FlaskClient) -> None:
    answer = get(client, BY_ADDRESS)
    assert answer.status_code == 200 and "No comments yet" in answer.text
    assert Tree(get(client, f"{BY_ADDRESS}&part=list").text).items == []
    assert get(client, DATA).status_code == 404
    assert db.session.query(Thread).count() == 0  # looking creates nothing
    post(cast.site)
    assert "The ferry" in get(client, BY_ADDRESS).text  # and is not kept for later


def test_a_link_without_an_address_means_the_page_it_stands_on(
    cast: Cast, client: FlaskClient
) -> None:
    page = f"{HREF}?a=1&b=2"
    post(cast.site, href=page)
    answer = get(client, "/threads.html?site=harbour&locale=de", Referer=page)
    assert answer.status_code == 302
    assert "The ferry" in get(client, answer.headers["Location"]).text
    lost = get(client, "/threads.html?site=harbour", Accept="text/html")
    assert lost.status_code == 404 and "Open the article to see its comments." in lost.text
    (origin,) = origins(cast.site)
    assert f'href="{origin}/"' in lost.text
    assert get(client, "/threads.html?site=nowhere&href=" + HREF).status_code == 404
    assert get(client, "/threads.html?site=harbour&href=nonsense").status_code == 422
    elsewhere = "/threads.html?site=harbour&href=https://evil.example/a"
    assert get(client, elsewhere).status_code == 403
    assert get(client, "/threads/nothing.html").status_code == 404


def test_a_reply_to_what_is_gone_stands_by_itself(cast: Cast, client: FlaskClient) -> None:
    above = post(cast.site, user=cast.rita).comment.public_id
    post(cast.site, "An answer to what is gone.", parent=above)
    withdraw(above, user=cast.rita)
    page = get(client, BY_ADDRESS).text
    assert len(Tree(page).items) == 1 and "Rita" not in page
    assert "parentItem" not in get(client, DATA).text


def test_deep_conversations_are_not_nested_further_than_the_policy_says(
    cast: Cast, client: FlaskClient
) -> None:
    comment = post(cast.site).comment
    for _ in range(7):
        comment = post(cast.site, parent=comment.public_id).comment
    depths = [depth for _, depth in Tree(get(client, BY_ADDRESS).text).items]
    assert depths == [1, 2, 3, 4, 5, 5, 5, 5] and policy_of(cast.site).depth == 4
    last = {each.name: getattr(comment, each.name) for each in Comment.__table__.columns}
    deep = [
        {**last, "id": last["id"] + n, "public_id": f"deep{n}", "parent_id": last["id"] + n - 1}
        for n in range(1, 401)
    ]
    with unit_of_work():
        insert_rows(Comment, deep)
    answer = get(client, f"{BY_ADDRESS}&locale=de")  # the other is kept
    assert answer.status_code == 200 and len(Tree(answer.text).items) == 408


def test_no_more_than_the_first(cast: Cast, client: FlaskClient) -> None:
    for _ in range(4):
        comment = post(cast.site).comment
    found = whole(db.session.get_one(Thread, comment.thread_id), most=3)
    assert (len(found.roots), found.left) == (3, 1)
