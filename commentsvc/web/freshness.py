"""Whether anything was written since: asked before a finished answer is given out again.

On SQLite `PRAGMA data_version` tells of every commit on the file, by whichever process, in some
microseconds. PostgreSQL has no such word, so there the row's version is read again, at most twice a
second for each answer: what another node shows is never more than half a second old.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from ..core.db import db

if TYPE_CHECKING:
    from flask import Flask

_VERSIONS = """SELECT t.version, s.version FROM thread t JOIN site s ON s.id = t.site_id
    WHERE t.id = {}"""
TRUST_SECONDS = 0.5  # on PostgreSQL

Versions = tuple[int, int]  # thread, site


class Unknown(Exception):
    """The database does not answer, so nobody knows; nothing is being written either."""


class Watch(Protocol):
    """What a kind of database offers. `trust` is how long an answer found fresh may be believed
    while `state` stays the same."""

    trust: float

    def state(self) -> int:
        """A number that changes, at the latest, when something written elsewhere can be seen."""
        ...

    def wrote(self) -> None:
        """This process has handled something that may have written."""
        ...

    def versions(self, thread_id: int) -> Versions | None:
        """The thread's and its site's versions now; None when there is no such thread any more.
        Raises `Unknown`."""
        ...


class SqliteWatch:
    """One idle connection a thread: it sees the commits of all others."""

    trust = float("inf")

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._local = threading.local()
        self._state = 0
        self._lock = threading.Lock()

    def state(self) -> int:
        local = self._local
        try:
            seen = local.cursor.execute("PRAGMA data_version").fetchone()[0]
            if seen == local.seen:
                return self._state
        except AttributeError:
            seen = self._open().execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise Unknown from error
        local.seen = seen
        self.wrote()
        return self._state

    def wrote(self) -> None:
        # Under a lock: if two threads counted two commits as one, an answer made between them
        # would be taken for fresh.
        with self._lock:
            self._state += 1

    def versions(self, thread_id: int) -> Versions | None:
        try:
            row = self._local.cursor.execute(_VERSIONS.format("?"), (thread_id,)).fetchone()
        except (sqlite3.Error, AttributeError) as error:
            raise Unknown from error
        return (row[0], row[1]) if row else None

    def _open(self) -> sqlite3.Cursor:
        try:
            connection = sqlite3.connect(
                self._address, uri=True, isolation_level=None, check_same_thread=False, timeout=0.2
            )
            cursor = connection.cursor()
            cursor.execute("PRAGMA query_only=ON")
        except sqlite3.Error as error:
            raise Unknown from error
        self._local.cursor, self._local.seen = cursor, None
        return cursor


class RowWatch:
    """Any database on which versions are looked up."""

    trust = TRUST_SECONDS

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._engine: Engine | None = None
        self._state = 0
        self._lock = threading.Lock()

    def state(self) -> int:
        return self._state

    def wrote(self) -> None:
        with self._lock:
            self._state += 1

    def versions(self, thread_id: int) -> Versions | None:
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
        try:
            with self._engine.connect() as connection:
                row = connection.exec_driver_sql(_VERSIONS.format("%s"), (thread_id,)).first()
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
