"""Reactions other than likes: one a person and comment, counted for readers, for the order and for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.exchange.exporting.personal import personal_data
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import policy_of
from commentsvc.threads import pages
from commentsvc.threads.likes import like
from commentsvc.threads.recount import recount
from tests.factories import post
from tests.web.asking import bearer, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = pytest.mark.engines

NAMED = ["like", "laugh", "angry"]


def offer(cast: Cast, kind: str = "named") -> None:
    sites.set_policy(cast.site, {"reactions": kind, "named_reactions": NAMED}, by=cast.olga)


def at(comment: Comment, what: str = "reaction") -> str:
    return f"/api/v1/comments/{comment.public_id}/{what}"


def test_it_works(app: Flask, cast: Cast) -> None:
    """Chosen, changed and taken back; a reader has one of them."""
    offer(cast)
    made, client = post(cast.site, user=cast.max).comment, browser(app)
    rita = bearer(cast.rita, cast.site)

    def react(kind: str) -> dict[str, Any]:
        found: dict[str, Any] = client.put(at(made), json={"kind": kind}, headers=rita).get_json()
        return found

    for _ in range(2):
        found = react("laugh")
        assert found["reaction"] == "laugh"
        assert found["reactions"] == {"like": 0, "laugh": 1, "angry": 0}
    me = client.get(f"/api/v1/me?site=harbour&thread={_thread(client)}", headers=rita).get_json()
    assert (me["liked"], me["reacted"]) == ([], {made.public_id: "laugh"})
    assert react("like")["reactions"] == {"like": 1, "laugh": 0, "angry": 0}
    assert react("angry")["like_count"] == 0
    assert client.delete(at(made, "like"), headers=rita).get_json()["like_count"] == 0
    page = client.get(f"/api/v1/threads/{_thread(client)}/comments?include=html").get_json()
    assert page["items"][0]["reactions"] == {"like": 0, "laugh": 0, "angry": 1}
    assert 'aria-label="Angry: 1 person"' in page["items"][0]["html"]
    card = client.get(at(made, "card"), headers=bearer(cast.mona, cast.site)).get_json()
    assert card["reactions"] == {"angry": 1}
    assert personal_data(cast.rita)["likes"][0]["reaction"] == "angry"
    gone = client.delete(at(made), headers=rita).get_json()
    assert (gone["reaction"], gone["reactions"]["angry"]) == (None, 0)


def _thread(client: Any) -> str:
    found: str = client.get(
        "/api/v1/threads?site=harbour&href=https://news.example.org/2026/bridge"
    ).get_json()["id"]
    return found


def test_a_site_that_asks_for_likes_has_nothing_else(app: Flask, cast: Cast) -> None:
    made, client = post(cast.site).comment, browser(app)
    refused = client.put(at(made), json={"kind": "laugh"})
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["pointer"] == "#/kind"
    liked = client.put(at(made), json={"kind": "like"}).get_json()
    assert liked["reactions"] == {"like": 1}
    shown = client.get(f"/api/v1/comments/{made.public_id}?include=html").get_json()
    assert "reactions" not in shown and "kinds" not in shown["html"]


def test_the_same_is_refused_as_of_likes(app: Flask, cast: Cast) -> None:
    offer(cast, "dislike")
    made, client = post(cast.site, user=cast.rita).comment, browser(app)
    own = client.put(at(made), json={"kind": "dislike"}, headers=bearer(cast.rita, cast.site))
    assert (own.status_code, own.get_json()["code"]) == (403, "own_comment")
    answers = [browser(app).put(at(made), json={"kind": "dislike"}) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 403]
    for refused in (own, answers[-1]):  # a dislike is no like
        assert "react" in refused.get_json()["detail"]
    token = guest(answers[0].get_json()["edit_token"])
    # changing one's mind adds nobody
    changed = browser(app).put(at(made), json={"kind": "like"}, headers=token).get_json()
    assert changed["reactions"] == {"like": 1, "dislike": 2}
    sites.set_policy(cast.site, {"guests_may_like": False}, by=cast.olga)
    assert browser(app).put(at(made), json={"kind": "dislike"}).status_code == 401
    sites.set_policy(cast.site, {"likes": False}, by=cast.olga)
    off = client.put(at(made), json={"kind": "like"}, headers=bearer(cast.max, cast.site))
    assert off.get_json()["code"] == "no_likes"


def test_dislikes_count_against_and_anger_does_not_count(app: Flask, cast: Cast) -> None:
    offer(cast, "dislike")
    disliked, first = (post(cast.site, each, user=cast.max).comment for each in ("No.", "Yes."))
    like(disliked, cast.rita)
    like(disliked, cast.mona, kind="dislike")
    like(disliked, cast.olga, kind="dislike")
    assert (disliked.like_count, disliked.rank) == (1, -2.0)
    like(first, cast.mona, kind="angry")
    assert first.rank == 0
    like(first, cast.mona, kind="love")
    assert first.rank == 2
    found = pages.first_page(first.thread_id, policy_of(cast.site))
    assert [each.text for each in found.items] == ["Yes.", "No."]
    post(cast.site, "Why?", parent=disliked.public_id)
    db.session.expire_all()
    assert disliked.rank == -1
    recount(disliked.thread_id)
    assert (disliked.rank, disliked.reactions) == (-1, {"dislike": 2})


@pytest.mark.parametrize(
    "names",
    [[], ["like", "like"], ["shrug"], ["dislike"], [*NAMED, "love", "wow", "sad", "celebrate"]],
)
def test_what_is_no_choice(cast: Cast, names: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        sites.set_policy(cast.site, {"named_reactions": names}, by=cast.olga)
    assert refused.value.field == "named_reactions" and refused.value.say("en")
