"""What readers do to a comment or a conversation, and what may have come between: each is answered rightly,
in a sentence, and what is refused changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import request

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, NotAllowed
from commentsvc.core.rows import table_of
from commentsvc.moderation.cases import networks, sanctions
from commentsvc.moderation.commands import decide
from commentsvc.posting.commands import withdraw
from commentsvc.posting.liking import like
from commentsvc.sites.models import Membership
from commentsvc.threads import commands as threads
from commentsvc.threads import merging
from commentsvc.threads.models import Comment, Thread
from commentsvc.web.network import network_of
from tests.factories import HREF, post
from tests.web.asking import bearer, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

ACTS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "post": (
        "POST",
        "/api/v1/comments",
        {"site": "harbour", "href": HREF, "text": "Another word."},
    ),
    "reply": (
        "POST",
        "/api/v1/comments",
        {"site": "harbour", "href": HREF, "text": "An answer to it.", "parent_id": "{other}"},
    ),
    "edit": ("PATCH", "/api/v1/comments/{own}", {"text": "A friendly word, edited."}),
    "withdraw": ("DELETE", "/api/v1/comments/{own}", None),
    "like": ("PUT", "/api/v1/comments/{other}/like", None),
    "report": ("POST", "/api/v1/comments/{other}/flags", {"reason": "off_topic"}),
    "appeal": ("POST", "/api/v1/comments/{rejected}/appeal", {"text": "It was on topic."}),
    "follow": ("PUT", "/api/v1/threads/{thread}/follow", {"rhythm": "daily"}),
}
FINE = {"post": 201, "reply": 201, "edit": 200, "withdraw": 200, "like": 200, "report": 201, "appeal": 201,
        "follow": 204}  # fmt: skip
#: What came between -> the acts that are answered otherwise than if nothing had.
STATES: dict[str, dict[str, int]] = {
    "nothing": {},
    # who may not write may not vote either; what is theirs stays theirs, and so do appeals
    "banned": {"post": 403, "reply": 403, "edit": 403, "like": 403, "report": 403},
    "suspended": {"post": 403, "reply": 403, "edit": 403, "like": 403, "report": 403},
    # a warning is to be read before the next text
    "warned": {"post": 403, "reply": 403, "edit": 403},
    "network blocked": {"post": 403, "reply": 403, "edit": 403, "like": 403, "report": 403},
    "closed": {"post": 409, "reply": 409, "edit": 409},
    "merged": {},
    "other rejected": {"reply": 404, "like": 404, "report": 404},
    "other withdrawn": {"reply": 404, "like": 404, "report": 404},
    "own rejected": {"edit": 409},
    "own withdrawn": {"edit": 409},
}  # fmt: skip


@pytest.fixture
def ids(cast: Cast) -> dict[str, str]:
    """What the acts are about: rita's own comments, one of them rejected long ago, and another's."""
    with clock.frozen(clock.now() - timedelta(minutes=4)):
        rejected = post(cast.site, "The bridge is closed.", user=cast.rita).comment
        decide(rejected.public_id, action="reject", reason="off_topic", by=cast.mona)
    own = post(cast.site, "A friendly word.", user=cast.rita).comment
    other = post(cast.site, "The ferry was late.", user=cast.max).comment
    thread = db.session.get_one(Thread, own.thread_id)
    return {
        "own": own.public_id,
        "other": other.public_id,
        "rejected": rejected.public_id,
        "thread": thread.public_id,
    }


def comes(app: Flask, state: str, cast: Cast, ids: dict[str, str]) -> None:
    own, other = (threads.comment_by_public_id(ids[name]) for name in ("own", "other"))
    week = clock.now() + timedelta(days=7)
    what, _, how = state.partition(" ")
    if state in ("banned", "suspended", "warned"):
        kind = {"banned": "ban", "suspended": "suspend", "warned": "warn"}[state]
        until = week if kind == "suspend" else None
        sanctions.sanction(cast.site, cast.rita, kind, reason="spam", until=until, by=cast.mona)
    elif state == "network blocked":
        with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}), unit_of_work():
            own.network = network_of(request)  # where requests of tests come from
        networks.block(own, until=week, reason="spam", by=cast.mona)
    elif state == "closed":
        threads.set_closed(db.session.get_one(Thread, own.thread_id), True, by=cast.mona)
    elif state == "merged":
        there = post(cast.site, href="https://news.example.org/moved").comment
        into = db.session.get_one(Thread, there.thread_id)
        merging.merge(db.session.get_one(Thread, own.thread_id), into, by=cast.olga)
    elif how == "rejected":
        one = own if what == "own" else other
        decide(one.public_id, action="reject", reason="off_topic", by=cast.mona)
    elif how == "withdrawn":
        withdraw(ids[what], user=cast.rita if what == "own" else cast.max)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_it_works(app: Flask, cast: Cast, ids: dict[str, str], state: str, act: str) -> None:
    comes(app, state, cast, ids)
    method, path, body = ACTS[act]
    body = body and {name: value.format(**ids) for name, value in body.items()}
    before = _counts()
    answer = browser(app).open(
        path.format(**ids), method=method, json=body, headers=bearer(cast.rita, cast.site)
    )
    assert answer.status_code == STATES[state].get(act, FINE[act]), answer.text
    if answer.status_code >= 400:
        said = answer.get_json()["detail"]
        assert said.endswith(".") and "{" not in said
        if state == "network blocked":
            assert said.startswith({"like": "Liking", "report": "Reporting"}.get(act, "Posting"))
        assert _counts() == before


def _counts() -> list[Any]:
    db.session.rollback()
    return [
        db.session.query(table_of(Comment).c.status, table_of(Comment).c.like_count).all(),
    ]


def test_a_like_is_asked_again_in_its_unit(cast: Cast, ids: dict[str, str]) -> None:
    """What came between the reading of the comment and its like counts."""
    comment = threads.comment_by_public_id(ids["other"])
    with unit_of_work():
        table = table_of(Comment)
        db.session.connection().execute(
            table.update().where(table.c.id == comment.id).values(status="rejected")
        )
    assert comment.status == "published"  # as it had been read
    with pytest.raises(Conflict):
        like(comment, cast.mona)
    fresh = threads.comment_by_public_id(ids["own"])
    with unit_of_work():
        db.session.connection().execute(
            table_of(Membership)
            .insert()
            .values(site_id=cast.site.id, user_id=cast.max.id, role="banned", set_at=clock.now())
        )
    with pytest.raises(NotAllowed):
        like(fresh, cast.max)
