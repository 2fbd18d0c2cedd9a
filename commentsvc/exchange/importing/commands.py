"""Import the contents of a file exactly once, however often it is requested or interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select

from ...accounts.acts import record as record_act
from ...core import clock
from ...core.db import IntegrityError, db, release, unit_of_work
from ...core.errors import Conflict, Invalid
from ...core.jobs import enqueue
from ...sites.queries import require
from ...threads.models import Thread
from ...threads.naming import give_names
from ..reacting import write_page_reactions
from ..records import OWN, AuthorRecord, CommentRecord, Record, ThreadRecord
from .addresses import Addresses, LeftOut, address_of, completes, meeting, names_in, thread_at
from .batch import Batch, Made, Names
from .people import People, is_public_id
from .report import Report
from .settling import Later

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site
    from .arrange import Reading

UNIT = 200  # records in one unit of work: the most that an interruption costs
_TRIES = 3  # if two imports of a file collide, the second finds the first one's rows

Progress = Callable[[int, int], None]  # comments done, of how many


class Course(Protocol):
    """The progress of an import, stored by a caller that wants to resume it."""

    units: int  # stored by an earlier run
    report: Report  # on these units

    def hold(self, report: Report) -> None:
        """A unit begins. Called inside it; an exception ends the import."""

    def keep(self, report: Report, *, seen: int, made: Made) -> None:
        """One more unit is stored, with `seen` comments so far, and has created these rows. Called
        inside that unit; an exception ends the import and rolls the unit back."""

    def end(self, report: Report) -> None:
        """Everything is stored. Called inside the last unit."""


def import_comments(
    site: Site,
    reading: Reading,
    *,
    by: User | None = None,
    dry_run: bool = False,
    queue: bool = False,
    private: bool = False,
    part: bool = False,
    addresses: Addresses | None = None,
    progress: Progress = lambda done, of: None,
    course: Course | None = None,
) -> Report:
    """Import the conversations of a file into the site. Returns a report on each part.

    Names, dates, replies, likes and statuses are kept. Existing comments stay unchanged, so a
    second run adds nothing, and a killed run is finished by the next one. Jobs score the texts
    afterwards; only with `queue` do they also appear in moderators' queues. `by` None is the
    operator. `private` includes pages that were not public; `part` accepts a truncated file. With
    `course`, an interrupted run is resumed, in one report. Nobody is notified. Raises `NotAllowed`,
    `Invalid` for a file that is broken or not understood, or `Conflict` if others keep writing the
    same rows.
    """
    if by is not None:
        require(by, "manage_site", site)
    _check(reading, part)
    trusted = by is None or by.is_admin
    run = _Run(
        site, _opened(reading, dry_run), People(site, trusted=trusted), addresses or Addresses()
    )
    run.queue, run.private = queue, private
    number = 0
    for number, some in enumerate(_parts(reading), 1):
        run.go_on(course, number)
        run.take(some)
        progress(run.seen, reading.counts["comments"])
    run.go_on(course, number + 1)
    if not dry_run:
        run.finish(by)
    return run.report


def _opened(reading: Reading, dry_run: bool) -> Report:
    """The report before the import: what the file contains."""
    report = Report(dry_run=dry_run, broken=reading.broken)
    report.found.update(reading.counts)
    report.decided.update(reading.kinds)
    for each in reading.problems:
        report.example(each.kind, each.where, each.what)
    return report


def _check(reading: Reading, part: bool) -> None:
    if reading.broken and not (part and reading.counts["comments"]):
        raise Invalid("broken_file.nothing" if part else "broken_file", why=reading.broken)
    if reading.nothing is not None:
        raise reading.nothing


def _parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in units, with people and conversations in separate ones."""
    waiting: list[Record] = []
    for record in records:
        other = waiting and isinstance(record, AuthorRecord) != isinstance(waiting[0], AuthorRecord)
        if other or len(waiting) >= UNIT:
            yield waiting
            waiting = []
        waiting.append(record)
    if waiting:
        yield waiting


class _Run:
    """One running import. `threads` is source ID -> row ID; None if it was left out, 0 if a dry run
    would create it."""

    def __init__(self, site: Site, report: Report, people: People, given: Addresses) -> None:
        self.site, self.report, self.people, self.given = site, report, people, given
        self.queue = self.private = False
        self.course: Course | None = None  # set from the first unit that no earlier run has stored
        self.again = False  # whether an earlier run stored this unit
        self.made = Made()  # by the current unit
        self.threads: dict[str, int | None] = {}
        self.planned: set[str] = set()  # addresses that a dry run would open
        self.later, self.names = Later(site), Names()
        self.seen = 0
        self.now = clock.now()

    def go_on(self, course: Course | None, number: int) -> None:
        """Called before a unit. For units stored by an earlier run, only collect what later ones
        refer to; then continue that run's report."""
        if course is None or self.course is not None:
            return
        self.again = number <= course.units
        if not self.again:
            self.course = course
            if course.units:
                self.report.take_up(course.report)
                self.people.made = self.report.taken["people"]

    def take(self, records: list[Record]) -> None:
        """Import one unit, all of it or nothing."""
        comments = sum(isinstance(each, CommentRecord) for each in records)
        for tries in range(_TRIES):
            before = self.report.taken.copy(), self.report.left.copy(), self.people.made
            try:
                self._take(records, self.seen + comments)
                break
            except IntegrityError as error:
                self.report.taken, self.report.left, self.people.made = before
                self.people.forget(above=0)
                if tries == _TRIES - 1:
                    raise Conflict("conflict.import_met") from error
        self.seen += comments
        self.people.forget()

    def _take(self, records: list[Record], seen: int) -> None:
        if self.report.dry_run:
            self._store(records)
            release()
            return
        with unit_of_work():
            if self.course is not None:
                self.course.hold(self.report)
            self._store(records)
            if self.course is not None:
                self.course.keep(self.report, seen=seen, made=self.made)

    def _store(self, records: list[Record]) -> None:
        dates = _first_dates(records)
        self.people.fresh = []
        self.made = Made(people=self.people.fresh)
        batch = Batch(
            self.site,
            self.report,
            self.people,
            self.names,
            now=self.now,
            queue=self.queue,
            again=self.again,
        )
        people: list[AuthorRecord] = []
        for record in records:
            if isinstance(record, ThreadRecord):
                self._thread(record, dates.get(record.source_id))
            elif isinstance(record, CommentRecord):
                thread_id = self.threads.get(record.thread_source_id)
                if thread_id is None:
                    self.report.left["of_these"] += 1
                else:
                    batch.add(record, thread_id)
            elif isinstance(record, AuthorRecord):
                people.append(record)
        if people and not self.report.dry_run:
            self.report.left["role"] += self.people.bring(people)
        batch.store()
        self.made.comments += batch.made
        self.later.homes += batch.homes
        self.report.taken["people"] = self.people.made
        if batch.to_score:
            enqueue("score_brought_in", site_id=self.site.id)

    def _thread(self, record: ThreadRecord, first: datetime | None) -> None:
        if record.private and not self.private:
            self.threads[record.source_id] = None
            self.report.leave("private", record.source_id, record.url or "")
            return
        try:
            address = address_of(self.site, record, self.given)
        except LeftOut as error:
            self.threads[record.source_id] = None
            self.report.leave(error.why, record.source_id, error.what)
            return
        names, page = names_in(self.site, record, address), address.canonical
        thread, address = thread_at(self.site, address, names)
        if why := meeting(names, page, thread, address, self.planned):
            self.report.decided[why] += 1
            self.report.example(why, record.source_id, f"{', '.join(names)}: {page}")
        known = thread is not None or self._is_planned(address.canonical, names)
        self.report.taken["threads_known" if known else "threads"] += 1
        self.report.taken["threads_completed"] += completes(thread, names, record.title)
        if self.report.dry_run:
            self.planned |= {
                each for name in names for each in (f"name {name}", f"at {page} {name}")
            }
            if why != "identifier_shared":  # which opens none here
                self.planned |= {
                    address.canonical,
                    *([f"named {address.canonical}"] if names else []),
                }
        if thread is None and not self.report.dry_run:
            thread = self._open(record, address.canonical, address.href, first)
        elif thread is not None and not self.report.dry_run:
            thread.title = thread.title or _title(record.title)
            if self.again and record.merged_into and thread.merged_into_id is None:
                self.later.merges.append((thread.id, record.merged_into))
        if thread is not None and not self.report.dry_run:
            give_names(thread, names)
        while thread is not None and thread.merged_into_id is not None:
            thread = db.session.get_one(Thread, thread.merged_into_id)
        self.threads[record.source_id] = thread.id if thread else 0

    def _is_planned(self, address: str, names: list[str]) -> bool:
        """Whether a dry run would already have opened it (`thread_at`)."""
        if any(f"name {each}" in self.planned for each in names):
            return True
        return address in self.planned and not (names and f"named {address}" in self.planned)

    def _open(
        self, record: ThreadRecord, address: str, href: str, first: datetime | None
    ) -> Thread:
        closed = record.closed_at or (self.now if record.closed else None)
        thread = Thread(
            site_id=self.site.id,
            address=address,
            href=href,
            title=_title(record.title),
            tags=record.tags,
            closed_at=closed,
            closes_at=record.closes_at,
            premoderate=record.premoderate,
            slow_seconds=min(record.slow_seconds, 3600),
            version=1,
            comment_count=0,
            created_at=record.created_at or first or self.now,
        )
        name = record.source_id
        if record.source == OWN and is_public_id(name) and not _is_taken(name):
            thread.public_id = name
        db.session.add(thread)
        db.session.flush()
        self.made.threads.append(thread.id)
        write_page_reactions(self.people, thread, record)
        if record.merged_into:
            self.later.merges.append((thread.id, record.merged_into))
        return thread

    def finish(self, by: User | None) -> None:
        """Settle references to records further down in the file, and write the log entry."""
        with unit_of_work():
            self.people.finish()
            self.later.settle(self.threads)
            record_act(
                "imported", site_id=self.site.id, by=by, comments=self.report.taken["comments"]
            )
            if self.course is not None:
                self.course.end(self.report)


def _is_taken(public_id: str) -> bool:
    return db.session.scalar(select(Thread.id).where(Thread.public_id == public_id)) is not None


def _title(title: str | None) -> str | None:
    return title[:300] if title else None


def _first_dates(records: Iterable[Record]) -> Mapping[str, datetime]:
    """By thread: the earliest date of its comments among these records."""
    found: dict[str, datetime] = {}
    for each in records:
        if isinstance(each, CommentRecord) and each.created_at:
            name = each.thread_source_id
            found[name] = min(found.get(name, each.created_at), each.created_at)
    return found
