"""Inserts imported comments, many at once, with the status they had elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..core.db import db
from ..core.rows import insert_each, next_ids
from .models import Comment, Revision
from .recount import settle_above
from .revisions import Judged, Written, columns_of
from .status import count_on, lock, rank_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

IMPORTED = "imported"  # Comment.unscored of imported comments not scored yet


@dataclass(frozen=True)
class Text:
    """One text of a comment, and how it was judged."""

    text: str
    created_at: datetime
    judged: Judged = field(default_factory=Judged)


@dataclass(frozen=True)
class Place:
    """A comment to insert. `parent` is the key of a place in the same call, or a row's id and
    depth. `more` are columns of Comment."""

    key: str
    site_id: int
    thread_id: int
    author_id: int
    parent: str | tuple[int, int] | None
    status: str
    created_at: datetime
    texts: tuple[Text, ...]  # oldest first; at least one
    more: Mapping[str, Any] = field(default_factory=dict)


def place(places: Sequence[Place]) -> dict[str, int]:
    """Insert them and update all counts; returns their ids. Parents must precede their replies.
    Inside a unit.

    Nobody is notified and nothing is judged: all this was said and decided elsewhere.
    """
    db.session.flush()
    lock(*{each.thread_id for each in places})
    ids = next_ids(Comment, len(places))
    rows: dict[str, dict[str, Any]] = {}
    for number, each in zip(ids, places, strict=True):
        rows[each.key] = _row(number, each, rows)
    texts = _texts(places, rows)
    above = _settle(places, rows)
    insert_each(Comment, list(rows.values()))
    insert_each(Revision, texts)
    settle_above(above)
    published = Counter({each.thread_id: 0 for each in places})
    published.update(each.thread_id for each in places if each.status == "published")
    for thread_id, more in sorted(published.items()):
        count_on(thread_id, more)
    db.session.expire_all()
    return {key: row["id"] for key, row in rows.items()}


def _row(number: int, each: Place, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    parent_id, depth = None, 0
    if isinstance(each.parent, str):
        above = rows[each.parent]
        parent_id, depth = above["id"], above["depth"] + 1
    elif each.parent is not None:
        parent_id, depth = each.parent[0], each.parent[1] + 1
    return {
        "id": number,
        "site_id": each.site_id,
        "thread_id": each.thread_id,
        "author_id": each.author_id,
        "parent_id": parent_id,
        "depth": depth,
        "status": each.status,
        "created_at": each.created_at,
        "published_at": each.created_at if each.status == "published" else None,
        "likes_elsewhere": 0,
        "pinned": False,
        **each.more,
    }


def _texts(places: Sequence[Place], rows: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of all texts; the last one of each comment is current."""
    numbered = [(each, place, at) for place in places for at, each in enumerate(place.texts, 1)]
    made = []
    for key, (text, place, at) in zip(next_ids(Revision, len(numbered)), numbered, strict=True):
        row = rows[place.key]
        row["revision_id"] = key
        written = Written.of(text.text)
        columns = columns_of(row["id"], at, written, text.judged, moment=text.created_at)
        made.append({"id": key, **columns})
    return made


def _settle(places: Sequence[Place], rows: Mapping[str, dict[str, Any]]) -> set[int]:
    """Set the counts of the new places, deepest first; nobody else can have replied to or liked
    them yet. Returns their parents that existed before."""
    replies, above = Counter[int](), set[int]()
    for each in reversed(places):
        row = rows[each.key]
        many, likes = replies[row["id"]], row["likes_elsewhere"]
        row["shown"] = each.status == "published" or many > 0
        row["like_count"], row["reply_count"] = likes, many
        row["rank"] = rank_of(likes, many, pinned=row["pinned"])
        if row["parent_id"] is not None:
            replies[row["parent_id"]] += row["shown"]
        if isinstance(each.parent, tuple):
            above.add(each.parent[0])
    return above
