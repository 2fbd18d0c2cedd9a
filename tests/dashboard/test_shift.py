"""The turn of a shift: figures since it began, what waits, and notes that stay until they are done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.commands import decide
from commentsvc.moderation.sharing import handover, shift
from commentsvc.moderation.undoing import undo
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from commentsvc.accounts.models import User
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines
PAGE = "/dashboard/shift"


def decided(cast: Cast, at: datetime, by: User, number: int, *, batch: str | None = None) -> str:
    """One rejection at this moment."""
    with clock.frozen(at):
        waits = post(cast.site, f"Text {number} of {by.name}.", user=cast.rita).comment
        return decide(waits.public_id, action="reject", reason="spam", by=by, batch=batch).public_id


@pytest.fixture
def nine(cast: Cast) -> datetime:
    """The beginning of a shift; the evening before, something was decided too."""
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    at = clock.now() + timedelta(days=1)
    decided(cast, at - timedelta(hours=5), cast.mona, 0)
    return at


def test_it_works(cast: Cast, nine: datetime) -> None:
    """Decisions 20, 38 and 400 seconds apart: the last step was a break."""
    ids = [
        decided(cast, nine + timedelta(seconds=each), cast.mona, each) for each in (0, 20, 58, 458)
    ]
    decided(cast, nine + timedelta(seconds=30), cast.olga, 1)
    with clock.frozen(nine + timedelta(minutes=10)):
        post(cast.site, "Still waits.", user=cast.rita)
        undo(ids[0], by=cast.olga)
        shown = post(cast.site, "From the newsroom.", user=cast.olga).comment
        for action in ("feature", "pin"):  # to mark a comment is no decision, nor is its undo
            made = decide(shown.public_id, action=action, by=cast.mona)
        undo(made.public_id, by=cast.mona)
        assert shift.begun(cast.mona, [cast.site]) == nine
        found = shift.of_sites([cast.site], nine)
    assert [(each.name, each.decisions, each.pace, each.undone) for each in found.people] == [
        (cast.mona.name, 4, 29, 1),
        (cast.olga.name, 1, None, 0),
    ]
    team = found.team
    assert (team.decisions, team.pace, team.undone, team.appeals) == (5, 29, 1, 0)
    assert found.waiting["pending"] == 2 and found.oldest == nine and not found.more
    assert shift.of_sites([cast.other], clock.now() - timedelta(hours=1)).people == []


def test_a_bulk_is_one_step_and_an_appeal_counts(cast: Cast, nine: datetime) -> None:
    for each in (0, 1, 2):
        last = decided(cast, nine + timedelta(seconds=each), cast.mona, each, batch="one")
    decided(cast, nine + timedelta(seconds=62), cast.mona, 3)
    with clock.frozen(nine + timedelta(minutes=10)):
        made = db.session.scalar(select(shift.Decision).where(shift.Decision.public_id == last))
        assert made is not None
        comment = db.session.get_one(shift.Comment, made.comment_id)
        mine = appeals.appeal(comment.public_id, "Why?", by=cast.rita)
        appeals.hear(mine.public_id, outcome="upheld", by=cast.olga)
        found = shift.of_sites([cast.site], nine)
    assert [(each.name, each.pace, each.appeals) for each in found.people] == [
        (cast.mona.name, 60, 0),
        (cast.olga.name, None, 1),
    ]


def test_only_so_much_is_read(cast: Cast, nine: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift, "MOST", 1)
    for each in (0, 10):
        decided(cast, nine + timedelta(seconds=each), cast.mona, each)
    with clock.frozen(nine + timedelta(minutes=10)):
        found = shift.of_sites([cast.site], nine)
        assert found.more and found.team.decisions == 1
        for wrong in (nine - timedelta(days=8), nine + timedelta(hours=1)):
            with pytest.raises(Invalid):
                shift.of_sites([cast.site], wrong)


def test_the_page(cast: Cast, mona: Staff, nine: datetime) -> None:
    decided(cast, clock.now(), cast.mona, 1)
    page = mona.page(PAGE)
    assert f"<bdi>{cast.mona.name}</bdi>" in page and "Handover notes" in page
    assert mona.get(f"{PAGE}?since=2020-01-01T09:00").status_code == 422
    assert mona.get(f"{PAGE}?since=never").status_code == 422
    since = f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert f'value="{since}"' in mona.page(f"{PAGE}?since={since}")
    assert PAGE in mona.page("/dashboard/places")


def test_a_note_stays_until_it_is_done(cast: Cast, mona: Staff, olga: Staff) -> None:
    left = mona.post(f"{PAGE}/notes", site="harbour", text="**Bridge**: watch it. <b>")
    assert left.status_code == 303
    assert "<strong>Bridge</strong>: watch it. &lt;b&gt;" in olga.page(PAGE)
    assert "1 handover note" in olga.page("/dashboard/")
    assert "1 handover note" not in mona.page("/dashboard/")  # her own
    [note] = handover.open_on([cast.site])
    for _ in range(2):
        olga.post(f"{PAGE}/notes/{note.row.public_id}/close")
    assert handover.open_on([cast.site]) == [] and "handover note" not in olga.page("/dashboard/")
    acts = db.session.scalars(select(StaffAct.kind).where(StaffAct.kind.like("handover%")))
    assert sorted(acts) == ["handover_closed", "handover_left"]
    assert "left a handover note" in olga.page("/dashboard/log?action=work")


def test_what_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[str | None], Staff]
) -> None:
    monkeypatch.setattr(handover, "MOST", 1)
    for text in (" ", "a" * 2001):
        with pytest.raises(Invalid):
            handover.leave(cast.site, text, by=cast.mona)
    with pytest.raises(NotAllowed):
        handover.leave(cast.site, "a", by=cast.rita)
    kept = handover.leave(cast.site, "Only ours.", by=cast.mona)
    with pytest.raises(Conflict):
        handover.leave(cast.site, "b", by=cast.mona)
    with pytest.raises(NotFound):
        handover.close(kept.public_id, by=cast.max)
    assert "Only ours" not in sign_in("max").page(PAGE)
