"""The database: its handle, units of work, and prebuilt statements. The only place that commits.

Whatever changes something does so inside `with unit_of_work():`, all of it or nothing. Outside,
`db.session` only reads, and `release()` returns its connection before anything slow. We use the
ORM; what runs for every comment uses prebuilt statements (`execute`, `AtOnce`, rows.py).
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, contextmanager, nullcontext
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CursorResult,
    Engine,
    Executable,
    Insert,
    Select,
    UpdateBase,
    event,
    literal_column,
    select,
    true,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from .errors import Unavailable
from .writing import commits, line, postgres, sqlite
from .writing.line import patience
from .writing.ready import Found, ready, row_of
from .writing.tables import Among, Base, Json, NextId, UtcTime, any_of, from_micros, micros
from .writing.unit import Unit, after_commit, before_commit, in_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

__all__ = [
    "Among",
    "AtOnce",
    "Base",
    "IntegrityError",
    "Json",
    "NextId",
    "UtcTime",
    "after_commit",
    "any_of",
    "before_commit",
    "changed",
    "db",
    "execute",
    "forget",
    "from_micros",
    "micros",
    "patience",
    "release",
    "unit_of_work",
]


db = SQLAlchemy(
    model_class=Base,
    # Objects stay usable after the commit, because responses are rendered from them.
    session_options={"expire_on_commit": False, "autoflush": False},
)


event.listen(Engine, "do_connect", sqlite.close_to_others)
event.listen(Engine, "connect", sqlite.prepare)
event.listen(Engine, "connect", postgres.prepare)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        sqlite.begin(connection)


# --- units of work --------------------------------------------------------------------------------


@contextmanager
def unit_of_work(*, keeping: bool = False) -> Iterator[None]:
    """All or nothing: commits on exit, rolls back on any exception. Nested units join.

    Objects read before are reloaded on first use, so that nothing is decided on stale state. With
    `keeping` they are not: the caller reads again whatever matters. Raises `Unavailable` when the
    database cannot be written to in time.
    """
    if in_hand.get() is not None:
        yield
        return
    release()
    unit = Unit()
    try:
        with _turn_to_write(), _committed(unit, keeping):
            yield
    except (OperationalError, line.Lost) as error:
        why = error.orig if isinstance(error, OperationalError) else error.__cause__
        commits.failed(why)
        db.session.expire_all()  # its objects may never have been written
        log.warning("the database cannot be written to", extra={"why": str(why)})
        raise Unavailable("unavailable.not_saved", retry_after=5) from error
    commits.succeeded()
    for follow_up in unit.after:
        follow_up()


def _turn_to_write() -> AbstractContextManager[None]:
    """On SQLite, a place in the queue of writers until the commit, which several may share."""
    # docs/performance.md says what waiting in SQLite's own busy handler costs
    pool = db.engine.pool
    return pool.line.turn() if isinstance(pool, sqlite.Pool) else nullcontext()


@contextmanager
def _committed(unit: Unit, keeping: bool) -> Iterator[None]:
    """The unit's transaction: commits what was done inside, or rolls it back."""
    token = in_hand.set(unit)
    try:
        if not keeping:
            db.session.expire_all()
        # BEGIN now, so that the lock is held before the first read
        unit.connection = db.session.connection()
        yield
        while unit.before:
            unit.before.pop(next(iter(unit.before)))()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        in_hand.reset(token)


def release() -> None:
    """Return the connection to the pool before slow work. Writes nothing; objects stay readable.

    Raises `RuntimeError` inside a unit, which it would split in two.
    """
    if in_hand.get() is not None:
        raise RuntimeError("release() inside a unit of work")
    if _holds_anything():
        db.session.commit()


def _holds_anything() -> bool:
    """Whether the session's transaction has a connection, or changes to write. One that only began
    because an object was attached has neither, and the next unit can use it."""
    session = db.session()
    transaction = session.get_transaction()
    return transaction is not None and bool(transaction._connections or not session._is_clean())


def forget() -> None:
    """Roll back the open transaction; never raises, even if the connection is broken."""
    try:
        db.session.rollback()
    except Exception:
        db.session().invalidate()


# --- statements -----------------------------------------------------------------------------------


def execute(statement: Executable, values: dict[str, Any] | list[dict[str, Any]]) -> Found:
    """Run a prebuilt Core statement on this unit's or request's connection, at a tenth of the cost
    of a session statement built for each call. A list runs it once per item, as one batch on
    PostgreSQL. Objects in the session are not changed."""
    unit = in_hand.get()
    if isinstance(values, list) and len(values) == 1 and not isinstance(statement, Insert):
        values = values[0]
    if unit is None and isinstance(statement, Select) and not _holds_anything():
        return _read(statement, values)
    connection = unit.connection if unit and unit.connection else db.session.connection()
    if isinstance(values, dict):
        compiled = ready(statement, connection.dialect, tuple(values))
        if compiled is not None:
            return compiled.run(connection, values, in_unit=unit is not None)
    # several at once, or a text that depends on the values
    return cast("Found", connection.execute(statement, values))


def _read(statement: Select[Any], values: Any) -> Found:
    """Run a query by itself, without the session's transaction, which costs twice the query."""
    with db.engine.connect() as connection:
        compiled = ready(statement, connection.dialect, tuple(values))
        if compiled is not None:
            return compiled.run(connection, values, in_unit=False)
        return cast("Found", connection.execute(statement, values).freeze()())


class AtOnce:
    """Several SELECTs run as one. Each returns at most one row, whose first column is never NULL.
    Parameters with the same name have the same value in all of them."""

    def __init__(self, **parts: Select[Any]) -> None:
        asked: Any = select(literal_column("1").label("one")).subquery()
        columns: list[Any] = []
        self._parts = []
        for name, part in parts.items():
            found = part.subquery(name)
            asked = asked.outerjoin(found, true())
            places = slice(len(columns), len(columns) + len(found.c))
            self._parts.append((name, itemgetter(places), row_of([each.name for each in found.c])))
            columns += found.c
        labeled = (each.label(f"column_{number}") for number, each in enumerate(columns))
        self._statement = select(*labeled).select_from(asked)

    def ask(self, values: dict[str, Any]) -> dict[str, Any]:
        """The result of each query, by its name: a row, or None."""
        row = execute(self._statement, values).one()
        found = ((name, of(row), made) for name, of, made in self._parts)
        return {name: made(*part) if part[0] is not None else None for name, part, made in found}


def changed(statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE through the session; returns the number of matched rows."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def is_sqlite() -> bool:
    """Whether the current app's database is SQLite."""
    return bool(db.engine.dialect.name == "sqlite")
