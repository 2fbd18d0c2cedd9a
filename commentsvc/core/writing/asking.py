"""Several queries in one statement: one round trip, compiled once."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, select, true

from ..db import execute
from .ready import row_of

if TYPE_CHECKING:
    from sqlalchemy import Select


class AtOnce:
    """Several SELECTs run as one. Each returns at most one row, whose first column is never NULL.
    Parameters with the same name have the same value in all of them."""

    def __init__(self, **parts: Select[Any]) -> None:
        asked: Any = select(literal_column("1").label("one")).subquery()
        columns: list[Any] = []
        self._parts = []
        for name, part in parts.items():
            found = part.subquery(name)
            asked = asked.outerjoin(found, true())
            places = slice(len(columns), len(columns) + len(found.c))
            self._parts.append((name, itemgetter(places), row_of([each.name for each in found.c])))
            columns += found.c
        labeled = (each.label(f"column_{number}") for number, each in enumerate(columns))
        self._statement = select(*labeled).select_from(asked)

    def ask(self, values: dict[str, Any]) -> dict[str, Any]:
        """The result of each query, by its name: a row, or None."""
        row = execute(self._statement, values).one()
        found = ((name, of(row), made) for name, of, made in self._parts)
        return {name: made(*part) if part[0] is not None else None for name, part, made in found}
