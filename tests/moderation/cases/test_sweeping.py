"""A ban together with what the person has waiting: one act, and one undo of which nobody hears."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.moderation.cases import bulk, sweeping
from commentsvc.moderation.cases.in_force import in_force
from commentsvc.moderation.cases.sanctions import history, is_to_be_told, sanction
from commentsvc.moderation.cases.sweeping import Rejecting, call_back, send_away
from commentsvc.sites.commands import set_policy, set_role
from commentsvc.sites.queries import membership, role_of
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

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
    made = send_away(
        cast.site, cast.rita, kind, by=cast.mona, reason="spam", until=until, rejecting="waiting"
    )
    assert (made.state, made.total, made.skipped) == ("done", 2, 0)
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
    made = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", rejecting="waiting")
    assert made.state == "waiting"
    assert role_of(cast.rita, cast.site) == "banned"
    bulk.bulk_decide(made.id)
    assert statuses(cast) == ["published", "rejected", "rejected"]


@pytest.mark.parametrize("kind", ["ban", "suspend"])
@pytest.mark.parametrize("rejecting", ["nothing", "waiting"])
def test_nothing_to_reject_is_undone_as_well(
    cast: Cast, work: Callable[[], int], kind: str, rejecting: Rejecting
) -> None:
    """It is not shown to the person before, and never if it is undone in time."""
    author = db.session.get_one(type(cast.rita), post(cast.site, name="Kim").comment.author_id)
    until = clock.now() + timedelta(days=7) if kind == "suspend" else None
    with clock.frozen(clock.now()):
        made = send_away(
            cast.site, author, kind, by=cast.mona, reason="spam", until=until, rejecting=rejecting
        )
        assert (made.state, made.total) == ("done", 0)
        assert role_of(author, cast.site) == "banned" and in_force(author, cast.site) is None
        call_back(made, by=cast.mona)
        assert made.state == "undone" and role_of(author, cast.site) == "guest"
        clock.move(timedelta(minutes=5))
        work()
        assert in_force(author, cast.site) is None
    assert not any(map(is_to_be_told, history(author, [cast.site])))


def test_undoing_once(cast: Cast) -> None:
    made = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", rejecting="waiting")
    call_back(made, by=cast.mona)
    assert made.state == "undone" and statuses(cast) == ["published", "pending", "pending"]
    with pytest.raises(Conflict):
        call_back(made, by=cast.mona)


@pytest.mark.parametrize("before_the_job", [True, False])
def test_everything_is_undone_as_well(
    cast: Cast, work: Callable[[], int], before_the_job: bool
) -> None:
    made = send_away(
        cast.site, cast.rita, "ban", by=cast.mona, reason="spam", rejecting="everything"
    )
    if not before_the_job:
        work()
        assert statuses(cast) == ["rejected"] * 3
    call_back(made, by=cast.mona)
    work()
    assert statuses(cast) == ["published", "pending", "pending"]
    assert role_of(cast.rita, cast.site) == "reader"


@pytest.mark.parametrize(("seconds", "told"), [(10, False), (40, True)])
def test_a_lift_in_time_is_an_undo_too(cast: Cast, seconds: int, told: bool) -> None:
    with clock.frozen(clock.now()):
        send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
        clock.move(timedelta(seconds=seconds))
        sanction(cast.site, cast.rita, "lift", by=cast.mona)
    assert [is_to_be_told(each) for each in history(cast.rita, [cast.site])] == [told, told]


def test_all_or_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid):
        send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="no such reason")
    with pytest.raises(NotAllowed):
        send_away(cast.site, cast.rita, "ban", by=cast.max, reason="spam")
    assert statuses(cast) == ["published", "pending", "pending"]
    assert history(cast.rita, [cast.site]) == []


@pytest.mark.parametrize("before", ["trusted", "premoderated", "banned"])
@pytest.mark.parametrize("kind", ["ban", "suspend"])
def test_what_somebody_was_before_is_back(cast: Cast, before: str, kind: str) -> None:
    until = clock.now() + timedelta(days=7)
    words = {"note": "Known for years.", "message": "Thank you."}
    set_role(cast.site, cast.rita, before, by=cast.olga, until=until, **words)
    made = send_away(cast.site, cast.rita, kind, by=cast.mona, reason="spam", until=until)
    call_back(made, by=cast.mona)
    row = membership(cast.rita, cast.site)
    assert row is not None and (row.role, row.until) == (before, until)
    assert (row.note, row.message, row.set_by_id) == (*words.values(), cast.olga.id)


def test_a_moderator_is_one_again_if_an_owner_undoes_it(cast: Cast) -> None:
    made = send_away(cast.site, cast.mona, "ban", by=cast.olga, reason="spam")
    call_back(made, by=cast.olga)
    assert role_of(cast.mona, cast.site) == "moderator"


def test_what_was_over_meanwhile_does_not_come_back(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        until = clock.now() + timedelta(seconds=5)
        set_role(cast.site, cast.rita, "trusted", by=cast.olga, until=until)
        made = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
        clock.move(timedelta(seconds=6))
        call_back(made, by=cast.mona)
        assert role_of(cast.rita, cast.site) == "reader"


def test_what_somebody_else_has_done_since_stays(cast: Cast) -> None:
    first = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
    until = clock.now() + timedelta(days=7)
    second = send_away(cast.site, cast.rita, "suspend", by=cast.olga, reason="hate", until=until)
    call_back(first, by=cast.mona)
    shown = membership(cast.rita, cast.site)
    assert shown is not None and (shown.role, shown.until) == ("banned", until)
    assert all(map(is_to_be_told, history(cast.rita, [cast.site])))
    call_back(second, by=cast.olga)


def test_one_undone_after_another(cast: Cast) -> None:
    first = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
    until = clock.now() + timedelta(days=7)
    second = send_away(cast.site, cast.rita, "suspend", by=cast.mona, reason="hate", until=until)
    call_back(second, by=cast.mona)
    row = membership(cast.rita, cast.site)
    assert row is not None and (row.role, row.until) == ("banned", None)
    call_back(first, by=cast.mona)
    assert role_of(cast.rita, cast.site) == "reader"
