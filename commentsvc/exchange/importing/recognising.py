"""Whether a comment in a file is the one here with the same key, or another with the same number.

Small numbers are unique in one installation only: a second Isso or Artalk starts again at 1, and
its comments must not be skipped as "already here".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import db
from ...core.errors import Invalid
from ...threads import text as texts
from ...threads.models import Comment, Revision
from ..records import MAX_TEXT, OWN
from .arrange import own_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ..records import CommentRecord

_WORLDWIDE = 10  # characters from which on an ID is unique across installations


@dataclass(frozen=True)
class Here:
    """A comment in the database."""

    id: int
    depth: int
    thread_id: int
    created_at: datetime


Named = tuple[str, "CommentRecord", int]  # key, record, thread


def source_key(source: str, source_id: str) -> str:
    """The permanent key of an imported comment: `disqus:4711`."""
    key = f"{source}:{source_id}"
    if len(key) <= 200:
        return key
    return f"{source[:100]}:{hashlib.sha256(key.encode()).hexdigest()}"


def find(site_id: int, keys: Sequence[str]) -> dict[str, Here]:
    """The comments of the site with these keys."""
    columns = (Comment.id, Comment.depth, Comment.thread_id, Comment.created_at)
    rows = db.session.execute(
        select(Comment.source, *columns).where(Comment.site_id == site_id, Comment.source.in_(keys))
    )
    return {row.source: Here(*row[1:]) for row in rows}


def told_apart(records: Sequence[Named], here: Mapping[str, Here]) -> dict[str, str]:
    """Keys that belong to another comment here -> new keys for those in the file, the same each
    time it is read."""
    doubtful = [
        (key, each, here[key])
        for each in records
        if (key := each[0]) in here
        and each[1].source != OWN
        and len(each[1].source_id) < _WORLDWIDE
    ]
    said = {each[0]: each[1] for each in records}
    return {key: source_key(said[key].source, own_id(said[key])) for key in _others(doubtful)}


def known_formerly(
    site_id: int, records: Sequence[Named], here: Mapping[str, Here]
) -> dict[str, Here]:
    """Key -> the comment here under a name that an earlier version gave it."""
    formerly = {
        source_key(source, each[1].source_id): each
        for each in records
        if each[0] not in here and each[1].source != OWN
        for source in each[1].formerly
    }
    found = find(site_id, list(formerly)) if formerly else {}
    others = _others([(name, formerly[name], row) for name, row in found.items()])
    return {formerly[name][0]: row for name, row in found.items() if name not in others}


def _others(pairs: Sequence[tuple[str, Named, Here]]) -> set[str]:
    """The pairs that are two different comments: fewer than two of time, page and text agree."""
    doubtful = [pair for pair in pairs if _agreeing(pair) < 2]
    if not doubtful:
        return set()
    ids = [row.id for _, _, row in doubtful]
    said = {
        (row.comment_id, row.text)
        for row in db.session.execute(
            select(Revision.comment_id, Revision.text).where(Revision.comment_id.in_(ids))
        )
    }
    return {
        pair[0]
        for pair in doubtful
        if _agreeing(pair) + ((pair[2].id, readable(pair[1][1].text)) in said) < 2
    }


def _agreeing(pair: tuple[str, Named, Here]) -> int:
    _, (_, record, thread_id), row = pair
    return (record.created_at in (None, row.created_at)) + (thread_id == row.thread_id)


def readable(text: str) -> str:
    """A text as it is stored here; "" if nothing in it is visible."""
    for each in (text, texts.neutral(text)):
        try:
            return texts.clean(each, max_length=MAX_TEXT)
        except Invalid:
            continue
    return ""
