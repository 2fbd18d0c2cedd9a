"""What writes rows of a table, built once for each: its statements, and what they need to know of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Insert, Table, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

if TYPE_CHECKING:
    from .tables import Base


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements of Core."""
    return cast("Table", model.__table__)


@cache
def columns(model: type[Base]) -> tuple[tuple[tuple[str, str], ...], Table]:
    """The names of a model's columns in objects and in the table, and the table."""
    pairs = tuple((key, column.name) for key, column in inspect(model).columns.items())
    return pairs, table_of(model)


@cache
def inserts(table: Table) -> Insert:
    """One row, whose key the database makes and says."""
    return table.insert().returning(*table.primary_key)


@cache
def plain(table: Table) -> Insert:
    """One row whose key is known."""
    return table.insert().inline()


@cache
def firsts(table: Table, engine: str) -> Insert:
    """One row, unless there is one with its key."""
    of_engine = sqlite_insert if engine == "sqlite" else postgresql_insert
    return of_engine(table).on_conflict_do_nothing().inline()


@cache
def defaults(table: Table) -> tuple[tuple[str, Any], ...]:
    """The columns that have a value where none is given."""
    return tuple((each.name, each.default) for each in table.columns if each.default is not None)
