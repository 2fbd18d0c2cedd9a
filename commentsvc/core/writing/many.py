"""Many new rows at once: ids known in advance, and a single batch insert. In a unit only."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, func, select

from ..db import db, execute, is_sqlite
from . import statements
from .ready import ready
from .tables import NextId

if TYPE_CHECKING:
    from .tables import Base


def next_ids(model: type[Base], many: int) -> list[int]:
    """Ids for `many` rows about to be inserted, so that they can refer to each other."""
    table = statements.table_of(model).name
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
    table = statements.table_of(model)
    statements.fill(table, *rows)
    connection = db.session.connection()
    compiled = ready(statements.plain(table), connection.dialect, tuple(rows[0]))
    assert compiled is not None  # the text of an INSERT does not depend on its values
    compiled.run_each(connection, rows)
