"""How late a finished answer may be: never behind this process, five milliseconds behind others."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import unit_of_work
from commentsvc.core.jobs import HANDLERS, enqueue, run_due
from commentsvc.sites import commands as sites
from commentsvc.web import freshness
from commentsvc.web.freshness import LATE_SECONDS, SqliteWatch, Unknown
from tests.factories import HREF, post
from tests.web.asking import browser

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

FRAME = f"/embed/thread?site=harbour&href={HREF}&locale=en"


class Clock:
    """`time`, as far as a watch reads it, standing still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(freshness, "time", self)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def elsewhere(tmp_path: Path) -> sqlite3.Connection:
    """Another process's connection to the file of `watch`."""
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE a (b)")
    return connection


@pytest.fixture
def watch(tmp_path: Path, elsewhere: sqlite3.Connection) -> SqliteWatch:
    return SqliteWatch(tmp_path / "a.db")


def test_it_works(clock: Clock, watch: SqliteWatch, elsewhere: sqlite3.Connection) -> None:
    before = watch.state()
    clock.now += LATE_SECONDS
    assert watch.state() == before
    elsewhere.execute("INSERT INTO a VALUES (1)")
    clock.now += LATE_SECONDS
    assert watch.state() != before


def test_others_are_seen_when_the_time_is_over_and_not_asked_before(
    clock: Clock, watch: SqliteWatch, elsewhere: sqlite3.Connection
) -> None:
    """The longest that an answer may be behind another process."""
    before = watch.state()
    for _ in range(3):
        elsewhere.execute("INSERT INTO a VALUES (1)")
        clock.now += LATE_SECONDS * 0.99
        assert watch.state() == before
        clock.now += LATE_SECONDS * 0.02
        before, last = watch.state(), before
        assert before != last


def test_a_file_that_is_gone_is_unknown(clock: Clock, tmp_path: Path) -> None:
    watch = SqliteWatch(tmp_path / "none.db")
    for _ in range(2):
        with pytest.raises(Unknown):
            watch.state()


def test_own_commits_are_seen_at_once(app: Flask, cast: Cast, clock: Clock) -> None:
    client = browser(app)
    for number in range(1, 4):
        post(cast.site, f"A bridge and {number} ferries.")
        assert f"and {number} ferries" in client.get(FRAME).text


def test_what_the_worker_inside_commits_is_seen_at_once(
    app: Flask, cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def announce() -> None:
        sites.set_policy(cast.site, {"announcement": "A word of the worker's."}, by=cast.olga)

    monkeypatch.setitem(HANDLERS, "announce_in_test", announce)
    client = browser(app)
    with unit_of_work():
        enqueue("announce_in_test")
    assert "of the worker" not in client.get(FRAME).text
    run_due()
    assert "of the worker" in client.get(FRAME).text


def test_what_is_undone_changes_nothing(app: Flask, cast: Cast, clock: Clock) -> None:
    watch = freshness.watch_of(app)
    assert watch is not None
    before = watch.state()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        _ = 1 / 0
    assert watch.state() == before
