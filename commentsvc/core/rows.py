"""Rows inserted and read with Core, for what happens with every comment or in large numbers.

The ORM takes three to four times as long: it looks for related objects and notes each change. These
functions do neither. The objects that they return are in the session all the same, as if loaded.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Insert, Select, Table, bindparam, func, inspect, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from .db import db, execute, is_sqlite
from .writing.ready import ready
from .writing.tables import Base, NextId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

Row = TypeVar("Row", bound=Base)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements."""
    return cast("Table", model.__table__)


# --- one at a time --------------------------------------------------------------------------------


def made(model: type[Row], **values: Any) -> Row:
    """A row to insert, at a fraction of the cost of calling the class: changes of its attributes
    are not noted one by one."""
    row = cast("Row", inspect(model).class_manager.new_instance())
    row.__dict__.update(values)
    return row


def insert(row: Row) -> Row:
    """Insert one row immediately and add it to the session as if it had been loaded.

    Uses Core, at a third of the cost of `add` and `flush`. Only for rows without relationships to
    follow, and only in a unit.
    """
    names, table = _columns(type(row))
    stored = _write(table, _given(row, names))
    row.__dict__.update({key: stored.get(name) for key, name in names})
    return _attached(db.session(), row)


def insert_all(rows: Sequence[Row]) -> None:
    """Like `insert`, for several rows of one model with the same columns set; ids are in order."""
    if len(rows) <= 1:
        for row in rows:
            insert(row)
        return
    names, table = _columns(type(rows[0]))
    given = [_given(row, names) for row in rows]
    written = execute(table.insert().returning(table, sort_by_parameter_order=True), given).all()
    for row, stored in zip(rows, written, strict=True):
        for key, name in names:
            row.__dict__[key] = stored._mapping[name]
        _attached(db.session(), row)


def insert_row(model: type[Base], **values: Any) -> Any:
    """Insert one row that this unit does not read; returns the first column of its primary key."""
    table = table_of(model)
    return _write(table, values)[next(iter(table.primary_key)).name]


def insert_first(model: type[Base], **values: Any) -> bool:
    """Insert one row unless its key exists; returns whether it was inserted. Of two concurrent
    attempts, the second waits until the first commits or rolls back."""
    return execute(_firsts(table_of(model), db.engine.dialect.name), values).rowcount == 1


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> list[Any]:
    """Like `insert_row`, for several rows; keys follow their order. Returns the keys."""
    if len(rows) <= 1:
        return [insert_row(model, **row) for row in rows]
    table = table_of(model)
    key = next(iter(table.primary_key))
    written = execute(table.insert().returning(key, sort_by_parameter_order=True), rows)
    return [row[0] for row in written]


# --- many at once ---------------------------------------------------------------------------------


def next_ids(model: type[Base], many: int) -> list[int]:
    """Ids for `many` rows about to be inserted, so that they can refer to each other."""
    table = table_of(model).name
    if is_sqlite():  # a unit on SQLite is the only writer
        first = execute(_next(table), {}).scalar()
        return list(range(first, first + many))
    return [row[0] for row in execute(_next_of_many(table), {"many": many})]


@cache
def _next(table: str) -> Select[Any]:
    return select(NextId(table).label("id"))


@cache
def _next_of_many(table: str) -> Select[Any]:
    return _next(table).select_from(func.generate_series(1, bindparam("many")))


def insert_each(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns set, at a quarter of the cost of `add` and `flush`."""
    if not rows:
        return
    table = table_of(model)
    _fill(table, *rows)
    connection = db.session.connection()
    compiled = ready(_plain(table), connection.dialect, tuple(rows[0]))
    assert compiled is not None  # the text of an INSERT does not depend on its values
    compiled.run_each(connection, rows)


# --- reading --------------------------------------------------------------------------------------


def whole(model: type[Base]) -> Select[Any]:
    """A SELECT of all columns of a model that `load` needs, `id` first."""
    names = inspect(model).column_attrs
    ordered = sorted(names, key=lambda each: each.key != "id")
    return select(*(each.columns[0].label(each.key) for each in ordered))


def load(model: type[Row], statement: Select[Any], values: dict[str, Any]) -> Row | None:
    """The first row of a `whole(model)` statement as an object of the session, at a third of the
    cost of `scalar`. Attributes that the session has loaded and not expired stay unchanged."""
    return taken(model, execute(statement, values).first(), anew=False)


def get(model: type[Row], statement: Select[Any], key: int) -> Row | None:
    """The row with this `id` from the session, else by `statement` (`whole(model)` by `:id`)."""
    held: Row | None = db.session.identity_map.get(_key_of(model, key))
    if held is not None and not inspect(held).expired:
        return held
    return load(model, statement, {"id": key})


def taken(model: type[Row], found: Any, *, anew: bool = True) -> Row | None:
    """A result row of a `whole(model)` statement as an object of the session; None stays None. With
    `anew` it overwrites loaded attributes, else only those not loaded or expired are set."""
    if found is None:
        return None
    held: Row | None = db.session.identity_map.get(_key_of(model, found[0]))
    if held is None:
        return _attached(db.session(), made(model, **dict(zip(found._fields, found, strict=True))))
    for name, value in zip(found._fields, found, strict=True):
        if anew or name not in held.__dict__:
            set_committed_value(held, name, value)
    return held


# --- what all of this is made of ------------------------------------------------------------------


def _write(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Insert one row; returns all its values, including the primary key."""
    _fill(table, values)
    if _keys(table) <= values.keys():
        execute(_plain(table), values)
        return values
    key = execute(_inserts(table), values).one()
    return {**values, **key._asdict()}


def _given(row: Base, names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {name: row.__dict__[key] for key, name in names if key in row.__dict__}


@cache
def _columns(model: type[Base]) -> tuple[tuple[tuple[str, str], ...], Table]:
    """(attribute, column name) for each column of a model, and its table."""
    pairs = tuple((key, column.name) for key, column in inspect(model).columns.items())
    return pairs, table_of(model)


@cache
def _inserts(table: Table) -> Insert:
    """Inserts one row and returns the primary key that the database generates."""
    return table.insert().returning(*table.primary_key)


@cache
def _plain(table: Table) -> Insert:
    """Inserts one row whose key is known."""
    return table.insert().inline()


@cache
def _firsts(table: Table, engine: str) -> Insert:
    """Inserts one row unless its key exists."""
    of_engine = sqlite_insert if engine == "sqlite" else postgresql_insert
    return of_engine(table).on_conflict_do_nothing().inline()


@cache
def _keys(table: Table) -> frozenset[str]:
    """The names of the columns of the primary key."""
    return frozenset(each.name for each in table.primary_key)


@cache
def _defaults(table: Table) -> tuple[tuple[str, Any, bool], ...]:
    """The columns with a default, the default, and whether it is a function."""
    usual = ((each.name, each.default) for each in table.columns if each.default is not None)
    return tuple((name, each.arg, each.is_callable) for name, each in usual)  # type: ignore[attr-defined]


def _fill(table: Table, *rows: dict[str, Any]) -> None:
    """Add the defaults of the columns that these rows leave out."""
    for name, usual, is_made in _defaults(table):
        for row in rows:
            if name not in row:
                row[name] = usual(None) if is_made else usual


@cache
def _identity(model: type[Base]) -> tuple[type[Any], tuple[str, ...]]:
    """What a session's keys of these rows begin with, and the attributes of the primary key."""
    mapper = inspect(model)
    keys = (mapper.get_property_by_column(each).key for each in mapper.primary_key)
    return mapper.class_, tuple(keys)


def _key_of(model: type[Base], row_id: int) -> Any:
    """The key in a session of the row with this `id`."""
    return _identity(model)[0], (row_id,), None


def _attached(session: Session, row: Row) -> Row:
    """A row with its primary key, in the session as if it had been loaded. Unlike `Session.add`, it
    looks for no related objects: there are none."""
    state = instance_state(row)
    if state.modified or len(row.__dict__) <= len(state.mapper.column_attrs):
        make_transient_to_detached(row)  # also forgets changes, and expires missing columns
    else:
        owner, names = _identity(type(row))
        state.key = owner, tuple(row.__dict__[each] for each in names), None
    session._save_or_update_impl(state)
    return row
