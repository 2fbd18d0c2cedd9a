"""Whoever signs in takes along what they wrote as a guest, with the edit token that this browser keeps."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core.clock import frozen, now
from commentsvc.core.db import db
from commentsvc.core.errors import NotAllowed
from commentsvc.exchange.exporting.personal import personal_data
from commentsvc.moderation.cases import appeals, sanctions
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.moderation.models import Flag
from commentsvc.posting import claiming
from commentsvc.posting.leaving import leave
from commentsvc.sites import commands as sites
from commentsvc.threads import likes
from commentsvc.threads.models import Thread
from commentsvc.threads.reactions import pages as of_pages
from tests.factories import post
from tests.web.asking import api_key, bearer, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.posting.commands import Posted
    from tests.people import Cast


def claim(app: Flask, token: str, headers: dict[str, str], **more: Any) -> Any:
    answer = browser(app).post(
        "/api/v1/me/claim", json={"edit_token": token, **more}, headers=headers
    )
    assert answer.status_code == 200
    db.session.expire_all()
    return answer.get_json()["count"]


@pytest.fixture
def held(cast: Cast) -> Posted:
    """A guest's comment that is held."""
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    made = post(cast.site, "I took the tram.", name="Ann")
    assert made.comment.status == "pending"
    return made


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, held: Posted) -> None:
    token, rita = held.edit_token or "", bearer(cast.rita, cast.site)
    before = db.session.get_one(User, held.comment.author_id)
    assert claim(app, token, rita, preview=True) == 1
    assert held.comment.author_id == before.id  # looking changes nothing
    assert claim(app, token, rita) == 1
    assert held.comment.author_id == cast.rita.id and before.erased_at is not None
    assert claim(app, token, rita) == 0  # a second press
    client, where = browser(app), f"/api/v1/comments/{held.comment.public_id}"
    assert client.patch(where, json={"text": "A bus."}, headers=guest(token)).status_code == 401
    assert client.patch(where, json={"text": "A bus."}, headers=rita).status_code == 200
    assert client.delete(where, headers=rita).status_code == 200


def test_only_with_the_token(app: Flask, cast: Cast, held: Posted) -> None:
    """Neither by name nor by an address, and nobody takes what is a member's."""
    before = held.comment.author_id
    cast.rita.name = "Ann"
    db.session.commit()
    rita = bearer(cast.rita, cast.site)
    token = held.edit_token or ""
    near = token[:-1] + ("x" if token[-1] != "x" else "y")
    wrong = ["Ann", before, held.comment.public_id, near]
    wrong.append(bearer(cast.max, cast.site)["Authorization"].split()[1])
    for each in wrong:
        assert claim(app, str(each), rita) == 0
    assert held.comment.author_id == before


def test_not_by_guests_nor_for_another_site(app: Flask, cast: Cast, held: Posted) -> None:
    token, other = held.edit_token or "", post(cast.site, name="Bo").edit_token or ""
    sent = {"edit_token": token}
    client = browser(app)
    assert client.post("/api/v1/me/claim", json=sent, headers=guest(other)).status_code == 401
    assert client.post("/api/v1/me/claim", json=sent).status_code == 401
    assert claim(app, token, bearer(cast.rita, cast.other)) == 0
    assert held.comment.author_id != cast.rita.id
    assert claim(app, token, api_key(cast.rita, "read", "write")) == 1


def test_not_what_was_done_on_another_site(app: Flask, cast: Cast, held: Posted) -> None:
    """Also if the guest only liked, reacted to a page or reported there."""
    who = db.session.get_one(User, held.comment.author_id)
    there = post(cast.other, user=cast.max, href="https://mountain.example.net/1")
    there.comment.status = "published"
    thread, mine = db.session.get_one(Thread, there.comment.thread_id), bearer(cast.rita, cast.site)
    for do, undo in (
        (lambda: likes.like(there.comment, who), lambda: likes.unlike(there.comment, who)),
        (lambda: of_pages.react(thread, who, "like"), lambda: of_pages.unreact(thread, who)),
        (lambda: flag(there.comment.public_id, user=who, reason="spam"), lambda: None),
    ):
        do()
        assert claim(app, held.edit_token or "", mine) == 0
        undo()
    assert claim(app, held.edit_token or "", bearer(cast.rita, cast.other)) == 0
    assert claim(app, held.edit_token or "", api_key(cast.rita, "read", "write")) == 1


@pytest.mark.engines
def test_of_two_in_the_same_moment_one_gets_them(
    app: Flask, cast: Cast, held: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only that one is told so."""
    token, max_id = held.edit_token or "", cast.max.id
    counts: dict[str, int] = {}

    def do_it() -> None:
        with app.app_context():
            user = db.session.get_one(User, max_id)
            counts["Max"] = claiming.claim_with(user, token, site_id=None)

    other, really = threading.Thread(target=do_it), claiming._written

    def late(ids: Any) -> int:
        if threading.current_thread() is not other and other.ident is None:
            other.start()
            other.join(0.3)  # on both engines it waits for the unit that is open here
        return really(ids)

    monkeypatch.setattr(claiming, "_written", late)
    counts["Rita"] = claiming.claim_with(cast.rita, token, site_id=None)
    other.join(30)
    db.session.expire_all()
    assert counts == {"Rita": 1, "Max": 0} and held.comment.author_id == cast.rita.id


def test_appeals_and_reports_come_along(app: Flask, cast: Cast, held: Posted) -> None:
    """Whoever appealed is told the outcome, and does not decide it."""
    who, seen = db.session.get_one(User, held.comment.author_id), post(cast.site, user=cast.max)
    own, both = post(cast.site, user=cast.mona), post(cast.site, user=cast.max)
    for each in (seen, own, both):
        each.comment.status = "published"
        flag(each.comment.public_id, user=who, reason="spam")
    flag(both.comment.public_id, user=cast.mona, reason="spam")
    decide(held.comment.public_id, action="reject", by=cast.olga, reason="off_topic")
    with frozen(now() + timedelta(hours=1)):
        made = appeals.appeal(held.comment.public_id, "It is on topic.", by=who)
    assert claim(app, held.edit_token or "", api_key(cast.mona, "read", "write")) == 1
    assert made.user_id == cast.mona.id
    with pytest.raises(NotAllowed):
        appeals.hear(made.public_id, outcome="overturned", by=cast.mona)
    reports = db.session.execute(select(Flag.comment_id, Flag.user_id)).all()
    assert set(map(tuple, reports)) == {
        (seen.comment.id, cast.mona.id),
        (own.comment.id, who.id),
        (both.comment.id, who.id),
        (both.comment.id, cast.mona.id),
    }


def test_a_sanction_is_not_left_behind(app: Flask, cast: Cast, held: Posted) -> None:
    who = db.session.get_one(User, held.comment.author_id)
    sanctions.sanction(cast.site, who, kind="warn", by=cast.mona, reason="off_topic")
    assert claim(app, held.edit_token or "", bearer(cast.rita, cast.site)) == 0
    assert held.comment.author_id == who.id


def test_likes_come_along_and_so_does_all_that_an_account_can_do(
    app: Flask, cast: Cast, held: Posted
) -> None:
    liked = post(cast.site, "I walked.", user=cast.max).comment
    liked.status = "published"
    likes.like(liked, db.session.get_one(User, held.comment.author_id))
    assert claim(app, held.edit_token or "", bearer(cast.rita, cast.site)) == 1
    found = personal_data(cast.rita)
    assert [each["id"] for each in found["comments"]] == [held.comment.public_id]
    assert len(found["likes"]) == 1
    leave(cast.rita, withdraw_comments=True)
    db.session.expire_all()
    assert held.comment.status == "withdrawn"
