"""Whether anything was written since: checked before a finished response is sent again.

A process knows its own commits at once. On SQLite, `PRAGMA data_version` reveals other processes'
commits in a few microseconds; it is read at most every five milliseconds, so a response is never
staler than that. PostgreSQL has no equivalent, so the row's version is read again, at most twice a
second per response: what another node shows is at most half a second old.
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
from ..core.writing.commits import TRUST_SECONDS
from ..core.writing.ready import ready

if TYPE_CHECKING:
    from flask import Flask

_VERSIONS = """SELECT t.version, s.version AS of_site FROM thread t JOIN site s ON s.id = t.site_id
    WHERE t.id = :thread"""
_STATEMENT = text(_VERSIONS)
LATE_SECONDS = 0.005  # on SQLite, and only for other processes' commits

Versions = tuple[int, int]  # thread, site


class Unknown(Exception):
    """The database does not respond, so the state is unknown; nothing is being written either."""


class Watch(Protocol):
    """What each kind of database offers. `trust`: seconds for which a fresh response may be trusted
    while `state` stays the same."""

    trust: float

    def state(self) -> int:
        """A number that changes with every known commit, here or elsewhere."""
        ...

    def versions(self, thread_id: int) -> Versions | None:
        """The current versions of the thread and its site; None if the thread no longer exists.
        Raises `Unknown`."""
        ...


class SqliteWatch:
    """Watches SQLite through one idle connection, which sees the commits of all others."""

    trust = float("inf")

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._lock = threading.Lock()  # one query at a time
        self._cursor: sqlite3.Cursor | None = None
        self._version: int | None = None
        self._changes = 0
        self._next_look = 0.0

    def state(self) -> int:
        moment = time.monotonic()
        # while another thread looks, use what is known: it is about to be refreshed
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
    """Watches any database by querying versions."""

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
    """The watch for the app's database; None if nothing can be cached (SQLite in memory)."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if not url.drivername.startswith("sqlite"):
        return RowWatch(app)
    if not url.database or url.database == ":memory:":
        return None
    return SqliteWatch(Path(url.database))
