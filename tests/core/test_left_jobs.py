"""Jobs whose worker is gone: another goes on, at once where it is certain."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from commentsvc.core import clock, jobs
from commentsvc.core.db import db, insert_row, unit_of_work
from commentsvc.core.jobs import Job, sweep

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
    me = jobs._process()
    assert me is not None
    assert sweep() == []
    left = held({**me, "pid": ended.pid})
    assert sweep() == [left]


def test_one_that_has_the_number_of_another_is_not_it() -> None:
    me = jobs._process()
    assert me is not None
    assert sweep() == [] and held(me) and sweep() == []
    left = held({**me, "began": "1"})
    assert sweep() == [left]


def test_what_cannot_be_told_waits_for_ten_minutes() -> None:
    me = jobs._process()
    assert me is not None
    held({**me, "host": "elsewhere pid:[1]", "pid": 999_999_999})
    held(None)
    assert sweep() == []
    late = held(None, minutes=11)
    assert sweep() == [late]


def test_a_job_says_who_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look() -> None:
        seen.append(db.session.query(Job.claimed_by).filter(Job.state == "running").scalar())

    monkeypatch.setitem(jobs.HANDLERS, "look", look)
    with unit_of_work():
        moment = clock.now()
        number = insert_row(Job, name="look", payload={}, due_at=moment, created_at=moment)
    assert jobs.run(number) and seen == [jobs._process()]
