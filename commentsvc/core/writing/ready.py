"""Core statements compiled once instead of at each call: their SQL, and the conversion of values.

SQLAlchemy's overhead is twenty times the driver's call: parameters, a context and a result that
nobody uses (docs/performance.md). So the statements for every comment run through here. They are
still written in Core, and column types still convert their values.
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Executable
    from sqlalchemy.engine import Dialect


_AS_IT_IS = nullcontext()
_MOST_VALUES = 30_000  # in one statement; SQLite takes 32,766


class Found:
    """The result of a statement: named rows, or how many rows it matched."""

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """All rows."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def one(self) -> Any:
        """The only row."""
        (row,) = self._rows
        return row


@lru_cache(maxsize=512)
def ready(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> Ready | None:
    """The statement compiled for these parameters; None if its text depends on their values."""
    made: Any = statement
    compiled = made.compile(dialect=dialect, column_keys=names)
    if compiled.post_compile_params - compiled.literal_execute_params:
        return None
    if compiled.literal_execute_params:  # constants that belong in the text
        options = {"render_postcompile": True}
        made = made.params(dict.fromkeys(names))
        compiled = made.compile(dialect=dialect, column_keys=names, compile_kwargs=options)
    return Ready(compiled, dialect)


class Ready:
    """A statement in the form that the driver takes."""

    def __init__(self, compiled: Any, dialect: Dialect) -> None:
        self._text: str = compiled.string
        self._by_place: bool = compiled.positional
        binds = compiled.binds
        used = compiled.positiontup if compiled.positional else compiled.bind_names.values()
        self._own = {name: binds[name].value for name in used if not binds[name].required}
        self._values = [
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in used
        ]
        self._dialect: Any = dialect
        self._errors: type[Exception] = self._dialect.loaded_dbapi.Error
        self._columns = list(getattr(compiled.statement, "exported_columns", ()))
        self._row: Any = None
        self._reads: list[tuple[int, Any]] = []

    def run(self, connection: Connection, given: dict[str, Any], *, in_unit: bool = True) -> Found:
        """Run it. On PostgreSQL, a read outside a unit needs no transaction."""
        given = {**self._own, **given}
        values = self._taken(
            [write(given[name]) if write else given[name] for name, write in self._values]
        )
        driver = connection.connection.dbapi_connection
        by_itself = not in_unit and postgres.is_idle(driver)
        with postgres.alone(driver) if by_itself else _AS_IT_IS:
            cursor = self._asked(connection, values)
        if self._row is None and not self._know(cursor):
            count = cursor.rowcount
            cursor.close()
            return Found([], count)
        rows = cursor.fetchall()
        cursor.close()
        return Found([self._read(row) for row in rows], len(rows))

    def run_each(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Run it, an INSERT, for all these rows, without reading results. On SQLite, many rows share
        a statement: the search index writes what it has collected before each one. PostgreSQL
        copies them."""
        begin, mark, row_text = self._text.rpartition(" VALUES ")
        if not self._by_place:
            self._copy(connection, f"COPY {begin.removeprefix('INSERT INTO ')} FROM STDIN", rows)
            return
        most = _MOST_VALUES // len(self._values)
        for start in range(0, len(rows), most):
            values = list[Any]()
            for row in (some := rows[start : start + most]):
                values += self._written(row)
            text = f"{begin}{mark}{', '.join([row_text] * len(some))}"
            connection.exec_driver_sql(text, tuple(values))

    def _copy(self, connection: Connection, text: str, rows: Sequence[dict[str, Any]]) -> None:
        cursor: Any = connection.connection.cursor()
        try:
            with cursor.copy(text) as copy:
                for row in rows:
                    copy.write_row(self._written(row))
        except (self._errors, KeyboardInterrupt) as error:
            connection._handle_dbapi_exception(error, text, None, cursor, None)
        cursor.close()

    def _written(self, row: dict[str, Any]) -> list[Any]:
        return [write(row[name]) if write else row[name] for name, write in self._values]

    def _asked(self, connection: Connection, values: Any) -> Any:
        """Like `exec_driver_sql`, but without the objects it creates around the driver's call."""
        if connection.dispatch.before_cursor_execute:  # a listener counts or logs statements
            result: Any = connection.exec_driver_sql(self._text, values)
            return result.cursor if result.cursor is not None else result
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._text, values)
        except (self._errors, KeyboardInterrupt) as error:
            # detects a lost connection, and raises SQLAlchemy's own error
            connection._handle_dbapi_exception(error, self._text, values, cursor, None)
        return cursor

    def _know(self, cursor: Any) -> bool:
        """Whether the statement returns rows; notes their columns and conversions from the driver's
        description. Textual SQL names its columns itself."""
        described = getattr(cursor, "description", None)
        if described is None:
            return False
        self._reads = [
            (at, read)
            for at, each in enumerate(self._columns)
            if (kind := each.type.dialect_impl(self._dialect))
            and (read := kind.result_processor(self._dialect, described[at][1]))
        ]
        self._row = row_of([each.name for each in self._columns] or [each[0] for each in described])
        return True

    def _taken(self, values: list[Any]) -> tuple[Any, ...] | dict[str, Any]:
        if self._by_place:
            return tuple(values)
        return {name: value for (name, _), value in zip(self._values, values, strict=True)}

    def _read(self, row: Sequence[Any]) -> Any:
        if not self._reads:
            return self._row(*row)
        values = list(row)
        for at, read in self._reads:
            values[at] = read(values[at])
        return self._row(*values)


@lru_cache(maxsize=512)
def _of(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


def row_of(names: list[str]) -> Any:
    """The row class with columns of these names."""
    return _of(tuple(names))
