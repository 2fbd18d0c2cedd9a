"""One row in every table of a database, made from its columns' definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, MetaData, String, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

Filled = dict[str, dict[str, Any]]  # table -> its row


def tables(connection: Connection, known: Known | None = None) -> list[Table]:
    """The tables with rows of ours, referenced ones first. Those that are `known` and unchanged are not
    reflected again."""
    known = Known() if known is None else known
    said = _described(connection)
    for name in [name for name in known.metadata.tables if known.said.get(name) != said.get(name)]:
        known.metadata.remove(known.metadata.tables[name])
    new = said.keys() - known.metadata.tables.keys()
    known.metadata.reflect(connection, only=lambda name, _: name in new)
    known.said = said
    return [each for each in known.metadata.sorted_tables if each.name != "alembic_version"]


@dataclass
class Known:
    """The tables of a database when it was last reflected, and the definition of each."""

    metadata: MetaData = field(default_factory=MetaData)
    said: dict[str, str] = field(default_factory=dict)


#: Each engine's query for table definitions, as text that changes with any of them.
_DESCRIBED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
    "postgresql": """
        SELECT relname, concat(
            (SELECT string_agg(attribute::text, ' ' ORDER BY attnum)
             FROM pg_attribute AS attribute WHERE attrelid = pg_class.oid),
            (SELECT string_agg(pg_get_constraintdef(oid), ' ' ORDER BY conname)
             FROM pg_constraint WHERE conrelid = pg_class.oid))
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace""",
}


def _described(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(_DESCRIBED[connection.dialect.name])
    return {name: said for name, said in rows if "_search" not in name and name[:7] != "sqlite_"}


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
