"""Units of work that share a commit: each as if it were alone, whatever the others do."""

from __future__ import annotations

import resource
import signal
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from commentsvc.core.db import IntegrityError, db, patience, unit_of_work
from commentsvc.core.errors import Unavailable
from commentsvc.core.writing import line as lines
from commentsvc.core.writing.commits import succeeded
from commentsvc.core.writing.sqlite import Connection, Pool
from tests.core.units import Crowd, Refused, add, drop_notes, make_notes, stored, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(autouse=True)
def notes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of notes, and groups that take everybody in, however slow the machine."""
    monkeypatch.setattr(lines, "_TOGETHER_SECONDS", 20)
    make_notes()
    yield
    drop_notes()


@pytest.fixture
def crowd(app: Flask) -> Crowd:
    return Crowd(app)


@contextmanager
def commits() -> Iterator[list[str]]:
    """What is committed meanwhile, on the writers' connection."""
    pool = db.engine.pool
    assert isinstance(pool, Pool) and pool._writers is not None
    writers = pool._writers.dbapi_connection
    assert isinstance(writers, Connection)
    seen: list[str] = []
    writers.set_trace_callback(
        lambda statement: seen.append(statement) if statement == "COMMIT" else None
    )
    try:
        yield seen
    finally:
        writers.set_trace_callback(None)


def test_it_works(crowd: Crowd) -> None:
    with commits() as seen:
        crowd.meet(lambda: add(1), lambda: add(2), lambda: add(3), lambda: add(4))
        assert seen == ["COMMIT"]
    assert stored() == {1, 2, 3, 4} and sorted(crowd.heard) == [1, 2, 3, 4]
    assert set(crowd.ended.values()) == {None}


def test_what_fails_is_undone_alone(crowd: Crowd) -> None:
    def fails() -> None:
        add(20)
        add(1)  # it is there, though not committed

    crowd.meet(lambda: add(1), fails, lambda: add(3))
    assert stored() == {1, 3} and sorted(crowd.heard) == [1, 3]
    assert isinstance(crowd.ended[2], IntegrityError)


def test_readers_see_a_group_when_it_is_committed_and_never_wait(crowd: Crowd) -> None:
    go_on, last = threading.Event(), threading.Event()
    crowd.comes(1, lambda: (add(1), go_on.wait(20)))
    until(lambda: crowd.order == [1])
    crowd.comes(2, lambda: (add(2), last.wait(20)))
    crowd.stands_in_line(1)
    go_on.set()
    until(lambda: len(crowd.order) == 2)
    for _ in range(3):  # while a unit takes its time
        assert stored() == set() and crowd.heard == []
    last.set()
    crowd.all_end()
    assert stored() == {1, 2}


def test_a_disk_that_is_full_is_told_to_those_it_concerns(crowd: Crowd) -> None:
    """No page more for this file. SQLite may then give up what others of the group wrote as well."""

    def too_much() -> None:
        pages = db.session.scalar(text("PRAGMA page_count"))
        free = db.session.scalar(text("PRAGMA freelist_count"))  # what earlier tests have left
        db.session.execute(text(f"PRAGMA max_page_count={pages}"))
        try:
            add(2, "x" * (1_000_000 + free * 4096))
        finally:
            db.session.execute(text("PRAGMA max_page_count=1073741823"))

    crowd.meet(lambda: add(1), too_much, lambda: add(3))
    kept = {number for number, error in crowd.ended.items() if error is None}
    assert stored() == kept == set(crowd.heard) and 3 in kept
    assert isinstance(crowd.ended[2], Unavailable)
    assert isinstance(crowd.ended[1], Unavailable | type(None))
    succeeded()


def test_a_disk_that_is_full_at_the_commit_refuses_all_of_the_group(crowd: Crowd) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    body = "x" * 300_000

    def last() -> None:
        add(2, body)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))

    try:
        crowd.meet(lambda: add(1, body), last)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
        succeeded()
    assert [type(each) for each in crowd.ended.values()] == [Unavailable, Unavailable]
    assert stored() == set() and crowd.heard == []
    crowd.comes(3, lambda: add(3))
    crowd.all_end()
    assert stored() == {3}  # it goes on where there is room again


def test_a_connection_that_breaks_refuses_all_of_the_group(crowd: Crowd) -> None:
    def breaks() -> None:
        db.session.connection().connection.dbapi_connection.close()
        db.session().invalidate()
        raise Refused

    crowd.meet(lambda: add(1), breaks, lambda: add(3))
    kept = {number for number, error in crowd.ended.items() if error is None}
    assert stored() == kept == {3}


@pytest.mark.parametrize("again", [1, 2])
def test_a_transaction_that_is_given_up_is_not_begun_again(crowd: Crowd, again: int) -> None:
    """What others of the group wrote went with it, also where a unit swallows the error and writes on."""

    def swallows() -> None:
        driver = db.session.connection().connection.dbapi_connection
        driver.execute("ROLLBACK")  # as SQLite does by itself where a disk is full
        for _ in range(again):
            with suppress(Exception):
                db.session.rollback()
                add(2)

    crowd.meet(lambda: add(1), swallows, lambda: add(3))
    kept = {number for number, error in crowd.ended.items() if error is None}
    assert stored() == kept == set(crowd.heard) == {3}
    assert isinstance(crowd.ended[1], Unavailable) and isinstance(crowd.ended[2], Unavailable)
    succeeded()


def test_another_process_is_waited_for(crowd: Crowd, app: Flask) -> None:
    path = db.engine.url.database
    assert path
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO note VALUES (9, '')")
    crowd.comes(1, lambda: add(1))
    crowd.comes(2, lambda: add(2))
    until(lambda: len(crowd.threads) == 2)
    other.execute("COMMIT")
    other.close()
    crowd.all_end()
    assert stored() == {1, 2, 9}


def test_another_process_that_takes_too_long_is_told(app: Flask) -> None:
    path = db.engine.url.database
    assert path
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(Unavailable), patience(time.monotonic() + 0.05), unit_of_work():
            add(1)
    assert stored() == set()
    other.execute("ROLLBACK")
    other.close()
    with unit_of_work():
        add(2)
    assert stored() == {2}
