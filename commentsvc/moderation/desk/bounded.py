"""Reads with a time limit, so that a search occupies the database for two seconds at most."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ...core.db import db
from ...core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

SECONDS = 2.0  # for all queries of one page while it searches
_AS_GOOD = 0.9  # of the time last set: most pages take so little that one round trip is enough
_STEPS = 200  # SQLite VM steps between checks of the clock; one step may read a long text


class TookTooLong(Invalid):
    """The search is too slow for the database and has to be narrowed."""


@contextmanager
def bounded() -> Iterator[None]:
    """All statements inside share `SECONDS`; then the engine cancels the running one. For reading
    only: the session and its connection stay usable. Raises `TookTooLong`."""
    connection, end = db.session.connection(), monotonic() + SECONDS
    bound = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgres
    try:
        with bound(connection, end):
            yield
    except OperationalError as error:
        if _was_stopped(error.orig):
            raise TookTooLong("invalid.search_slow", field="q") from error
        raise


@contextmanager
def _on_sqlite(connection: Connection, end: float) -> Iterator[None]:
    raw: Any = connection.connection.driver_connection
    raw.set_progress_handler(lambda: monotonic() > end, _STEPS)
    try:
        with _each(connection, lambda _cursor: _left(end)):
            yield
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def _on_postgres(connection: Connection, end: float) -> Iterator[None]:
    given = _left(end)

    def bind(cursor: Any) -> None:
        nonlocal given
        left = _left(end)
        if left < _AS_GOOD * given:
            cursor.execute(_limit(left))
            given = left

    # a canceled statement aborts its savepoint, not the whole transaction; both in one round trip
    connection.exec_driver_sql(f"SAVEPOINT bounded; {_limit(given)}")
    try:
        with _each(connection, bind):
            yield
    except BaseException:
        if not connection.invalidated:
            # what was set since then is undone too
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT bounded; RELEASE SAVEPOINT bounded")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT bounded; SET LOCAL statement_timeout TO DEFAULT")


def _limit(seconds: float) -> str:
    return f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}"


@contextmanager
def _each(connection: Connection, call: Callable[[Any], object]) -> Iterator[None]:
    """Call `call` before each statement, with the cursor that will run it."""

    def before(_connection: Any, cursor: Any, *_more: Any) -> None:
        call(cursor)

    event.listen(connection, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", before)


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TookTooLong("invalid.search_slow", field="q")
    return left


def _was_stopped(error: Any) -> bool:
    """Whether the engine reports that the statement was canceled."""
    stopped = getattr(error, "sqlite_errorname", None) == "SQLITE_INTERRUPT"
    return stopped or getattr(error, "sqlstate", None) == "57014"
