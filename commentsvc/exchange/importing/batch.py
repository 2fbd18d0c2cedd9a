"""The comments of one unit: which are known already, and where each new one goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from ...core.db import db, execute
from ...core.rows import table_of
from ...moderation.judging.urgency import urgency
from ...threads.models import Comment
from ...threads.placing import IMPORTED, Place, Text, place
from ...threads.reactions import known_counts
from ...threads.recount import settle_many
from ..records import OWN, CommentRecord, RevisionRecord
from .history import judged_of, write_history
from .people import Known, People, is_public_id, known_as
from .recognising import Here, find, known_formerly, readable, source_key, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ...sites.models import Site
    from .report import Report


_comments = table_of(Comment)
_RENAME = (
    update(_comments)
    .where(_comments.c.id == bindparam("row"))
    .values(source=bindparam("now_called"))
)


@dataclass
class Names:
    """For a whole import: new keys of comments in the file whose number belongs to
    another comment here."""

    renamed: dict[str, str] = field(default_factory=dict)

    def of(self, source: str, source_id: str) -> str:
        key = source_key(source, source_id)
        return self.renamed.get(key, key)


@dataclass
class Made:
    """The rows created by one unit of an import."""

    comments: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)


class Batch:
    """The comments of one unit. `store` adds the new ones."""

    def __init__(
        self,
        site: Site,
        report: Report,
        people: People,
        names: Names,
        *,
        now: datetime,
        queue: bool,
        again: bool = False,
    ) -> None:
        self._site, self._report, self._people, self._now = site, report, people, now
        self._names, self._queue, self._again = names, queue, again
        self._records: list[tuple[str, CommentRecord, int]] = []  # key, record, thread
        self._taken_ids: set[str] = set()
        self.made: list[int] = []
        self.homes: list[tuple[int, str]] = []
        self.to_score = False

    def add(self, record: CommentRecord, thread_id: int) -> None:
        """Add a comment of this thread (0: one that a dry run would create)."""
        key = self._names.of(record.source, record.source_id)
        self._records.append((key, record, thread_id))

    def store(self) -> None:
        """Add the comments that are not here yet, parents before replies."""
        here = self._find()
        self._tell_apart(here)
        self._adopt(here)
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
        self.made = list(made.values())
        said = [(made[key], record) for key, record, _ in new]
        self.homes = [(row, record.home) for row, record in said if record.home]
        if self._again:  # stored by an earlier run that ended before settling
            known = [(here[key].id, each.home) for key, each, _ in self._records if key in here]
            self.homes += [(row, home) for row, home in known if home]
        write_history(self._people, [each for each in said if each[1].source == OWN])
        reacted = [row for row, each in said if each.reactions and each.source != OWN]
        if reacted:
            settle_many(reacted)

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

    # --- existing comments -----------------------------------------------------------------------

    def _find(self) -> dict[str, Here]:
        """By key: which of these comments and their parents are on the site."""
        keys: dict[str, str] = {}  # possible stored key -> key in this batch
        own: dict[str, str] = {}
        for key, record, _ in self._records:
            keys[key] = key
            if record.origin:
                keys[record.origin] = key
            if record.parent_source_id:
                above = self._names.of(record.source, record.parent_source_id)
                keys[above] = above
            if record.source == OWN:
                for name in filter(None, (record.source_id, record.parent_source_id)):
                    own[name] = source_key(OWN, name)
        found = {keys[name]: row for name, row in find(self._site.id, list(keys)).items()}
        if own:
            self._find_own(own, found)
        return found

    def _find_own(self, own: dict[str, str], found: dict[str, Here]) -> None:
        columns = (Comment.id, Comment.depth, Comment.thread_id, Comment.created_at)
        for row in db.session.execute(
            select(Comment.public_id, Comment.site_id, *columns).where(Comment.public_id.in_(own))
        ):
            if row.site_id == self._site.id:
                found.setdefault(own[row.public_id], Here(row.id, *row[3:]))
            else:
                self._taken_ids.add(row.public_id)

    def _tell_apart(self, here: dict[str, Here]) -> None:
        """Rename comments that only share their number with a comment here."""
        renamed = told_apart(self._records, here)
        if not renamed:
            return
        self._names.renamed |= renamed
        self._records = [
            (renamed.get(key, key), record, thread) for key, record, thread in self._records
        ]
        here |= find(self._site.id, list(renamed.values()))

    def _adopt(self, here: dict[str, Here]) -> None:
        """Recognize comments that an earlier version imported under another name,
        and rename them."""
        found = known_formerly(self._site.id, self._records, here)
        here |= found
        if found and not self._report.dry_run:
            execute(_RENAME, [{"row": row.id, "now_called": key} for key, row in found.items()])

    # --- new comments ----------------------------------------------------------------------------

    def _place(
        self, key: str, record: CommentRecord, thread_id: int, author: int, here: dict[str, Here]
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
        self, record: CommentRecord, thread_id: int, here: dict[str, Here]
    ) -> str | tuple[int, int] | None:
        if not record.parent_source_id:
            return None
        key = self._names.of(record.source, record.parent_source_id)
        above = here.get(key)
        if above is None:
            return key  # also new, and before its reply in this file
        return (above.id, above.depth) if above.thread_id == thread_id else None

    def _columns(
        self, key: str, record: CommentRecord, status: str, moment: datetime, last: Text
    ) -> dict[str, Any]:
        own = record.source == OWN
        findings = (last.judged.verdict or {}).get("findings", ())
        needs_score = last.judged.scores is None and status != "withdrawn"
        unscored = (record.unscored or IMPORTED)[:20] if needs_score else None
        self.to_score = self.to_score or unscored == IMPORTED
        values: dict[str, Any] = {
            "source": record.origin if own else key,
            "edited_at": record.edited_at,
            "likes_elsewhere": max(record.likes - len(set(record.liked_by)), 0),
            "reactions_elsewhere": known_counts(record.reactions) or None,
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
    """All texts of a comment, the current one last."""
    given = record.revisions
    if not given or given[-1].text != record.text:
        latest = record.edited_at or (given[-1].created_at if given else None) or moment
        given = (*given, RevisionRecord(record.text, latest if given else moment))
    return tuple(
        Text(readable(each.text), each.created_at or moment, judged_of(each)) for each in given
    )
