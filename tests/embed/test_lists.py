"""What a page shows of its site's conversations beside the box: what is published, and nothing else."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from commentsvc.posting.commands import withdraw
from commentsvc.threads.views import permalink
from tests.factories import HREF, post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

FERRY = "https://news.example.org/2026/ferry"


def ask(client: FlaskClient, path: str) -> Any:
    answer = client.get(f"/embed/{path}", base_url=HOST)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.mimetype == "text/javascript"
    return json.loads(answer.text.strip().removeprefix("export default ").removesuffix(";"))


def test_it_works(cast: Cast, client: FlaskClient) -> None:
    post(cast.site, "First.", name="Ann")
    post(cast.site, "On the ferry.", href=FERRY, name="Bo")
    last = post(cast.site, "</script><b>Again.</b>", href=FERRY, name="Cy").comment.public_id
    found = ask(client, "recent?site=harbour&limit=2&locale=ar")
    assert [each["name"] for each in found["items"]] == ["Cy", "Bo"]
    assert found["items"][0] == found["items"][0] | {
        "href": permalink(FERRY, last),
        "page": FERRY,
        "text": "</script><b>Again.</b>",
    }
    assert (found["locale"], found["dir"]) == ("ar", "rtl")
    assert "</script>" not in client.get("/embed/recent?site=harbour", base_url=HOST).text
    most = ask(client, "discussed?page=https://news.example.org&limit=1")["items"]
    assert [(each["page"], each["count"]) for each in most] == [(FERRY, "2 comments")]
    one = ask(client, f"quote?id={last}")
    assert (one["name"], one["page"]) == ("Cy", FERRY)


def test_nothing_that_readers_do_not_see(cast: Cast, client: FlaskClient) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    gone = post(cast.site, "Withdrawn words.", user=cast.rita).comment
    withdraw(gone.public_id, user=cast.rita)
    assert ask(client, "recent?site=harbour")["items"] == []
    assert ask(client, "discussed?site=harbour")["items"] == []
    for each in (held.public_id, gone.public_id, "nobody", ""):
        assert client.get(f"/embed/quote?id={each}", base_url=HOST).status_code == 404
    assert client.get("/embed/recent?site=nowhere", base_url=HOST).status_code == 404


def test_another_sites_comments_are_not_listed(cast: Cast, client: FlaskClient) -> None:
    post(cast.site, "Ours.", href=HREF)
    assert ask(client, "recent?site=mountain")["items"] == []


def test_how_many(cast: Cast, client: FlaskClient) -> None:
    for _ in range(27):
        post(cast.site)
    for limit, many in (("", 5), ("3", 3), ("0", 1), ("999", 25), ("-1", 5), ("x", 5)):
        assert len(ask(client, f"recent?site=harbour&limit={limit}")["items"]) == many, limit


def test_the_script_is_small(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/embed/lists.js").data, 9)) <= 1300
