"""The database: handle, column types, the unit of work. The only place that commits."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CursorResult,
    Engine,
    Executable,
    Insert,
    Select,
    Table,
    UpdateBase,
    event,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.attributes import set_committed_value

from .errors import Unavailable
from .writing import commits, line, postgres, sqlite, statements, writable
from .writing.line import patience
from .writing.objects import attached, key_of, made
from .writing.ready import Found, ready
from .writing.statements import table_of
from .writing.tables import Among, Base, Json, NextId, UtcTime, from_micros, micros
from .writing.unit import Unit, after_commit, before_commit, in_hand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

log = logging.getLogger(__name__)

__all__ = [
    "Among",
    "Base",
    "IntegrityError",
    "Json",
    "NextId",
    "UtcTime",
    "after_commit",
    "before_commit",
    "changed",
    "db",
    "execute",
    "forget",
    "from_micros",
    "get",
    "insert",
    "insert_all",
    "insert_first",
    "insert_row",
    "insert_rows",
    "load",
    "made",
    "micros",
    "patience",
    "release",
    "table_of",
    "taken",
    "unit_of_work",
    "whole",
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


Row = TypeVar("Row", bound=Base)


def insert(row: Row) -> Row:
    """Insert one row immediately and add it to the session as if it had been loaded.

    Uses Core, at a third of the cost of `add` and `flush`. Only for rows without relationships to
    follow, and only in a unit.
    """
    names, table = statements.columns(type(row))
    stored = _write(table, _given(row, names))
    row.__dict__.update({key: stored.get(name) for key, name in names})
    return attached(db.session(), row)


def insert_all(rows: Sequence[Row]) -> None:
    """Like `insert`, for several rows of one model with the same columns set; ids are in order."""
    if len(rows) <= 1:
        for row in rows:
            insert(row)
        return
    names, table = statements.columns(type(rows[0]))
    given = [_given(row, names) for row in rows]
    written = execute(table.insert().returning(table, sort_by_parameter_order=True), given).all()
    for row, stored in zip(rows, written, strict=True):
        for key, name in names:
            row.__dict__[key] = stored._mapping[name]
        attached(db.session(), row)


def insert_row(model: type[Base], **values: Any) -> Any:
    """Insert one row that this unit does not read; returns the first column of its primary key."""
    table = table_of(model)
    return _write(table, values)[next(iter(table.primary_key)).name]


def insert_first(model: type[Base], **values: Any) -> bool:
    """Insert one row unless its key exists; returns whether it was inserted. Of two concurrent
    attempts, the second waits until the first commits or rolls back."""
    return execute(statements.firsts(table_of(model), db.engine.dialect.name), values).rowcount == 1


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> list[Any]:
    """Like `insert_row`, for several rows; keys follow their order. Returns the keys."""
    if len(rows) <= 1:
        return [insert_row(model, **row) for row in rows]
    table = table_of(model)
    key = next(iter(table.primary_key))
    written = execute(table.insert().returning(key, sort_by_parameter_order=True), rows)
    return [row[0] for row in written]


def load(model: type[Row], statement: Select[Any], values: dict[str, Any]) -> Row | None:
    """The first row of a `whole(model)` statement as an object of the session, at a third of the
    cost of `scalar`. Attributes that the session has loaded and not expired stay unchanged."""
    return _held(model, execute(statement, values).first(), anew=False)


def get(model: type[Row], statement: Select[Any], key: int) -> Row | None:
    """The row with this `id` from the session, else by `statement` (`whole(model)` by `:id`)."""
    held: Row | None = db.session.identity_map.get(key_of(model, key))
    if held is not None and not inspect(held).expired:
        return held
    return load(model, statement, {"id": key})


def taken(model: type[Row], found: Any, *, anew: bool = True) -> Row | None:
    """A result row of a `whole(model)` statement as an object of the session; None stays None. With
    `anew` it overwrites loaded attributes, else only those not loaded or expired are set."""
    return _held(model, found, anew=anew)


def _held(model: type[Row], found: Any, *, anew: bool) -> Row | None:
    if found is None:
        return None
    held: Row | None = db.session.identity_map.get(key_of(model, found[0]))
    if held is None:
        return attached(db.session(), made(model, **dict(zip(found._fields, found, strict=True))))
    for name, value in zip(found._fields, found, strict=True):
        if anew or name not in held.__dict__:
            set_committed_value(held, name, value)
    return held


def whole(model: type[Base]) -> Select[Any]:
    """A SELECT of all columns of a model that `load` needs, `id` first."""
    names = inspect(model).column_attrs
    ordered = sorted(names, key=lambda each: each.key != "id")
    return select(*(each.columns[0].label(each.key) for each in ordered))


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
    return cast("Found", connection.execute(statement, values))


def _read(statement: Select[Any], values: Any) -> Found:
    """Run a query by itself, without the session's transaction, which costs twice the query."""
    with db.engine.connect() as connection:
        compiled = ready(statement, connection.dialect, tuple(values))
        if compiled is not None:
            return compiled.run(connection, values, in_unit=False)
        return cast("Found", connection.execute(statement, values).freeze()())


def changed(statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE through the session; returns the number of matched rows."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def _write(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Insert one row; returns all its values, including the primary key."""
    statements.fill(table, values)
    if statements.keys(table) <= values.keys():
        execute(statements.plain(table), values)
        return values
    key = execute(statements.inserts(table), values).one()
    return {**values, **key._asdict()}


def _given(row: Base, names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {name: row.__dict__[key] for key, name in names if key in row.__dict__}


def is_sqlite() -> bool:
    """Whether the current app's database is SQLite."""
    return bool(db.engine.dialect.name == "sqlite")


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
        writable.refused(why)
        db.session.expire_all()  # its objects may never have been written
        log.warning("the database cannot be written to", extra={"why": str(why)})
        raise Unavailable("unavailable.not_saved", retry_after=5) from error
    commits.counted()
    writable.accepted()
    for follow_up in unit.after:
        follow_up()


def _turn_to_write() -> AbstractContextManager[None]:
    """On SQLite, a place in the queue of writers until the commit, which several may share."""
    # docs/performance.md says what waiting in SQLite's own busy handler costs
    pool = db.engine.pool
    return pool.line.turn() if isinstance(pool, sqlite.Pool) else nullcontext()


@contextmanager
def _committed(unit: Unit, keeping: bool) -> Iterator[None]:
    token = in_hand.set(unit)
    try:
        if not keeping:
            db.session.expire_all()
        unit.connection = (
            db.session.connection()
        )  # BEGIN now, so that the lock is held before the first read
        yield
        while unit.before:
            unit.before.pop(next(iter(unit.before)))()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        in_hand.reset(token)
