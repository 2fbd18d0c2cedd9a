"""The database: handle, column types, the unit of work. The only place that commits."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    Engine,
    Executable,
    Insert,
    MetaData,
    Table,
    UpdateBase,
    event,
    inspect,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.types import TypeDecorator

from .errors import Unavailable
from .writing import commits, line, sqlite, writable
from .writing.line import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

log = logging.getLogger(__name__)

__all__ = [
    "Base",
    "IntegrityError",
    "Json",
    "UtcTime",
    "after_commit",
    "before_commit",
    "changed",
    "db",
    "execute",
    "forget",
    "from_micros",
    "insert",
    "insert_all",
    "insert_row",
    "insert_rows",
    "micros",
    "patience",
    "release",
    "table_of",
    "unit_of_work",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970: sorts, compares and groups alike on all engines."""
    return (moment - _EPOCH) // _MICRO


def from_micros(value: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as whole microseconds in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        return value if value is None or isinstance(value, int) else micros(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else from_micros(value)


# None is NULL, never the JSON word null: so that IS NULL means what it says on both engines
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables; constraint names are spelled out so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base,
    # Objects stay usable after the commit: answers are rendered from them.
    session_options={"expire_on_commit": False, "autoflush": False},
)


@dataclass
class _Unit:
    """What is to be done at the end of the unit in hand."""

    before: dict[Hashable, Callable[[], None]] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)


event.listen(Engine, "do_connect", sqlite.close_to_others)
event.listen(Engine, "connect", sqlite.prepare)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        sqlite.begin(connection)


Row = TypeVar("Row", bound=Base)


def insert(row: Row) -> Row:
    """Write one new row at once, and have it in the session as if it had been loaded.

    Through Core: a third of what `add` and `flush` cost. For rows without relationships to follow.
    In a unit only.
    """
    names, table = _columns(type(row))
    done: Any = _write(
        table, {name: row.__dict__[key] for key, name in names if key in row.__dict__}
    )
    stored = {**done.last_inserted_params(), **done.inserted_primary_key._mapping}
    for key, name in names:
        row.__dict__[key] = stored.get(name)
    make_transient_to_detached(row)
    db.session.add(row)
    return row


def insert_all(rows: Sequence[Row]) -> None:
    """The same for several rows of one kind, all with the same columns given: numbered in this order."""
    if not rows:
        return
    names, table = _columns(type(rows[0]))
    given = [
        {name: row.__dict__[key] for key, name in names if key in row.__dict__} for row in rows
    ]
    written = execute(table.insert().returning(table, sort_by_parameter_order=True), given).all()
    for row, stored in zip(rows, written, strict=True):
        for key, name in names:
            row.__dict__[key] = stored._mapping[name]
        make_transient_to_detached(row)
    db.session.add_all(rows)


def insert_row(model: type[Base], **values: Any) -> Any:
    """Write one new row that nobody looks at in this unit; returns its primary key's first column."""
    key: Any = _write(_columns(model)[1], values).inserted_primary_key
    return key[0]


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> list[Any]:
    """The same for several, numbered in this order; returns their keys."""
    if not rows:
        return []
    table = table_of(model)
    key = next(iter(table.primary_key))
    return list(
        execute(table.insert().returning(key, sort_by_parameter_order=True), rows).scalars()
    )


def execute(
    statement: Executable, values: dict[str, Any] | list[dict[str, Any]]
) -> CursorResult[Any]:
    """Run a statement of Core that was built before, on this unit's or request's connection: a
    quarter of what a session's needs that is built at each call; with a list, once for each of its
    items, which PostgreSQL is asked at one go. What the session holds is not touched."""
    return db.session.connection().execute(statement, values)


def changed(statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE by the session; returns how many rows it met."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def _write(table: Table, values: dict[str, Any]) -> CursorResult[Any]:
    return execute(_inserts(table), values)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements of Core."""
    return cast("Table", model.__table__)


@cache
def _columns(model: type[Base]) -> tuple[tuple[tuple[str, str], ...], Table]:
    pairs = tuple((key, column.name) for key, column in inspect(model).columns.items())
    return pairs, table_of(model)


@cache
def _inserts(table: Table) -> Insert:
    return table.insert()


def is_sqlite() -> bool:
    """Whether the current app's database is SQLite."""
    return bool(db.engine.dialect.name == "sqlite")


def release() -> None:
    """Give the connection back before something slow. Objects stay readable; nothing is written.

    Not inside a unit: there it would split what belongs together.
    """
    if _unit.get() is not None:
        raise RuntimeError("release() inside a unit of work")
    db.session.commit()


def forget() -> None:
    """Roll back what is open; never raises, also where the connection itself is broken."""
    try:
        db.session.rollback()
    except Exception:
        db.session().invalidate()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """All of it or nothing. Commits on leaving, rolls back on any exception; nested units join.

    What was read before is read again on first use, so that nobody decides on old state. Raises
    `Unavailable` when the database cannot be written to in time.
    """
    if _unit.get() is not None:
        yield
        return
    release()
    unit = _Unit()
    try:
        with _turn_to_write(), _committed(unit):
            yield
    except (OperationalError, line.Lost) as error:
        why = error.orig if isinstance(error, OperationalError) else error.__cause__
        writable.refused(why)
        db.session.expire_all()  # what it holds may never have been written
        log.warning("the database cannot be written to", extra={"why": str(why)})
        raise Unavailable("unavailable.not_saved", retry_after=5) from error
    commits.counted()
    writable.accepted()
    for follow_up in unit.after:
        follow_up()


def _turn_to_write() -> AbstractContextManager[None]:
    """On SQLite, one's place in the line of writers, up to the commit that several may share."""
    # what it costs to wait in SQLite's own busy handler: docs/performance.md
    pool = db.engine.pool
    return pool.line.turn() if isinstance(pool, sqlite.Pool) else nullcontext()


@contextmanager
def _committed(unit: _Unit) -> Iterator[None]:
    token = _unit.set(unit)
    try:
        db.session.expire_all()
        db.session.connection()  # BEGIN now, so that the lock is held before the first read
        yield
        while unit.before:
            unit.before.pop(next(iter(unit.before)))()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _unit.reset(token)


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the outermost unit is committed, and never if it is rolled back."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("after_commit() outside a unit of work")
    unit.after.append(call)


def before_commit(key: Hashable, call: Callable[[], None]) -> None:
    """Run `call` at the end of the outermost unit, inside it; once for each key, however often it is
    asked for."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("before_commit() outside a unit of work")
    unit.before.setdefault(key, call)
