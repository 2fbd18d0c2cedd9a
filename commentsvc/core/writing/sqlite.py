"""SQLite connections: how each is set up, and the one that all units write through."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.pool import QueuePool

from ..files import made_closed
from .line import PATIENCE_MS, PATIENCE_SECONDS, Line, Lost, has_turn

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry


class Connection(sqlite3.Connection):
    """Python's own, but on the writers' connection (with a `line`) SQLAlchemy's transactions are
    savepoints in the group's transaction, so that each unit is committed or undone by itself."""

    line: Line | None = None
    _in_unit = False

    def begin_unit(self, line: Line) -> None:
        """Begin the savepoint that the next `commit` or `rollback` ends."""
        if not self.in_transaction:
            line.begin(self.execute)
        self.execute("SAVEPOINT unit")
        self._in_unit = True

    def commit(self) -> None:
        if self.line is None:
            super().commit()
        elif self._in_unit:
            self.execute("RELEASE unit")
            self._in_unit = False

    def rollback(self) -> None:
        if self.line is None:
            super().rollback()
        elif self._in_unit:
            self._in_unit = False
            try:
                self.execute("ROLLBACK TO unit")
                self.execute("RELEASE unit")
            except sqlite3.Error:  # the group's transaction is broken or gone
                super().rollback()

    def commit_group(self) -> None:
        """Commit what the group has written, or raise and keep nothing."""
        try:
            super().commit()
        except BaseException:
            super().rollback()
            raise


class Pool(QueuePool):
    """Connections for reading, and one more for the current writer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.line = Line(self)
        self._writers: ConnectionPoolEntry | None = None
        self._is_lent = False

    def is_open(self) -> bool:
        """Whether the group's transaction is open."""
        connection = self._connection()
        return connection is not None and connection.in_transaction

    def commit_group(self) -> None:
        """Commit what the group has written, or raise and keep nothing."""
        connection = self._connection()
        if connection is None or not connection.in_transaction:
            raise sqlite3.OperationalError("the transaction was given up")
        connection.commit_group()

    def _do_get(self) -> ConnectionPoolEntry:
        if not has_turn() or self._is_lent:
            return super()._do_get()
        if self._writers is None or self._writers.dbapi_connection is None:
            self._writers = self._create_connection()
            cast("Connection", self._writers.dbapi_connection).line = self.line
        self._is_lent = True
        return self._writers

    def _connection(self) -> Connection | None:
        """The writers' connection; None if there is none yet or it broke."""
        return cast("Connection | None", self._writers and self._writers.dbapi_connection)

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record is self._writers:
            self._is_lent = False
        else:
            super()._do_return_conn(record)

    def dispose(self) -> None:
        super().dispose()
        if self._writers is not None:
            self._writers.close()
            self._writers = None


def begin(connection: Any) -> None:
    """Begin a read transaction, or on the writers' connection a write transaction. That one takes
    the lock before its first read, because upgrading a read to a write can fail. Raises `Lost`."""
    driver = connection.connection.dbapi_connection
    line = getattr(driver, "line", None)
    if line is None:
        connection.exec_driver_sql("BEGIN")
        return
    try:
        driver.begin_unit(line)
    except sqlite3.Error as error:
        raise Lost from error


def close_to_others(dialect: Any, _record: Any, args: Any, _options: Any) -> None:
    """Create the file before SQLite does, so that only its owner can read it."""
    if dialect.name == "sqlite" and args:
        made_closed(str(args[0]))


def prepare(connection: Any, _record: Any) -> None:
    """Make the connection durable, with foreign keys; we begin transactions ourselves."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    _log_ahead(cursor)
    for pragma in (
        "synchronous=FULL",  # an acknowledged comment survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={PATIENCE_MS}",
        "journal_size_limit=67108864",
        "temp_store=MEMORY",
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _log_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch the file to write-ahead logging. If another process is writing, SQLite fails
    immediately, whatever its busy timeout, so we retry."""
    last = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
        time.sleep(0.01)
