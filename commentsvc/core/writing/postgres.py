"""Connections to PostgreSQL: what each begins with, whether one that was idle is still there, and reading
without a transaction around it."""

from __future__ import annotations

import select
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.pool import ConnectionPoolEntry

IDLE_SECONDS = 30.0  # after which a connection may have been dropped on the way, and nobody said so
_BACK = "commentsvc.back"


class Pool(QueuePool):
    """Connections that are there. To ask each before it is used would be one more round trip for each page:
    whether the server has closed it the system knows, and only one that was idle for long is asked."""

    def _do_get(self) -> ConnectionPoolEntry:
        record = super()._do_get()
        if record.dbapi_connection is not None and not self._is_there(record):
            record.invalidate()  # and is opened anew
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        record.info[_BACK] = time.monotonic()
        super()._do_return_conn(record)

    def _is_there(self, record: ConnectionPoolEntry) -> bool:
        connection: Any = record.dbapi_connection
        back = record.info.get(_BACK, 0.0)
        dialect: Any = self._dialect
        try:
            if time.monotonic() - back < IDLE_SECONDS and not _has_said_something(connection):
                return True
            return bool(dialect.do_ping(connection))
        except dialect.loaded_dbapi.Error:
            return False


def _has_said_something(connection: Any) -> bool:
    """Whether the server has written to it since: that it ends, most likely."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def prepare(connection: Any, _record: Any) -> None:
    """Without compiling queries: it takes longer than any page does, and estimates of a page's few rows in a
    long conversation are high enough for it."""
    if not hasattr(connection, "pgconn"):
        return
    with alone(connection):
        connection.execute("SET jit TO off")


@contextmanager
def alone(connection: Any) -> Iterator[None]:
    """What is asked here is a transaction by itself, which saves a round trip for its beginning and one for
    its end; for a connection on which none has begun. One that broke meanwhile is closed, also where the
    system does not know it yet: the server's last words arrive before its end does."""
    connection.autocommit = True
    try:
        yield
    finally:
        if is_idle(connection):
            connection.autocommit = False
        else:
            connection.close()


def is_idle(connection: Any) -> bool:
    """Whether this is a connection to PostgreSQL on which no transaction has begun."""
    info = getattr(connection, "info", None)
    return info is not None and info.transaction_status == 0
