"""What the frame's page and /me say of what would be refused, before anybody writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import frames
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases import networks
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.cases.sweeping import send_away
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from tests.factories import HREF, post
from tests.web.asking import bearer, body, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast


def page(app: Flask, href: str = HREF) -> str:
    return browser(app).get("/embed/thread", query_string={"site": "harbour", "href": href}).text


def me(app: Flask, **headers: str) -> Any:
    return browser(app).get("/api/v1/me?site=harbour", headers=headers).get_json()


def test_it_works(app: Flask, cast: Cast) -> None:
    text = page(app)
    assert 'id="write"' in text and ' data-shut="' not in text
    assert me(app)["refused"] is None


@pytest.mark.parametrize(
    ("href", "shut"),
    [
        ("https://elsewhere.example/story", True),
        ("http://news.example.org.evil.example/2026/bridge", True),
        ("https://sub.news.example.org/2026/bridge", True),
        ("https://news.example.org/another", False),
        ("//news.example.org/another", True),  # http
    ],
)
def test_an_address_of_somebody_else(app: Flask, cast: Cast, href: str, shut: bool) -> None:
    """The page and the post agree, whatever the address looks like."""
    text = page(app, href)
    assert ('data-refused="foreign_address"' in text, 'id="write"' in text) == (shut, not shut)
    sent = browser(app).post("/api/v1/comments", json=body(href=href))
    assert sent.status_code == (403 if shut else 201)
    if shut:
        assert sent.get_json()["code"] == "foreign_page"


def test_a_foreign_conversation_that_is_there_goes_on(app: Flask, cast: Cast) -> None:
    post(cast.site, href=HREF)
    sites.set_origins(cast.site, ["https://new.example.org"])
    assert ' data-shut="' not in page(app)
    assert browser(app).post("/api/v1/comments", json=body()).status_code == 201


def test_a_closed_conversation(app: Flask, cast: Cast) -> None:
    made = post(cast.site).comment
    threads.set_closed(threads.thread_of(made), True)
    conversation = browser(app).get(f"/embed/comment?id={made.public_id}").text
    for text in (page(app), conversation):
        assert 'data-shut="closed"' in text and 'id="write"' not in text


def test_what_would_be_refused_is_said_by_its_code(app: Flask, cast: Cast) -> None:
    made = post(cast.site)
    token = guest(made.edit_token or "")
    assert me(app, **token)["refused"] is None
    sites.set_policy(cast.site, {"guests_may_post": False}, by=cast.olga)
    assert me(app)["refused"]["code"] == me(app, **token)["refused"]["code"] == "sign_in_first"
    rita = bearer(cast.rita, cast.site)
    assert me(app, **rita)["refused"] is None
    sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="abusive", message="Calm.")
    assert me(app, **rita)["refused"] == {"code": "acknowledge_first", "detail": "Calm."}
    banned = me(app, **bearer(cast.bo, cast.site))
    assert banned["refused"]["code"] == "may_not_post" and banned["sanction"]["kind"] == "ban"


def test_a_blocked_network(app: Flask, cast: Cast) -> None:
    sent = browser(app).post("/api/v1/comments", json=body()).get_json()
    made = threads.comment_by_public_id(sent["id"])
    until = clock.now() + timedelta(hours=1)
    networks.block(made, until=until, reason="spam", by=cast.olga)
    assert me(app)["refused"]["code"] == "network_blocked"


def test_whom_a_ban_has_signed_out_is_told_so(app: Flask, cast: Cast) -> None:
    refresh = {"refresh_token": frames.grant(cast.rita, site_id=cast.site.id).refresh}
    elsewhere = {"refresh_token": frames.grant(cast.rita, site_id=cast.other.id).refresh}
    sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", message="No more.")

    def renew(sent: dict[str, Any]) -> tuple[int, Any]:
        answer = browser(app).post("/api/v1/sign-in/refresh", json=sent)
        return answer.status_code, answer.get_json().get("sanction")

    status, told = renew(refresh)
    assert status == 403 and (told["kind"], told["message"]) == ("ban", "No more.")
    assert renew(elsewhere) == (401, None)  # signed out there too, and not banned
    assert renew({"refresh_token": "somebody else's"}) == (401, None)
    sanction(cast.site, cast.rita, "lift", by=cast.mona)
    assert renew(refresh) == (401, None)


def test_rejected_by_rules_alone(app: Flask, cast: Cast) -> None:
    """Nobody reads it first: what only holds speaks of a moderator, and is not among the reasons."""
    changes = {"banned_words": ["casino"], "premoderate_all": True}
    sites.set_policy(cast.site, changes, by=cast.olga)
    told = browser(app).post("/api/v1/comments", json=body(text="Casino!")).get_json()
    assert (told["status"], told["automated"]) == ("rejected", True)
    assert told["reasons"] and not any("moderator" in each for each in told["reasons"])
    held = browser(app).post("/api/v1/comments", json=body(text="Hello.")).get_json()
    assert held["status"] == "pending" and "moderator" in held["reasons"][0]


def test_of_a_ban_that_can_be_undone_nobody_hears_yet(app: Flask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0, "undo_seconds": 30}, by=cast.olga)
    made = post(cast.site, "You idiot.")
    token = guest(made.edit_token or "")
    author = db.session.get_one(User, made.comment.author_id)
    with clock.frozen(clock.now()):
        send_away(cast.site, author, "ban", by=cast.mona, reason="spam")
        found = me(app, **token)
        assert (found["sanction"], found["refused"], found["role"]) == (None, None, "guest")
        answer = browser(app).post("/api/v1/comments", json=body(text="Hello."), headers=token)
        said = answer.get_json()
        assert (answer.status_code, said["code"]) == (429, "too_fast")
        assert 0 < int(answer.headers["Retry-After"]) <= 30
        assert "ban" not in said["detail"] and "sanction" not in said
        clock.move(timedelta(seconds=31))
        assert me(app, **token)["sanction"]["kind"] == "ban"
        answer = browser(app).post("/api/v1/comments", json=body(text="Hello."), headers=token)
        assert answer.status_code == 403 and answer.get_json()["sanction"]["kind"] == "ban"
