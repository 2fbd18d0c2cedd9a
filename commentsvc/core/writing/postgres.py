"""PostgreSQL connections: setup, liveness of idle ones, and reads outside transactions."""

from __future__ import annotations

import select
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.pool import ConnectionPoolEntry

IDLE_SECONDS = 30.0  # after this, the network may have dropped a connection silently
_BACK = "commentsvc.back"


class Pool(QueuePool):
    """Live connections. A ping before each use would cost every page a round trip, so only those
    idle for long are pinged; for others, the kernel knows whether the server closed them."""

    def _do_get(self) -> ConnectionPoolEntry:
        record = super()._do_get()
        if record.dbapi_connection is not None and not self._is_there(record):
            record.invalidate()  # it is reopened
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
    """Whether the server has sent something unasked: most likely that it closes the connection."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def prepare(connection: Any, _record: Any) -> None:
    """Turn off JIT compilation: it takes longer than any page, and the estimates for a page of a
    long conversation are high enough to trigger it."""
    if not hasattr(connection, "pgconn"):
        return
    with alone(connection):
        connection.execute("SET jit TO off")


@contextmanager
def alone(connection: Any) -> Iterator[None]:
    """Run statements in autocommit, which saves the round trips of BEGIN and COMMIT. Only for a
    connection without a transaction. A connection that breaks meanwhile is closed, even if the
    kernel does not know yet: the server's last message arrives before the end of the connection."""
    connection.autocommit = True
    try:
        yield
    finally:
        if is_idle(connection):
            connection.autocommit = False
        else:
            connection.close()


def is_idle(connection: Any) -> bool:
    """Whether this is a PostgreSQL connection without a transaction."""
    info = getattr(connection, "info", None)
    return info is not None and info.transaction_status == 0
