"""What is asked for inside a savepoint happens only if that is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import jobs
from commentsvc.core.db import after_commit, before_commit, db, unit_of_work
from commentsvc.core.jobs import Job, enqueue
from commentsvc.core.writing.unit import held_here
from tests.core.units import Refused, add, drop_notes, make_notes, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def notes(app: Flask) -> Iterator[None]:
    make_notes()
    yield
    drop_notes()


class Done:
    """What was asked for, and was done."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.after: list[str] = []

    def asks(self, name: str) -> None:
        before_commit(name, lambda: self.before.append(name))
        after_commit(lambda: self.after.append(name))


def test_it_works(app: Flask) -> None:
    done = Done()
    with unit_of_work():
        done.asks("outside")
        with suppress(Refused), db.session.begin_nested():
            add(1)
            done.asks("undone")
            with db.session.begin_nested():
                done.asks("inside what is undone")
            raise Refused
        with db.session.begin_nested():
            add(2)
            done.asks("kept")
            inner = db.session.begin_nested()
            done.asks("inner")
            inner.rollback()
        done.asks("later")
    assert stored() == {2}
    assert done.before == done.after == ["outside", "kept", "later"]


def test_what_was_asked_for_before_stays(app: Flask) -> None:
    """Though it is asked for again in a savepoint that is undone."""
    done = Done()
    with unit_of_work():
        done.asks("a")
        with suppress(Refused), db.session.begin_nested():
            done.asks("a")
            raise Refused
    assert done.before == done.after == ["a"]


def test_a_failed_flush_undoes_what_was_asked_for_before_it(app: Flask) -> None:
    done = Done()
    with unit_of_work():
        with suppress(Exception), db.session.begin_nested():
            done.asks("undone")
            db.session.add(Job())  # has no name
            db.session.flush()
            raise AssertionError("it was taken")
        done.asks("kept")
    assert done.before == done.after == ["kept"]


def test_a_job_of_an_undone_savepoint_is_not_handed_over(app: Flask) -> None:
    handed: list[int] = []
    before = jobs.deliver.of(app)
    jobs.deliver.install(app, lambda job_id, _delay: handed.append(job_id))
    try:
        with unit_of_work():
            with suppress(Refused), db.session.begin_nested():
                enqueue("nobody", word="undone")
                raise Refused
            kept = enqueue("nobody", word="kept")
    finally:
        jobs.deliver.install(app, before)
    assert handed == [kept]
    assert list(db.session.scalars(select(Job.id).where(Job.name == "nobody"))) == [kept]


def test_what_a_savepoint_held_is_let_go_with_it(app: Flask) -> None:
    with unit_of_work():
        held_here().add("before")
        with suppress(Refused), db.session.begin_nested():
            held_here().add("undone")
            raise Refused
        assert held_here() == {"before"}
        with db.session.begin_nested():
            held_here().add("kept")
        assert held_here() == {"before", "kept"}
    with unit_of_work():
        assert held_here() == set()
