"""The rows of a table as lines of JSON and back, many at a time and by the driver itself: building
statements and rows in SQLAlchemy would take longer than everything else."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import JSON, Boolean, select
from sqlalchemy.exc import DBAPIError

from ..writing.tables import dumped, loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO, Protocol

    from sqlalchemy import Connection, Table

    class Digest(Protocol):
        """A hash that is being computed."""

        def update(self, data: bytes, /) -> None:
            """Add these bytes."""


_AT_ONCE = 1000  # rows read from the database
_PIECE = 1 << 20  # bytes read from a file
MAX_LINE = 64 << 20  # bytes of a line, and of the manifest
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE

_TRUTHS = (True, False, None)

Row = dict[str, Any]


def lines_of(connection: Connection, table: Table) -> Iterator[tuple[bytes, int]]:
    """(lines, how many) until all rows are read, in key order: each a JSON object with sorted
    keys."""
    statement = select(table).order_by(*table.primary_key.columns)
    asked = f"{statement.compile(dialect=connection.dialect)}"
    found = connection.execution_options(yield_per=_AT_ONCE).exec_driver_sql(asked)
    names = [f"{column.name}" for column in table.columns]  # plain strings, for the encoder
    reads = _reads(connection, table, found.cursor.description if found.cursor else ())
    for part in found.partitions(_AT_ONCE):
        lines = []
        for (
            row
        ) in part:  # one at a time: many dictionaries at once would busy the garbage collector
            facts = dict(zip(names, row, strict=True))
            for name, read in reads:
                if facts[name] is not None:
                    facts[name] = read(facts[name])
            lines.append(orjson.dumps(facts, option=_SORTED))
        yield b"".join(lines), len(lines)


def _reads(
    connection: Connection, table: Table, described: Sequence[Any]
) -> list[tuple[str, Callable[[Any], Any]]]:
    """The columns whose values the driver gives in another form, and the conversion of one."""
    dialect, found = connection.dialect, list[tuple[str, Callable[[Any], Any]]]()
    for column, each in zip(table.columns, described, strict=True):
        kind = column.type
        read = kind.dialect_impl(dialect).result_processor(dialect, each[1])
        if read is not None:  # without SQLAlchemy's steps around these two
            plain = (
                bool if isinstance(kind, Boolean) else loaded if isinstance(kind, JSON) else read
            )
            found.append((f"{column.name}", plain))
    return found


def batches(file: IO[bytes], digest: Digest) -> Iterator[list[bytes]]:
    """The lines of a file, about a megabyte at a time. Raises `ValueError` for an endless line."""
    begun = b""
    while piece := file.read(_PIECE):
        digest.update(piece)
        *whole, begun = (begun + piece).split(b"\n")
        if whole:
            yield whole
        if len(begun) > MAX_LINE:
            raise ValueError("a line is too long")
    if begun:
        yield [begun]


class Filler:
    """Inserts rows into one table; all must have the same columns as the first one."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection, self._table = connection, table
        self._names: list[str] = []
        self._writes: list[tuple[str, Callable[[Any], Any]]] = []
        self._truths: list[str] = []
        self._taken: Callable[[Row], tuple[Any, ...]] = tuple

    def fill(self, rows: Iterable[Row]) -> int:
        """Insert them; returns how many. Raises `ValueError`, `KeyError` or SQLAlchemy's errors for
        what does not fit."""
        values = [self._values(row) for row in rows]
        if self._connection.dialect.name == "postgresql":
            self._copy(values)
        else:
            marks = ", ".join("?" for _ in self._names)
            self._connection.exec_driver_sql(f"INSERT INTO {self._into()} VALUES ({marks})", values)
        return len(values)

    def _values(self, row: Row) -> tuple[Any, ...]:
        if not self._names:
            self._know(list(row))
        for name in self._truths:
            if row[name] not in _TRUTHS:
                raise ValueError(f"{name} is neither true nor false")
        for name, write in self._writes:
            if row[name] is not None:
                row[name] = write(row[name])
        if len(row) != len(self._names):
            raise ValueError("rows have different columns")
        return self._taken(row)

    def _know(self, names: list[str]) -> None:
        dialect = self._connection.dialect
        for name in names:  # raises `KeyError` for a column that is not in the table
            kind = self._table.columns[name].type
            if isinstance(kind, JSON):
                self._writes.append((name, dumped))
            elif isinstance(kind, Boolean):
                self._truths.append(name)
            elif write := kind.dialect_impl(dialect).bind_processor(dialect):
                self._writes.append((name, write))
        self._names = names
        first = itemgetter(*names)
        self._taken = first if len(names) > 1 else lambda row: (first(row),)

    def _into(self) -> str:
        quoted = self._connection.dialect.identifier_preparer
        columns = ", ".join(map(quoted.quote, self._names))
        return f"{quoted.format_table(self._table)} ({columns})"

    def _copy(self, values: list[Any]) -> None:
        """PostgreSQL's own way for many rows."""
        driver: Any = self._connection.connection.dbapi_connection
        asked, dialect = f"COPY {self._into()} FROM STDIN", self._connection.dialect
        errors = dialect.loaded_dbapi.Error
        try:
            with driver.cursor() as cursor, cursor.copy(asked) as copy:
                for row in values:
                    copy.write_row(row)
        except errors as error:
            raise DBAPIError.instance(asked, None, error, errors, dialect=dialect) from error
