"""Jobs whose worker is gone: another goes on, at once where it is certain."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from commentsvc.core import clock, delivery, ids, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job, sweep
from commentsvc.core.rows import insert_row
from commentsvc.settings import settings

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.usefixtures("app")


def held(process: object, *, minutes: int = 0) -> int:
    """A job that a process has begun."""
    moment = clock.now() - timedelta(minutes=minutes)
    with unit_of_work():
        number = insert_row(Job, name="nothing", payload={}, due_at=moment, created_at=moment)
        values = {"state": "running", "claimed_at": moment, "claimed_by": process}
        db.session.execute(update(Job).where(Job.id == number).values(**values))
    return number


def test_it_works(app: Flask) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    me = ids.this_process()
    assert me is not None
    assert sweep() == []
    left = held({**me, "pid": ended.pid})
    assert sweep() == [left]


def test_one_that_has_the_number_of_another_is_not_it() -> None:
    me = ids.this_process()
    assert me is not None
    assert sweep() == [] and held(me) and sweep() == []
    left = held({**me, "began": "1"})
    assert sweep() == [left]


def test_what_cannot_be_told_waits_for_ten_minutes() -> None:
    me = ids.this_process()
    assert me is not None
    held({**me, "host": "elsewhere pid:[1]", "pid": 999_999_999})
    held(None)
    assert sweep() == []
    late = held(None, minutes=11)
    assert sweep() == [late]


def test_a_worker_elsewhere_that_has_fallen_silent_is_gone() -> None:
    me = ids.this_process()
    assert me is not None
    other = {**me, "host": "elsewhere pid:[1]", "pid": 999_999_999, "beats": False}
    silent, quiet = held({**other, "beats": True}, minutes=2), held(other, minutes=2)
    assert sweep() == []  # whoever was away from the database cannot tell
    assert sweep(silent=jobs.SILENT_SECONDS) == [silent]
    assert held({**other, "beats": True}) not in sweep(silent=jobs.SILENT_SECONDS)
    assert db.session.get_one(Job, quiet).state == "running"


def test_what_is_in_hand_is_not_begun_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes, as long as its worker says that it lives."""
    found: list[list[int]] = []
    monkeypatch.setattr(ids, "_BEATS", threading.Event())
    ids.begin_beating()

    def last() -> None:
        for minutes in (9, 9):
            clock.move(timedelta(minutes=minutes))
            jobs.beat()
            found.append(sweep(silent=jobs.SILENT_SECONDS))
        clock.move(timedelta(minutes=2))
        found.append(sweep(silent=jobs.SILENT_SECONDS))

    monkeypatch.setitem(jobs.HANDLERS, "last", last)
    with clock.frozen(clock.now()), unit_of_work():
        moment = clock.now()
        number = insert_row(Job, name="last", payload={}, due_at=moment, created_at=moment)
    with clock.frozen(moment):
        assert jobs.run(number) and found == [[], [], [number]]
    jobs.beat()  # nothing is in hand any more
    assert db.session.get_one(Job, number).state == "done"


def test_a_worker_says_that_it_lives(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_BEATS", threading.Event())
    monkeypatch.setattr(delivery, "KEEPER_SECONDS", 0.02)
    beaten = threading.Event()
    monkeypatch.setattr(jobs, "beat", beaten.set)
    delivery.install(app, settings.of(app))
    stop = delivery.start_worker(app)
    try:
        assert beaten.wait(30)
    finally:
        stop()
    assert (ids.this_process() or {}).get("beats") is True


def test_a_job_says_who_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look() -> None:
        seen.append(db.session.query(Job.claimed_by).filter(Job.state == "running").scalar())

    monkeypatch.setitem(jobs.HANDLERS, "look", look)
    with unit_of_work():
        moment = clock.now()
        number = insert_row(Job, name="look", payload={}, due_at=moment, created_at=moment)
    assert jobs.run(number) and seen == [ids.this_process()]


def test_a_clock_that_was_set_kills_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour ahead, every heartbeat looks an hour old: another's job would run twice."""
    passed = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: passed[0])
    with clock.frozen(clock.now()):
        steady = clock.Steady()

        def later(seconds: float, *, ahead: float = 0) -> bool:
            passed[0] += seconds
            clock.move(timedelta(seconds=seconds + ahead))
            return steady.was_set(within=60)

        assert not later(5) and not later(3600)
        for hours in (1, -1):
            assert later(5, ahead=hours * 3600) and later(50)
            assert not later(11) and not later(5, ahead=1)
