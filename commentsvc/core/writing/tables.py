"""Building blocks of tables: the base class, and time and JSON columns alike on all engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Integer,
    MetaData,
    Text,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_FEW = 50  # values of a list that are parameters of their own


def micros(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970, which sorts and groups alike on all engines."""
    return (moment - _EPOCH) // _MICRO


def from_micros(value: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        return value if value is None or isinstance(value, int) else micros(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else from_micros(value)


def dumped(value: Any) -> str:
    """A value as the text of a JSON column, several times as fast as the standard library."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a large number, half a character, a type that only the library knows
        return json.dumps(value)


def loaded(text: str | bytes) -> Any:
    """The inverse of `dumped`; also reads what the standard library wrote."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # NaN
        return json.loads(text)


# None is stored as NULL, never as JSON null, so that IS NULL works on both engines
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of all models. Constraints have explicit names, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _List(TypeDecorator[list[Any]]):
    """Several values of one type as one parameter: an array, or on SQLite JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        is_sqlite = dialect.name == "sqlite"
        kind: TypeEngine[Any] = Text() if is_sqlite else ARRAY(self.item)
        return cast("TypeEngine[Any]", dialect.type_descriptor(kind))

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return orjson.dumps(list(value)).decode() if dialect.name == "sqlite" else list(value)

    def bind_processor(self, dialect: Any) -> Any:
        if dialect.name == "sqlite" or not isinstance(self.item, Integer):
            return super().bind_processor(dialect)
        # as text: the driver would write each number by itself, which takes 20 times as long
        return lambda values: f"{{{orjson.dumps(list(values))[1:-1].decode()}}}"


class Among(ColumnElement[bool]):
    """Whether a column is one of several values, passed as one parameter `name`: unlike with IN,
    the SQL does not depend on their number. `given`: the values, if not passed at execution. A
    statement with several lists names each, or none: each of those without a name has its own."""

    type = Boolean()
    inherit_cache = True
    #: What tells one statement from another: without it, each is compiled at each execution.
    _traverse_internals = [  # noqa: RUF012
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, name: str | None, given: Sequence[Any] | None = None) -> None:
        self.column = column
        self.values: BindParameter[Any] = bindparam(
            name, given, _List(column.type), required=given is None, unique=name is None
        )

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects

    def self_group(self, against: Any = None) -> Among:
        """Unchanged: appending `= 1` would keep SQLite from using an index."""
        return self


def any_of(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these values. Few are written one by one, so that an engine plans for
    them; hundreds take longer to write and to read than to look up."""
    if len(values) <= _FEW:
        few: ColumnElement[bool] = column.in_(values)
        return few
    return Among(column, None, list(values))


@compiles(Among)
def _of_an_array(element: Among, compiler: Any, **given: Any) -> str:
    values = compiler.process(element.values, **given)
    return f"{compiler.process(element.column, **given)} = ANY({values})"


@compiles(Among, "sqlite")
def _of_json(element: Among, compiler: Any, **given: Any) -> str:
    values = compiler.process(element.values, **given)
    return f"{compiler.process(element.column, **given)} IN (SELECT value FROM json_each({values}))"


class NextId(ColumnElement[int]):
    """The id of the next row of this table, known in advance for references. In a unit only."""

    type = Integer()
    inherit_cache = False

    def __init__(self, table: str) -> None:
        self.table = table


@compiles(NextId)
def _next_of_the_sequence(element: NextId, _compiler: Any, **_: Any) -> str:
    return f"nextval(pg_get_serial_sequence('\"{element.table}\"', 'id'))"


@compiles(NextId, "sqlite")
def _next_of_the_only_writer(element: NextId, _compiler: Any, **_: Any) -> str:
    return f'(SELECT coalesce(max(id), 0) + 1 FROM "{element.table}")'
