"""Rows as objects of a session, without what the ORM does for objects it knows nothing about."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state

from .tables import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Row = TypeVar("Row", bound=Base)


def made(model: type[Row], **values: Any) -> Row:
    """A row to insert, at a fraction of the cost of calling the class: changes of its attributes
    are not noted one by one."""
    row = cast("Row", inspect(model).class_manager.new_instance())
    row.__dict__.update(values)
    return row


@cache
def _identity(model: type[Base]) -> tuple[type[Any], tuple[str, ...]]:
    """What a session's keys of these rows begin with, and the attributes of the primary key."""
    mapper = inspect(model)
    keys = (mapper.get_property_by_column(each).key for each in mapper.primary_key)
    return mapper.class_, tuple(keys)


def key_of(model: type[Base], row_id: int) -> Any:
    """The key in a session of the row with this `id`."""
    return _identity(model)[0], (row_id,), None


def attached(session: Session, row: Row) -> Row:
    """A row with its primary key, in the session as if it had been loaded. Unlike `Session.add`, it
    looks for no related objects: there are none."""
    state = instance_state(row)
    if state.modified or len(row.__dict__) <= len(state.mapper.column_attrs):
        make_transient_to_detached(row)  # also forgets changes, and expires missing columns
    else:
        owner, names = _identity(type(row))
        state.key = owner, tuple(row.__dict__[each] for each in names), None
    session._save_or_update_impl(state)
    return row
