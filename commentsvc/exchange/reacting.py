"""Reactions in our own records: counts by kind, who chose which, and storing those to pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..core.db import db
from ..core.errors import Invalid
from ..core.rows import insert_each
from ..sites.policy import NAMED_REACTIONS
from ..threads.models import Thread, ThreadReaction
from ..threads.reactions import EMOJI, pages
from .importing import values

if TYPE_CHECKING:
    from collections.abc import Collection

    from .importing.people import People
    from .records import ThreadRecord

_REACTIONS = EMOJI.keys() - {"like"}


def reactions(value: Any) -> dict[str, int]:
    """kind -> people. Raises `Invalid` for anything but an object."""
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    return {kind: values.count(each) for kind, each in value.items() if kind in _REACTIONS}


def reacted_by(value: Any) -> dict[str, str]:
    """person -> kind, of reactions to a comment other than likes. Raises like `reactions`."""
    return {name: kind for name, kind in _chosen(value).items() if kind in _REACTIONS}


def reacted_to_page(value: Any) -> dict[str, str]:
    """person -> kind, of reactions to a page. Raises like `reactions`."""
    return {name: kind for name, kind in _chosen(value).items() if kind in NAMED_REACTIONS}


def _chosen(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    chosen = {values.identifier(name): str(kind) for name, kind in value.items()}
    return {name: kind for name, kind in chosen.items() if name}


def write_page_reactions(people: People, thread: Thread, record: ThreadRecord) -> None:
    """Store who reacted to the page of this new thread. Inside its unit."""
    known = people.own(record.reacted_by) if record.reacted_by else {}
    chosen = {known[each]: kind for each, kind in record.reacted_by.items() if each in known}
    if not chosen:
        return
    columns = {"thread_id": thread.id, "created_at": thread.created_at}
    rows = [{**columns, "user_id": each, "kind": chosen[each]} for each in sorted(chosen)]
    insert_each(ThreadReaction, rows)
    pages.count(thread.id)


def remove_page_reactions(thread_ids: Collection[int]) -> None:
    """Remove what `write_page_reactions` stored for these threads; those that readers have given
    since stay. Inside a unit."""
    home = func.coalesce(ThreadReaction.home_id, ThreadReaction.thread_id)
    rows = db.session.execute(
        select(ThreadReaction.thread_id, ThreadReaction.user_id)
        .join(Thread, Thread.id == home)
        .where(home.in_(thread_ids), ThreadReaction.created_at == Thread.created_at)
    ).all()
    for thread_id in sorted({row.thread_id for row in rows}):
        people = [row.user_id for row in rows if row.thread_id == thread_id]
        pages.take_back(thread_id, people)
