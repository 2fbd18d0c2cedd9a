"""Filling a whole database: indexes and references are built after the rows, all at once, which
takes a fraction of the time. In the same transaction, so that a failure leaves everything as it was."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .damage import damage_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_MEMORY_KB = 65_536  # for SQLite's pages while a database is filled
_SEARCH_BYTES, _USUAL_SEARCH_BYTES = (
    16 << 20,
    1 << 20,
)  # that a search index collects; FTS5's default

_SQLITE = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master"
    " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
)
_SEARCH = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
# Only what this role owns; others are filled as they are. References first: they need indexes.
_POSTGRES = """
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname)
         || ' ' || pg_get_constraintdef(c.oid), t.relname
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
   AND pg_has_role(t.relowner, 'USAGE')
UNION ALL
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), t.relname
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
 WHERE t.relnamespace = current_schema()::regnamespace AND pg_has_role(t.relowner, 'USAGE')
   AND t.relkind = 'r'
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


@contextmanager
def hurried(connection: Connection) -> Iterator[None]:
    """Inside, rows are inserted without indexes; at the end, these are built. Raises `Invalid` if
    the rows do not fit together."""
    if connection.dialect.name == "postgresql":
        again = _drop_on_postgres(connection)
        yield
        _build(connection, again)
        return
    ask = connection.exec_driver_sql
    usual = ask("PRAGMA cache_size").scalar()
    ask(f"PRAGMA cache_size=-{_MEMORY_KB}")
    try:
        again = _drop_on_sqlite(connection)
        yield
        _build(connection, again)
    finally:
        ask(f"PRAGMA cache_size={usual}")


def _build(connection: Connection, again: list[tuple[str, str]]) -> None:
    for table, statement in again:
        with damage_told(table):
            connection.exec_driver_sql(statement)


def _drop_on_sqlite(connection: Connection) -> list[tuple[str, str]]:
    """Returns (table, statement that builds what was dropped). Triggers go too, if they only fill a
    search index."""
    ask = connection.exec_driver_sql
    search = [f"{row[0]}" for row in ask(_SEARCH)]
    again = [(name, statement) for name in search for statement in _rebuilt(name)]
    for kind, name, table, statement in ask(_SQLITE).all():
        if kind == "index" or name.startswith(tuple(f"{each}_" for each in search)):
            ask(f'DROP {kind} "{name}"')
            again.append((table, statement))
    return again


def _rebuilt(index: str) -> tuple[str, ...]:
    """Statements that fill a search index. With more memory, it writes fewer pieces to merge."""
    size = f"INSERT INTO {index}({index}, rank) VALUES ('hashsize', %d)"
    rebuild = f"INSERT INTO {index}({index}) VALUES ('rebuild')"
    return size % _SEARCH_BYTES, rebuild, size % _USUAL_SEARCH_BYTES


def _drop_on_postgres(connection: Connection) -> list[tuple[str, str]]:
    ask = connection.exec_driver_sql
    ask(f"SET LOCAL maintenance_work_mem = '{_MEMORY_KB * 4}kB'")
    again = []
    for drop, statement, table in ask(_POSTGRES).all():
        ask(drop)
        again.append((table, statement.replace("%", "%%")))  # no parameter
    return again[::-1]  # indexes first
