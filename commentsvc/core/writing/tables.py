"""What tables are made of: their base, and columns of moments and of JSON, alike on all engines."""

from __future__ import annotations

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
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970: sorts, compares and groups alike on all engines."""
    return (moment - _EPOCH) // _MICRO


def from_micros(value: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as whole microseconds in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        return value if value is None or isinstance(value, int) else micros(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else from_micros(value)


# None is NULL, never the JSON word null: so that IS NULL means what it says on both engines
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables; constraint names are spelled out so that migrations can name them."""

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
    """Several values of one kind as one: an array, or where there is none JSON."""

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


class Among(ColumnElement[bool]):
    """Whether a column is one of several values that are given as one, `name`: unlike that of IN, the text
    does not depend on how many they are. `given` are the values, unless they come with the statement."""

    type = Boolean()
    inherit_cache = False

    def __init__(self, column: Any, name: str, given: Sequence[Any] | None = None) -> None:
        self.column = column
        self.values: BindParameter[Any] = bindparam(
            name, given, _List(column.type), required=given is None
        )

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects

    def self_group(self, against: Any = None) -> Among:
        """As it is: `= 1` behind it would keep SQLite from using an index."""
        return self


@compiles(Among)
def _of_an_array(element: Among, compiler: Any, **given: Any) -> str:
    values = compiler.process(element.values, **given)
    return f"{compiler.process(element.column, **given)} = ANY({values})"


@compiles(Among, "sqlite")
def _of_json(element: Among, compiler: Any, **given: Any) -> str:
    values = compiler.process(element.values, **given)
    return f"{compiler.process(element.column, **given)} IN (SELECT value FROM json_each({values}))"


class NextId(ColumnElement[int]):
    """The id of a row of this table that is about to be written, in a unit: known ahead, it can be referred
    to at once."""

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
