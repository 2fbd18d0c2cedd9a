"""Whom a comment can mention, and what a card says of somebody: nothing that is not public already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.commands import erase
from commentsvc.posting.commands import withdraw
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import thread_of
from tests.factories import HREF, post
from tests.web.asking import bearer

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast


def card(client: FlaskClient, who: str, **headers: str) -> Any:
    return client.get(f"/api/v1/people/{who}?site=harbour", headers=headers)


@pytest.fixture
def thread(cast: Cast) -> str:
    """Max, rita and a guest have written; rita answers, and her last comment waits for review."""
    post(cast.site, user=cast.max)
    first = post(cast.site, "The *ferry* is late.", user=cast.rita).comment
    post(cast.site, name="Gus")
    post(cast.site, "You idiot.", user=cast.rita)
    return thread_of(first).public_id


def test_it_works(client: FlaskClient, cast: Cast, thread: str) -> None:
    found = client.get(f"/api/v1/threads/{thread}/people").json
    assert [each["name"] for each in found["items"]] == ["Rita", "Max"]
    own = client.get(f"/api/v1/threads/{thread}/people", headers=bearer(cast.rita, cast.site)).json
    assert [each["name"] for each in own["items"]] == ["Max"]
    rita = cast.rita.public_id
    mention = {"id": rita, "name": "Rita", "nth": 0}
    made = client.post(
        "/api/v1/comments?include=html",
        json={"site": "harbour", "href": HREF, "text": "Hello @Rita", "mentions": [mention]},
        headers=bearer(cast.max, cast.site),
    ).json
    button = (
        f'<button type="button" data-action="person" data-by="{rita}"><bdi>@Rita</bdi></button>'
    )
    assert button in made["html"] and made["text"] == "Hello @Rita"
    assert client.get(f"/api/v1/comments/{made['id']}").json["mentions"] == [mention]
    assert f'data-by="{rita}"><bdi>@Rita' not in client.get(f"/feeds/threads/{thread}.atom").text
    wrong = {"id": rita, "name": ""}
    refused = client.post(
        "/api/v1/comments",
        json={"site": "harbour", "href": HREF, "text": "Hello", "mentions": [wrong]},
        headers=bearer(cast.max, cast.site),
    )
    assert refused.status_code == 422


def test_a_card(client: FlaskClient, cast: Cast, thread: str) -> None:
    answer = card(client, cast.rita.public_id)
    told = answer.json
    assert (told["name"], told["kind"], told["count"]) == ("Rita", "member", 1)
    assert told["since"] and told["comments"] == [] and told["page"] is None and not told["you"]
    assert "example.org" not in answer.text  # no address of hers
    mine = card(client, cast.rita.public_id, **bearer(cast.rita, cast.site)).json
    assert mine["you"] is True
    staff = card(client, cast.rita.public_id, **bearer(cast.mona, cast.site)).json
    assert staff["page"] == f"/dashboard/people/{cast.rita.public_id}"
    assert client.get(f"/api/v1/people/{cast.rita.public_id}?site=mountain").status_code == 404


def test_a_guest_has_a_smaller_one(client: FlaskClient, cast: Cast) -> None:
    guest = post(cast.site, name="Gus").view
    assert guest is not None
    sites.set_policy(cast.site, {"profile_cards": "comments"}, by=cast.olga)
    told = card(client, guest.author_id).json
    assert (told["kind"], told["count"], told["since"]) == ("guest", 1, None)
    assert told["comments"] == []


def test_what_the_policy_lets_it_say(client: FlaskClient, cast: Cast, thread: str) -> None:
    rita = cast.rita.public_id
    sites.set_policy(cast.site, {"profile_cards": "comments"}, by=cast.olga)
    (shown,) = card(client, rita).json["comments"]
    assert shown["text"] == "The ferry is late." and shown["link"].startswith(HREF)
    withdraw(shown["id"], user=cast.rita)
    assert card(client, rita).status_code == 404  # nothing of hers is public any more
    sites.set_policy(cast.site, {"profile_cards": "off"}, by=cast.olga)
    assert card(client, cast.max.public_id).status_code == 404
    page = client.get("/embed/thread", query_string={"site": "harbour", "href": HREF}).text
    assert 'data-action="person"' not in page and "Max" in page


def test_who_is_gone_has_none(client: FlaskClient, cast: Cast, thread: str) -> None:
    before = cast.max.public_id
    erase(cast.max)
    assert card(client, before).status_code == card(client, cast.max.public_id).status_code == 404
    found = client.get(f"/api/v1/threads/{thread}/people").json
    assert [each["name"] for each in found["items"]] == ["Rita"]
