"""The INSERT statements of each table, built once, and the column data they need."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Insert, Table, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

if TYPE_CHECKING:
    from .tables import Base


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements."""
    return cast("Table", model.__table__)


@cache
def columns(model: type[Base]) -> tuple[tuple[tuple[str, str], ...], Table]:
    """(attribute, column name) for each column of a model, and its table."""
    pairs = tuple((key, column.name) for key, column in inspect(model).columns.items())
    return pairs, table_of(model)


@cache
def inserts(table: Table) -> Insert:
    """Inserts one row and returns the primary key that the database generates."""
    return table.insert().returning(*table.primary_key)


@cache
def plain(table: Table) -> Insert:
    """Inserts one row whose key is known."""
    return table.insert().inline()


@cache
def firsts(table: Table, engine: str) -> Insert:
    """Inserts one row unless its key exists."""
    of_engine = sqlite_insert if engine == "sqlite" else postgresql_insert
    return of_engine(table).on_conflict_do_nothing().inline()


@cache
def keys(table: Table) -> frozenset[str]:
    """The names of the columns of the primary key."""
    return frozenset(each.name for each in table.primary_key)


@cache
def _defaults(table: Table) -> tuple[tuple[str, Any, bool], ...]:
    """The columns with a default, the default, and whether it is a function."""
    usual = ((each.name, each.default) for each in table.columns if each.default is not None)
    return tuple((name, each.arg, each.is_callable) for name, each in usual)  # type: ignore[attr-defined]


def fill(table: Table, *rows: dict[str, Any]) -> None:
    """Add the defaults of the columns that these rows leave out."""
    for name, usual, is_made in _defaults(table):
        for row in rows:
            if name not in row:
                row[name] = usual(None) if is_made else usual
