"""Undoing a warning, pre-moderation, trust and lifts: as if they had never been, and nobody hears."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, NotAllowed, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import sanction_appeals
from commentsvc.moderation.cases.in_force import in_force
from commentsvc.moderation.cases.sanctions import (
    AWAY,
    AcknowledgeFirst,
    acknowledge,
    history,
    is_final,
    is_to_be_told,
    open_warning,
    sanction,
)
from commentsvc.moderation.cases.sweeping import (
    call_back,
    is_undoable,
    sanction_shortly,
    send_away,
    undo_sanction,
)
from commentsvc.notifications.models import Notification
from commentsvc.sites.commands import put_role, set_policy
from commentsvc.sites.queries import membership, role_of
from commentsvc.tuning.figures import figures
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)
LATER = timedelta(seconds=30)  # the undo time


def told(cast: Cast) -> int:
    found = select(func.count()).where(Notification.user_id == cast.rita.id)
    return db.session.scalar(found) or 0


@pytest.mark.parametrize(
    ("kind", "before"),
    [("warn", None), ("warn", "trusted"), ("premoderate", "trusted"), ("trust", "premoderated"),
     ("trust", None), ("lift", "banned"), ("lift", "trusted"), ("lift", None)],
)  # fmt: skip
def test_it_works(cast: Cast, work: Callable[[], int], kind: str, before: str | None) -> None:
    with clock.frozen(clock.now()):
        if before:
            earned = {"approved": 5, "days": 90} if before == "trusted" else None
            ends = clock.now() + timedelta(days=3) if before == "banned" else None
            words = {"note": "A note.", "message": "A word."}
            put_role(cast.site, cast.rita, before, by=cast.olga, until=ends, earned=earned, **words)
        held = membership(cast.rita, cast.site)
        was = held and (held.role, held.until, held.note, held.message, held.set_by_id, held.earned)
        row = sanction_shortly(cast.site, cast.rita, kind, by=cast.mona, reason="spam")
        clock.move(timedelta(seconds=5))
        assert is_undoable(row, cast.rita)
        undo = undo_sanction(row.public_id, by=cast.mona)
        held = membership(cast.rita, cast.site)
        now = held and (held.role, held.until, held.note, held.message, held.set_by_id, held.earned)
        assert now == was
        clock.move(timedelta(minutes=5))
        work()
        assert told(cast) == 0 and not is_to_be_told(row) and not is_to_be_told(undo)
        assert open_warning(cast.rita, cast.site) is None
    with pytest.raises(Conflict):
        undo_sanction(row.public_id, by=cast.mona)
    with pytest.raises(Conflict):
        undo_sanction(undo.public_id, by=cast.mona)
    assert [each.kind for each in history(cast.rita, [cast.site])] == ["undo", kind]
    assert figures(cast.site.id, undo.created_at - LATER, clock.now() + LATER).sanctions == {}
    said = audit.page(cast.site.id).items[0].data
    assert said == {"sanction": undo.public_id, "kind": "undo", "undoes": row.public_id}
    assert audit.verify(cast.site.id)[1] is None


@pytest.mark.parametrize("kind", ["warn", "premoderate", "trust", "lift", "suspend", "ban"])
@pytest.mark.parametrize("seconds", [0, 600])
def test_the_time_to_undo_stays_what_it_was(
    cast: Cast, work: Callable[[], int], kind: str, seconds: int
) -> None:
    """A policy changed meanwhile neither reopens it nor tells anybody early."""
    with clock.frozen(clock.now()):
        until = clock.now() + timedelta(days=3)
        if kind in AWAY:
            bulk = send_away(cast.site, cast.rita, kind, by=cast.mona, reason="spam", until=until)
        else:
            sanction_shortly(cast.site, cast.rita, kind, by=cast.mona, reason="spam")
        [row] = history(cast.rita, [cast.site])
        set_policy(cast.site, {"undo_seconds": seconds}, by=cast.olga)
        clock.move(LATER - timedelta(seconds=1))
        work()
        assert told(cast) == 0 and not is_final(row)
        assert in_force(cast.rita, cast.site) is None
        assert open_warning(cast.rita, cast.site) is None
        clock.move(timedelta(seconds=1))
        work()
        assert told(cast) == 1 and is_final(row)
        if kind in AWAY:
            shown = in_force(cast.rita, cast.site)
            assert shown is not None and shown.kind == kind
            call_back(bulk, by=cast.mona)
            work()
            assert told(cast) == 2  # and of the undo, since they knew
        else:
            with pytest.raises(Conflict, match="too late"):
                undo_sanction(row.public_id, by=cast.mona)


@pytest.mark.parametrize("kind", ["warn", "premoderate", "trust"])
def test_not_undone_it_is_notified_of_once(cast: Cast, work: Callable[[], int], kind: str) -> None:
    with clock.frozen(clock.now()):
        row = sanction_shortly(cast.site, cast.rita, kind, by=cast.mona, reason="spam")
        work()
        assert told(cast) == 0
        clock.move(LATER)
        work()
        assert told(cast) == 1
        with pytest.raises(Conflict, match="too late"):
            undo_sanction(row.public_id, by=cast.mona)


def test_a_warning_is_shown_once_the_time_is_over(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        row = sanction_shortly(cast.site, cast.rita, "warn", by=cast.mona, reason="spam")
        assert post(cast.site, user=cast.rita).comment.status == "published"
        assert open_warning(cast.rita, cast.site) is None
        clock.move(LATER)
        assert open_warning(cast.rita, cast.site) == row
        with pytest.raises(AcknowledgeFirst):
            post(cast.site, "Another word.", user=cast.rita)
        acknowledge(row.public_id, user=cast.rita)
        set_policy(cast.site, {"undo_seconds": 600}, by=cast.olga)
        with pytest.raises(Conflict, match="too late"):  # whatever the time is now
            undo_sanction(row.public_id, by=cast.mona)


def test_the_ban_below_an_undone_lift_is_in_force_again(
    cast: Cast, work: Callable[[], int]
) -> None:
    with clock.frozen(clock.now()):
        ban = sanction(cast.site, cast.rita, "ban", by=cast.olga, reason="spam", message="No.")
        work()
        clock.move(timedelta(days=1))
        lift = sanction_shortly(cast.site, cast.rita, "lift", by=cast.mona)
        undo_sanction(lift.public_id, by=cast.mona)
        shown = in_force(cast.rita, cast.site)
        assert shown is not None and (shown.message, shown.can_appeal) == ("No.", True)
        appeal = sanction_appeals.appeal(cast.site, "Why?", by=cast.rita)
        assert appeal.sanction_id == ban.id
        work()
        lift = sanction_shortly(cast.site, cast.rita, "lift", by=cast.mona)
        assert not is_undoable(lift, cast.rita)
        with pytest.raises(Conflict, match="appeal"):  # it has been granted
            undo_sanction(lift.public_id, by=cast.mona)
        clock.move(LATER)
        work()
        assert role_of(cast.rita, cast.site) == "reader"


def test_what_is_newer_stands(cast: Cast) -> None:
    first = sanction_shortly(cast.site, cast.rita, "trust", by=cast.mona)
    second = sanction_shortly(cast.site, cast.rita, "premoderate", by=cast.mona, reason="spam")
    with pytest.raises(Conflict, match="changed since"):
        undo_sanction(first.public_id, by=cast.mona)
    undo_sanction(second.public_id, by=cast.mona)
    undo_sanction(first.public_id, by=cast.mona)
    assert role_of(cast.rita, cast.site) == "reader"


def test_only_who_may_sanction_undoes(cast: Cast) -> None:
    row = sanction_shortly(cast.site, cast.rita, "trust", by=cast.mona)
    for nobody in (cast.rita, cast.max):
        with pytest.raises(NotFound):
            undo_sanction(row.public_id, by=nobody)
    with pytest.raises(NotFound):
        undo_sanction("none", by=cast.mona)
    put_role(cast.site, cast.max, "moderator", by=cast.olga)
    put_role(cast.site, cast.rita, "moderator", by=cast.olga)
    with suppress(Conflict), pytest.raises(NotAllowed):
        undo_sanction(row.public_id, by=cast.max)
    assert role_of(cast.rita, cast.site) == "moderator"
