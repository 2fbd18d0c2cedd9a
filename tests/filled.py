"""One row in every table of a database, made from its columns' definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, MetaData, String, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

Filled = dict[str, dict[str, Any]]  # table -> its row


def tables(connection: Connection) -> list[Table]:
    """The tables with rows of ours, referenced ones first."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: "_search" not in name)
    return [each for each in found.sorted_tables if each.name != "alembic_version"]


def fill(
    connection: Connection,
    number: int,
    *,
    text: Callable[[str], str] = lambda name: f"{name} text",
    only: Iterable[str] | None = None,
    given: dict[str, dict[str, Any]] | None = None,
    known: Known | None = None,
) -> Filled:
    """Add row `number` to each table. A reference points to the other table's row of the same
    number; texts are `text` of `table.column`, in JSON too; `given` overrides some."""
    rows: Filled = {}
    for table in tables(connection, known):
        if only is not None and table.name not in only:
            continue
        row = {
            column.name: _value(column, number, text(f"{table.name}.{column.name}"), rows)
            for column in table.columns
        }
        row |= {
            name: value
            for name, value in (given or {}).get(table.name, {}).items()
            if name in table.columns
        }
        connection.execute(table.insert().values(row))
        rows[table.name] = row
    return rows


def _value(column: Any, number: int, text: str, rows: Filled) -> Any:
    if column.foreign_keys:
        other = next(iter(column.foreign_keys)).column
        if other.table.name in rows:
            return rows[other.table.name][other.name]
        return None if column.nullable else number
    if isinstance(column.type, Boolean):
        return number % 2 == 1
    if isinstance(column.type, JSON):
        return {"text": f"{text} {number}"}
    if isinstance(column.type, String):
        most = column.type.length or 1000
        said = f"{text} {number}"
        tail = f"{number}"
        return said if len(said) <= most else f"{said[: most - len(tail)]}{tail}"
    if isinstance(column.type, LargeBinary):
        return f"{text} {number}".encode()
    if isinstance(column.type, Integer) and column.primary_key:
        return number
    return number if isinstance(column.type, Integer) else 0
