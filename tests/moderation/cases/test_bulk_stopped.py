"""A bulk action that is stopped, however far it is; a short one is carried out at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.models import User
from commentsvc.core.db import db
from commentsvc.moderation.audit import verify
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Bulk

from .test_bulk import again, held, reject_all, small_units, statuses

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

    from .test_bulk import Work

__all__ = ["small_units"]
pytestmark = pytest.mark.engines


@pytest.mark.parametrize("units", [0, 1, 2])
def test_it_is_stopped_and_undone_however_far_it_is(cast: Cast, work: Work, units: int) -> None:
    ids = held(cast, 5)
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    for _ in range(units):
        bulk.decide_some(found.id)
    assert statuses(ids).count("rejected") == 2 * units
    bulk.undo_all(again(found), by=cast.mona)
    assert not bulk.decide_some(found.id)  # as the worker that comes back to it
    work()
    assert statuses(ids) == ["pending"] * 5 and again(found).state == "undone"
    assert verify(cast.site.id) == (5 + 2 * 2 * units, None)


def test_a_worker_at_its_work_is_stopped(app: Flask, cast: Cast) -> None:
    """Whoever comes first, nothing stays decided."""
    ids = held(cast, 12)
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    bulk_id, by_id = found.id, cast.mona.id
    db.session.rollback()

    def work_on() -> None:
        with app.app_context():
            bulk.bulk_decide(bulk_id)

    def stop() -> None:
        with app.app_context():
            made = db.session.get_one(Bulk, bulk_id)
            bulk.undo_all(made, by=db.session.get_one(User, by_id))
            bulk.bulk_undo(bulk_id, by_id)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(work_on), pool.submit(stop)]:
            each.result()
    assert statuses(ids) == ["pending"] * 12 and again(found).state == "undone"


def test_a_short_one_is_carried_out_at_once_a_long_one_by_a_job(
    cast: Cast, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = held(cast, 5)
    found = reject_all(cast)
    monkeypatch.setattr(bulk, "AT_ONCE", 4)
    bulk.carry_out(found, by=cast.mona)
    assert statuses(ids) == ["pending"] * 5 and again(found).state == "waiting"
    bulk.undo_all(again(found), by=cast.mona)
    work()
    monkeypatch.setattr(bulk, "AT_ONCE", 5)
    other = reject_all(cast)
    bulk.carry_out(other, by=cast.mona)
    assert statuses(ids) == ["rejected"] * 5 and again(other).state == "done"
    work()
    assert (again(other).seen, again(other).skipped) == (5, 0)
