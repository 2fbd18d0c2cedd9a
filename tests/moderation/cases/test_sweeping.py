"""A ban together with what the person has waiting: one act, and one undo of which nobody hears."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.moderation.cases import bulk, sweeping
from commentsvc.moderation.cases.sanctions import history, is_to_be_told
from commentsvc.moderation.cases.sweeping import sanction_and_reject
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import role_of
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines


def statuses(cast: Cast) -> list[str]:
    db.session.expire_all()
    query = select(Comment.status).where(Comment.author_id == cast.rita.id).order_by(Comment.id)
    return list(db.session.scalars(query))


@pytest.fixture(autouse=True)
def some(cast: Cast) -> None:
    """One published, two waiting; somebody else's waits too."""
    set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    for text in ("A calm word.", "You idiot.", "You idiot, again."):
        post(cast.site, text, user=cast.rita)
    post(cast.site, "You idiot, too.", user=cast.max)


@pytest.mark.parametrize("kind", ["ban", "suspend"])
def test_it_works(cast: Cast, kind: str) -> None:
    until = clock.now() + timedelta(days=7) if kind == "suspend" else None
    made = sanction_and_reject(cast.site, cast.rita, kind, by=cast.mona, reason="spam", until=until)
    assert made is not None and (made.state, made.total, made.skipped) == ("done", 2, 0)
    assert statuses(cast) == ["published", "rejected", "rejected"]
    assert role_of(cast.rita, cast.site) == "banned"
    bulk.undo_all(made, by=cast.mona)
    bulk.bulk_undo(made.id, cast.mona.id)
    assert statuses(cast) == ["published", "pending", "pending"]
    assert role_of(cast.rita, cast.site) == "reader"
    rows = history(cast.rita, [cast.site])
    assert [each.kind for each in rows] == ["lift", kind]
    assert not any(map(is_to_be_told, rows))
    others = select(Comment.status).where(Comment.author_id == cast.max.id)
    assert db.session.scalars(others).all() == ["pending"]


def test_many_are_left_to_a_job(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "UNIT", 1)
    made = sanction_and_reject(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
    assert made is not None and made.state == "waiting"
    assert role_of(cast.rita, cast.site) == "banned"
    bulk.bulk_decide(made.id)
    assert statuses(cast) == ["published", "rejected", "rejected"]


def test_nothing_waits(cast: Cast) -> None:
    bo = post(cast.site, "A calm word.", name="Kim").comment
    author = db.session.get_one(type(cast.rita), bo.author_id)
    assert sanction_and_reject(cast.site, author, "ban", by=cast.mona, reason="spam") is None
    assert [each.kind for each in history(author, [cast.site])] == ["ban"]


def test_all_or_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid):
        sanction_and_reject(cast.site, cast.rita, "ban", by=cast.mona, reason="no such reason")
    with pytest.raises(NotAllowed):
        sanction_and_reject(cast.site, cast.rita, "ban", by=cast.max, reason="spam")
    assert statuses(cast) == ["published", "pending", "pending"]
    assert history(cast.rita, [cast.site]) == []
