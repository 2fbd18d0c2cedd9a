"""An uploaded file: a dry run, then an import by a job with progress and cancellation."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import delete, select, update

from ...accounts.models import User
from ...core import clock
from ...core.db import IntegrityError, after_commit, changed, db, release, unit_of_work
from ...core.errors import Conflict, DomainError, NotAllowed, NotFound, Unavailable
from ...core.jobs import enqueue, handler, periodic
from ...sites.models import Site
from ...sites.queries import require
from ..formats import read
from ..importing.addresses import Addresses
from ..importing.commands import import_comments
from ..importing.report import Report
from . import kept
from .models import AT_WORK, BUSY, REMEMBERED, Import
from .recording import Stopped, at_work, end_early, keep_unit, require_none, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..importing.batch import Made

MOST_RUNS = 5  # after killing that many workers, a file is not tried again
_PAUSE_SECONDS = 0.01  # between two units, for other writers


@dataclass(frozen=True)
class Options:
    """The owner's options for the file."""

    format: str | None = None
    base: str | None = None
    page: str | None = None
    foreign: bool = False
    queue: bool = False
    private: bool = False
    part: bool = False


def try_file(
    site: Site, save: Callable[[BinaryIO], None], options: Options, *, name: str, by: User
) -> Import:
    """Store a file that `save` writes, and say what importing it would do. An earlier dry run of
    the site is deleted with its file. Raises `Conflict` during an import; a file that is refused is
    not stored."""
    require(by, "manage_site", site)
    if any(each.standing in BUSY for each in at_work(site.id)):
        raise Conflict("conflict.importing")
    kept.drop_old()
    file = kept.keep(save)
    try:
        report = _bring(site, file, options, by=by, dry_run=True)
        with unit_of_work():
            _forget_tried(Import.site_id == site.id)
            row = Import(
                site_id=site.id,
                by_id=by.id,
                file=file,
                name=name,
                options=asdict(options),
                state="tried",
                report=report.as_dict(),
                total=report.found["comments"],
                created_at=clock.now(),
            )
            db.session.add(row)
            db.session.flush()
    except BaseException as error:
        kept.drop(file)
        if isinstance(error, DomainError) and error.values.get("name") == file:
            error.values = {**error.values, "name": name}
        raise
    return row


def latest(site: Site) -> Import | None:
    """The site's newest import."""
    return db.session.scalar(
        select(Import).where(Import.site_id == site.id).order_by(Import.id.desc()).limit(1)
    )


def recent(site: Site) -> list[Import]:
    """The site's imports, newest first; reports are kept for a month."""
    return list(
        db.session.scalars(
            select(Import).where(Import.site_id == site.id).order_by(Import.id.desc())
        )
    )


def find(site: Site, public_id: str) -> Import:
    """The import with this id, if it is this site's. Raises `NotFound`."""
    row = db.session.scalar(
        select(Import).where(Import.public_id == public_id, Import.site_id == site.id)
    )
    if row is None:
        raise NotFound("not_found.import")
    return row


def start(site: Site, public_id: str, *, by: User) -> Import:
    """Import the file after its dry run. Idempotent. Raises `Conflict` while another file is
    imported, and `NotFound` if the file is no longer stored."""
    require(by, "manage_site", site)
    with unit_of_work():
        row = find(site, public_id)
        require_none(site.id, but=row.id)
        if _held(row).state != "tried":
            return row
        kept.find(row.file)
        row.state, row.by_id, row.started_at = "waiting", by.id, clock.now()
        row.report = {**row.report, "dry_run": False, "taken": {}, "left_out": {}}
        try:
            db.session.flush()
        except IntegrityError as error:  # somebody else was faster
            raise Conflict("conflict.importing") from error
        enqueue("import_upload", import_id=row.id)
    return row


def cancel(site: Site, public_id: str, *, by: User | None) -> Import | None:
    """Cancel an import; what it has stored stays. After a dry run only, the row and file are
    deleted (None). `by` None is the operator of the installation."""
    if by is not None:
        require(by, "manage_site", site)
    with unit_of_work():
        row = _held(find(site, public_id))
        if row.state == "tried":
            _forget_tried(Import.id == row.id)
            return None
        if row.is_at_work:
            end_early(row, "cancelled")
    return row


# --- the work -------------------------------------------------------------------------------------


class _Course:
    """The progress of one run of an import, written into its row."""

    def __init__(self, row: Import) -> None:
        self._id, self._runs = row.id, row.runs
        self.units, self.report = row.units, Report.from_dict(row.report)
        self._stored = row.units

    def hold(self, report: Report) -> None:
        row = db.session.get(Import, self._id, with_for_update=True)
        if row is None or (row.state, row.runs) != ("running", self._runs):
            raise Stopped

    def keep(self, report: Report, *, seen: int, made: Made) -> None:
        self._stored += 1
        keep_unit(self._id, self._stored, made)
        self._write(report=report.as_dict(), seen=seen, units=self._stored)

    def end(self, report: Report) -> None:
        self._write(report=report.as_dict(), state="done", finished_at=clock.now())

    def _write(self, **values: Any) -> None:
        mine = (Import.id == self._id) & (Import.runs == self._runs) & (Import.state == "running")
        if not changed(update(Import).where(mine).values(**values)):
            raise Stopped


@handler("import_upload")
def import_upload(import_id: int) -> None:
    """Import a stored file; if a worker died, the next one resumes."""
    row = _begin(import_id)
    if row is None:
        return
    site, options, file = db.session.get_one(Site, row.site_id), Options(**row.options), row.file
    try:
        by = db.session.get(User, row.by_id) if row.by_id else None
        if by is None:  # a deleted account has no permissions, least of all the operator's
            raise NotAllowed("may_not_manage_site")
        _bring(site, file, options, by=by, course=_Course(row))
    except Stopped:
        return
    except Unavailable:
        raise  # the job is retried
    except DomainError as error:
        _fail(import_id, error)
        return
    kept.drop(file)


def _begin(import_id: int) -> Import | None:
    """Mark an import as running; None if there is nothing to do."""
    with unit_of_work():
        row = db.session.get(Import, import_id, with_for_update=True, populate_existing=True)
        if row is None or not row.is_at_work:
            return None
        if row.runs >= MOST_RUNS:
            end_early(row, "failed", Unavailable("unavailable.import"))
            return None
        row.state, row.runs = "running", row.runs + 1
        db.session.flush()
    return row


def _bring(
    site: Site,
    file: str,
    options: Options,
    *,
    by: User,
    dry_run: bool = False,
    course: _Course | None = None,
) -> Report:
    with read(kept.find(file), options.format, now=clock.now()) as reading:
        return import_comments(
            site,
            reading,
            by=by,
            dry_run=dry_run,
            queue=options.queue,
            private=options.private,
            part=options.part,
            addresses=Addresses(base=options.base, page=options.page, foreign=options.foreign),
            progress=lambda done, of: _let_others_write(),
            course=course,
        )


def _let_others_write() -> None:
    release()
    time.sleep(_PAUSE_SECONDS)


def _fail(import_id: int, error: DomainError) -> None:
    with unit_of_work():
        row = _held(db.session.get_one(Import, import_id))
        if row.is_at_work:
            end_early(row, "failed", error)


def _forget_tried(which: Any) -> None:
    """Delete dry runs that were not imported, and their files. Inside a unit."""
    rows = db.session.scalars(select(Import).where(which, Import.state == "tried")).all()
    for row in rows:
        file = row.file
        after_commit(lambda file=file: kept.drop(file))  # type: ignore[misc]
        db.session.delete(row)
    db.session.flush()


def _held(row: Import) -> Import:
    db.session.refresh(row, with_for_update=True)
    settle(row)
    return row


@periodic("forget_uploads", minutes=60)
def forget_uploads() -> None:
    """Delete files that nobody imported within a day, and reports after a month. An import that has
    not ended within a day has failed."""
    moment = clock.now()
    with unit_of_work():
        _forget_tried(Import.created_at < moment - kept.KEPT)
        busy = db.session.scalars(select(Import).where(Import.state.in_(AT_WORK))).all()
        for row in busy:
            settle(row)
        late = Import.state.in_(AT_WORK), Import.file != "", Import.started_at < moment - kept.KEPT
        for row in db.session.scalars(select(Import).where(*late)):
            end_early(row, "failed", Unavailable("unavailable.import"))
        db.session.execute(delete(Import).where(Import.finished_at < moment - REMEMBERED))
    kept.drop_old()
