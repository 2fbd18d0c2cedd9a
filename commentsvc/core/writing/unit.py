"""The unit of work in hand, and what is to be done at its end."""

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
    """What is to be done at the end of a unit and which rows it holds; for each savepoint, what that was
    before it."""

    connection: Connection | None = None
    before: _Before = field(default_factory=dict)
    held: set[Hashable] = field(default_factory=set)
    after: list[Callable[[], None]] = field(default_factory=list)
    savepoints: WeakKeyDictionary[SessionTransaction, tuple[_Before, int, set[Hashable]]] = field(
        default_factory=WeakKeyDictionary
    )


in_hand: ContextVar[Unit | None] = ContextVar("unit", default=None)


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the outermost unit is committed, and never if it, or the savepoint in which this
    is asked, is rolled back."""
    unit = in_hand.get()
    if unit is None:
        raise RuntimeError("after_commit() outside a unit of work")
    unit.after.append(call)


def before_commit(key: Hashable, call: Callable[[], None]) -> None:
    """Run `call` at the end of the outermost unit, inside it; once for each key, however often it is
    asked for. Not if the savepoint in which this is asked is rolled back."""
    unit = in_hand.get()
    if unit is None:
        raise RuntimeError("before_commit() outside a unit of work")
    unit.before.setdefault(key, call)


def held_here() -> set[Hashable]:
    """The rows that the unit in hand is known to hold until its end; who holds another adds it. What a
    savepoint took is let go with it."""
    unit = in_hand.get()
    return unit.held if unit is not None else set()


def is_last() -> bool:
    """Whether nothing more is to be done before this unit's commit. For what `before_commit` runs: whoever
    takes a lock that all units want takes it when no other lock is to be waited for."""
    unit = in_hand.get()
    return unit is not None and not unit.before


@event.listens_for(Session, "after_transaction_create")
def _note_savepoint(session: Session, transaction: SessionTransaction) -> None:
    unit = in_hand.get()
    if unit is not None and transaction.nested:
        unit.savepoints[transaction] = dict(unit.before), len(unit.after), set(unit.held)
        session.connection()  # SAVEPOINT now: what is written by Core goes past the session


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_is_undone(_session: Session, transaction: SessionTransaction) -> None:
    while not transaction.nested and transaction.parent is not None:
        transaction = transaction.parent  # a flush that fails takes the savepoint around it along
    unit = in_hand.get()
    if unit is not None and transaction in unit.savepoints:
        before, asked, held = unit.savepoints[transaction]
        unit.before, unit.held = dict(before), set(held)
        del unit.after[asked:]
