"""Rows as objects of a session, without what the ORM does for objects it knows nothing about."""

from __future__ import annotations

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


def attached(session: Session, row: Row) -> Row:
    """A row with its primary key, in the session as if it had been loaded. Unlike `Session.add`, it
    looks for no related objects: there are none."""
    state = instance_state(row)
    if state.modified or len(row.__dict__) <= len(state.mapper.column_attrs):
        make_transient_to_detached(row)  # also forgets changes, and expires missing columns
    else:
        state.key = state.mapper._identity_key_from_state(state)
    session._save_or_update_impl(state)
    return row
