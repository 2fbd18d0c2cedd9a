"""One unit's worth of comments: who is known already, who is new, and each new one put into its place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ...core.db import db
from ...core.errors import Invalid
from ...moderation.judging.urgency import urgency
from ...threads import text as texts
from ...threads.models import Comment
from ...threads.placing import Place, Text, place
from ..records import MAX_TEXT, OWN, CommentRecord, RevisionRecord
from .history import judged_of, write_history
from .people import Known, People, is_public_id, known_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ...sites.models import Site
    from .report import Report

BROUGHT_IN = "imported"  # Comment.unscored of what the job of jobs.py has still to score


@dataclass(frozen=True)
class _Here:
    """A comment that is in the database."""

    id: int
    depth: int
    thread_id: int


def source_key(source: str, source_id: str) -> str:
    """How a brought-in comment is known for ever: `disqus:4711`."""
    key = f"{source}:{source_id}"
    if len(key) <= 200:
        return key
    return f"{source[:100]}:{hashlib.sha256(key.encode()).hexdigest()}"


class Batch:
    """The comments of one unit. `store` puts in those that are new."""

    def __init__(
        self, site: Site, report: Report, people: People, now: datetime, *, queue: bool
    ) -> None:
        self._site, self._report, self._people, self._now = site, report, people, now
        self._queue = queue
        self._records: list[tuple[str, CommentRecord, int]] = []  # key, record, thread
        self._taken_ids: set[str] = set()
        self.homes: list[tuple[int, str]] = []
        self.to_score = False

    def add(self, record: CommentRecord, thread_id: int) -> None:
        """Take a comment of this thread (0: one that a dry run would make)."""
        self._records.append((source_key(record.source, record.source_id), record, thread_id))

    def store(self) -> None:
        """Put in what is not here yet, each after what it answers."""
        here = self._find()
        new = [each for each in self._records if each[0] not in here]
        authors = {each[0]: self._author(each[1]) for each in new}
        wanted = {authors[key]: record.author for key, record, _ in new}
        self._count(new)
        if self._report.dry_run:
            self._people.plan(wanted)
            return
        ids = self._people.make(wanted)
        places = [
            self._place(key, record, thread_id, ids[authors[key]], here)
            for key, record, thread_id in new
        ]
        made = place(places)
        said = [(made[key], record) for key, record, _ in new]
        self.homes = [(comment.id, record.home) for comment, record in said if record.home]
        write_history(self._people, [each for each in said if each[1].source == OWN])

    def _author(self, record: CommentRecord) -> Known:
        return known_as(self._site, record.source, record.author, record.thread_source_id)

    def _count(self, new: Iterable[tuple[str, CommentRecord, int]]) -> None:
        taken, many = self._report.taken, 0
        for _, record, _ in new:
            taken["comments"] += 1
            taken[record.status] += 1
            taken["replies"] += record.parent_source_id is not None
            many += 1
        taken["comments_known"] += len(self._records) - many

    # --- what is here ----------------------------------------------------------------------------

    def _find(self) -> dict[str, _Here]:
        """By key, which of these comments and of their parents are on the site."""
        keys: dict[str, str] = {}  # as it may be stored -> as it is called here
        own: dict[str, str] = {}
        for key, record, _ in self._records:
            keys[key] = key
            if record.origin:
                keys[record.origin] = key
            if record.parent_source_id:
                above = source_key(record.source, record.parent_source_id)
                keys[above] = above
            if record.source == OWN:
                for name in filter(None, (record.source_id, record.parent_source_id)):
                    own[name] = source_key(OWN, name)
        found: dict[str, _Here] = {}
        columns = (Comment.id, Comment.depth, Comment.thread_id)
        for row in db.session.execute(
            select(Comment.source, *columns).where(
                Comment.site_id == self._site.id, Comment.source.in_(keys)
            )
        ):
            found[keys[row.source]] = _Here(row.id, row.depth, row.thread_id)
        if own:
            self._find_own(own, found)
        return found

    def _find_own(self, own: dict[str, str], found: dict[str, _Here]) -> None:
        columns = (Comment.id, Comment.depth, Comment.thread_id)
        for row in db.session.execute(
            select(Comment.public_id, Comment.site_id, *columns).where(Comment.public_id.in_(own))
        ):
            if row.site_id == self._site.id:
                found.setdefault(own[row.public_id], _Here(row.id, row.depth, row.thread_id))
            else:
                self._taken_ids.add(row.public_id)

    # --- what is new -----------------------------------------------------------------------------

    def _place(
        self, key: str, record: CommentRecord, thread_id: int, author: int, here: dict[str, _Here]
    ) -> Place:
        moment = record.created_at or self._now
        given = _texts(record, moment)
        status: str = record.status
        if not given[-1].text and status != "withdrawn":
            status = "withdrawn"
            self._report.decided["no_text"] += 1
        return Place(
            key=key,
            site_id=self._site.id,
            thread_id=thread_id,
            author_id=author,
            parent=self._parent(record, thread_id, here),
            status=status,
            created_at=moment,
            texts=given,
            more=self._columns(key, record, status, moment, given[-1]),
        )

    def _parent(
        self, record: CommentRecord, thread_id: int, here: dict[str, _Here]
    ) -> str | tuple[int, int] | None:
        if not record.parent_source_id:
            return None
        key = source_key(record.source, record.parent_source_id)
        above = here.get(key)
        if above is None:
            return key  # new as well, and before its reply in the same file
        return (above.id, above.depth) if above.thread_id == thread_id else None

    def _columns(
        self, key: str, record: CommentRecord, status: str, moment: datetime, last: Text
    ) -> dict[str, Any]:
        own = record.source == OWN
        findings = (last.judged.verdict or {}).get("findings", ())
        needs_score = last.judged.scores is None and status != "withdrawn"
        unscored = (record.unscored or BROUGHT_IN)[:20] if needs_score else None
        self.to_score = self.to_score or unscored == BROUGHT_IN
        values: dict[str, Any] = {
            "source": record.origin if own else key,
            "edited_at": record.edited_at,
            "likes_elsewhere": max(record.likes - len(set(record.liked_by)), 0),
            "reviewed": record.reviewed if own else status == "rejected" or not self._queue,
            "unscored": unscored,
            "urgency": urgency(moment, findings),
            "featured": record.featured,
            "pinned": record.pinned,
        }
        if status == "pending":
            values["reviewed"] = False
        if own:
            values["published_at"] = record.published_at or (
                moment if status == "published" else None
            )
            if is_public_id(record.source_id) and record.source_id not in self._taken_ids:
                values["public_id"] = record.source_id
            else:
                values["source"] = record.origin or key
        return values


def _texts(record: CommentRecord, moment: datetime) -> tuple[Text, ...]:
    """The texts a comment has had, the one that counts last."""
    given = record.revisions
    if not given or given[-1].text != record.text:
        latest = record.edited_at or (given[-1].created_at if given else None) or moment
        given = (*given, RevisionRecord(record.text, latest if given else moment))
    return tuple(
        Text(readable(each.text), each.created_at or moment, judged_of(each)) for each in given
    )


def readable(text: str) -> str:
    """A text as it is stored here; "" for one in which there is nothing to see."""
    for each in (text, texts.neutral(text)):
        try:
            return texts.clean(each, max_length=MAX_TEXT)
        except Invalid:
            continue
    return ""
