"""Whether anything was written since: asked before a finished answer is given out again.

What this process commits, it knows at once. Of other processes' commits on SQLite `PRAGMA data_version`
tells in some microseconds, asked at most every five milliseconds: an answer is never older than that.
PostgreSQL has no such word, so there the row's version is read again, at most twice a second for each
answer: what another node shows is never more than half a second old.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from ..core.db import db
from ..core.writing import commits
from ..core.writing.ready import ready

if TYPE_CHECKING:
    from flask import Flask

_VERSIONS = """SELECT t.version, s.version AS of_site FROM thread t JOIN site s ON s.id = t.site_id
    WHERE t.id = :thread"""
_STATEMENT = text(_VERSIONS)
TRUST_SECONDS = 0.5  # on PostgreSQL
LATE_SECONDS = 0.005  # on SQLite, and only behind other processes

Versions = tuple[int, int]  # thread, site


class Unknown(Exception):
    """The database does not answer, so nobody knows; nothing is being written either."""


class Watch(Protocol):
    """What a kind of database offers. `trust` is how long an answer found fresh may be believed
    while `state` stays the same."""

    trust: float

    def state(self) -> int:
        """A number that changes with every commit that is known of, here or elsewhere."""
        ...

    def versions(self, thread_id: int) -> Versions | None:
        """The thread's and its site's versions now; None when there is no such thread any more.
        Raises `Unknown`."""
        ...


class SqliteWatch:
    """One idle connection: it sees the commits of all others."""

    trust = float("inf")

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._lock = threading.Lock()  # one asks at a time
        self._cursor: sqlite3.Cursor | None = None
        self._version: int | None = None
        self._changes = 0
        self._next_look = 0.0

    def state(self) -> int:
        moment = time.monotonic()
        # whoever comes while another looks goes by what was known: it is about to be known anew
        if moment >= self._next_look and self._lock.acquire(blocking=False):
            try:
                self._look()
                self._next_look = moment + LATE_SECONDS
            finally:
                self._lock.release()
        return self._changes + commits.count()

    def versions(self, thread_id: int) -> Versions | None:
        with self._lock:
            row = self._ask(_VERSIONS, thread_id)
        return (row[0], row[1]) if row else None

    def _look(self) -> None:
        (version,) = self._ask("PRAGMA data_version")
        if version != self._version:
            self._version = version
            self._changes += 1

    def _ask(self, statement: str, *values: int) -> Any:
        try:
            cursor = self._cursor or self._open()
            return cursor.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise Unknown from error

    def _open(self) -> sqlite3.Cursor:
        connection = sqlite3.connect(
            self._address, uri=True, isolation_level=None, check_same_thread=False, timeout=0.2
        )
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=ON")
        self._cursor = cursor
        return cursor


class RowWatch:
    """Any database on which versions are looked up."""

    trust = TRUST_SECONDS

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._engine: Engine | None = None

    def state(self) -> int:
        return commits.count()

    def versions(self, thread_id: int) -> Versions | None:
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
        asked = ready(_STATEMENT, self._engine.dialect, ("thread",))
        assert asked is not None
        try:
            with self._engine.connect() as connection:
                row = asked.run(connection, {"thread": thread_id}, in_unit=False).first()
        except SQLAlchemyError as error:
            raise Unknown from error
        return (row[0], row[1]) if row else None


def watch_of(app: Flask) -> Watch | None:
    """The watch that fits the app's database; None where nothing can be kept (SQLite in memory)."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if not url.drivername.startswith("sqlite"):
        return RowWatch(app)
    if not url.database or url.database == ":memory:":
        return None
    return SqliteWatch(Path(url.database))
