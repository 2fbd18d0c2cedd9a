"""The current unit of work, and the callbacks at its end."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Connection

    _Before = dict[Hashable, Callable[[], None]]


@dataclass
class Unit:
    """The callbacks at the end of a unit and the rows it has locked; for each savepoint, the same
    as they were before it."""

    connection: Connection | None = None
    before: _Before = field(default_factory=dict)
    held: set[Hashable] = field(default_factory=set)
    after: list[Callable[[], None]] = field(default_factory=list)
    savepoints: WeakKeyDictionary[SessionTransaction, tuple[_Before, int, set[Hashable]]] = field(
        default_factory=WeakKeyDictionary
    )


in_hand: ContextVar[Unit | None] = ContextVar("unit", default=None)


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` after the outermost unit commits; not if it or the current savepoint fails."""
    unit = in_hand.get()
    if unit is None:
        raise RuntimeError("after_commit() outside a unit of work")
    unit.after.append(call)


def before_commit(key: Hashable, call: Callable[[], None]) -> None:
    """Run `call` at the end of the outermost unit, inside it, once per key however often it is
    requested. Not if the current savepoint is rolled back."""
    unit = in_hand.get()
    if unit is None:
        raise RuntimeError("before_commit() outside a unit of work")
    unit.before.setdefault(key, call)


def held_here() -> set[Hashable]:
    """The rows that the current unit is known to have locked until its end; add any that you lock.
    Rolling back a savepoint removes those locked in it."""
    unit = in_hand.get()
    return unit.held if unit is not None else set()


def is_last() -> bool:
    """Whether no more `before_commit` callbacks are left in this unit. For such callbacks: take a
    lock that all units need only when there is no other lock left to wait for."""
    unit = in_hand.get()
    return unit is not None and not unit.before


@event.listens_for(Session, "after_transaction_create")
def _note_savepoint(session: Session, transaction: SessionTransaction) -> None:
    unit = in_hand.get()
    if unit is not None and transaction.nested:
        unit.savepoints[transaction] = dict(unit.before), len(unit.after), set(unit.held)
        session.connection()  # SAVEPOINT now, because Core writes bypass the session


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_is_undone(_session: Session, transaction: SessionTransaction) -> None:
    while not transaction.nested and transaction.parent is not None:
        transaction = transaction.parent  # a failed flush also rolls back the savepoint around it
    unit = in_hand.get()
    if unit is not None and transaction in unit.savepoints:
        before, asked, held = unit.savepoints[transaction]
        unit.before, unit.held = dict(before), set(held)
        del unit.after[asked:]
