"""Fixes PostgreSQL's id sequences after rows were inserted with ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table


def set_sequences(connection: Connection, tables: Iterable[Table]) -> None:
    """On PostgreSQL, advance each sequence past the highest id; inserts with ids do not move it."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        columns = list(table.primary_key.columns)
        if len(columns) != 1 or not isinstance(columns[0].type.python_type(), int):
            continue
        sequence = connection.execute(
            select(func.pg_get_serial_sequence(f'"{table.name}"', columns[0].name))
        ).scalar()
        if sequence:
            highest = connection.execute(select(func.max(columns[0]))).scalar()
            connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))
