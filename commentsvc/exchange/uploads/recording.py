"""Record what an import adds, as it goes: for an uploaded file, or for the command line."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from ...accounts.acts import record as record_act
from ...accounts.models import User
from ...core import clock
from ...core.db import IntegrityError, after_commit, changed, db, unit_of_work
from ...core.errors import Conflict, DomainError, Unavailable
from ...sites.models import Site
from ..importing.report import Report
from . import kept
from .alive import Alive, has_died
from .models import BUSY, Import, ImportUnit

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from ..importing.batch import Made


class Stopped(Conflict):
    """The import was cancelled, ended after minutes of silence, or another worker has taken it up."""

    def __init__(self) -> None:
        super().__init__("conflict.import_stopped")


def keep_unit(import_id: int, number: int, made: Made) -> bool:
    """Record what a unit has added. Returns whether it added anything. Inside that unit."""
    adds = bool(made.comments or made.threads or made.people)
    if adds:
        db.session.add(
            ImportUnit(
                import_id=import_id,
                number=number,
                comments=made.comments,
                threads=made.threads,
                people=made.people,
                created_at=clock.now(),
            )
        )
        db.session.flush()
    return adds


def require_none(site_id: int, *, but: int = 0) -> None:
    """Check that no import or undo other than `but` runs on a site; end those whose command line
    has died. Raises `Conflict`. Inside a unit, which locks others out until it ends."""
    # a lock only for these checks: new comments are not blocked
    held = select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)
    db.session.execute(held)
    for row in at_work(site_id):
        settle(row)
        if row.state in BUSY and row.id != but:
            raise Conflict("conflict.importing")
    db.session.flush()


def at_work(site_id: int) -> list[Import]:
    """Imports that run or are being undone on a site, or did when their command line died."""
    busy = Import.site_id == site_id, Import.state.in_(BUSY)
    return list(db.session.scalars(select(Import).where(*busy)))


def settle(row: Import) -> None:
    """End an import whose command line has died. Inside a unit."""
    dead = row.state == "running" and not row.file and has_died(row.public_id)
    if dead or row.standing != row.state:
        end_early(row, "failed", Unavailable("unavailable.import_died"))


def end_early(row: Import, state: str, error: DomainError | None = None) -> None:
    """End an import early: log what is stored, and delete the file. Inside a unit."""
    row.state, row.finished_at = state, clock.now()
    if error is not None:
        row.error = {"key": error.key, "values": dict(error.values)}
    if row.report["taken"].get("comments"):
        by = db.session.get(User, row.by_id) if row.by_id else None
        record_act("imported", site_id=row.site_id, by=by, comments=row.report["taken"]["comments"])
    if file := row.file:
        after_commit(lambda: kept.drop(file))


class Recorded:
    """The course of an import by the command line, which restarts instead of resuming. Its row
    exists once something is stored, and is `running` until the context exits; each unit updates it
    as a sign of life. `begun` is called with its public ID once it exists."""

    def __init__(self, site: Site, name: str, begun: Callable[[str], None] | None = None) -> None:
        self.units, self.report = 0, Report()
        self._site_id, self._name, self._begun = site.id, name[-100:], begun
        self._id: int | None = None
        self._public_id: str | None = None
        self._alive: Alive | None = None
        self._stored = 0
        self.adds = False  # whether there is anything to undo
        self.has_units = False  # whether units have begun
        self.told: int | None = None  # the signal that ends the import before its next unit

    def __enter__(self) -> Recorded:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Record an early end; one that cannot be recorded counts as a death: at once on this
        machine, elsewhere after `SILENT`."""
        said = error is None or self._id is None or isinstance(error, Stopped)
        if not said:
            assert error is not None
            with suppress(Exception):
                self._end_early(error)
                said = True
        if self._alive is not None:
            self._alive.end(said=said)

    def _end_early(self, error: BaseException) -> None:
        died = Unavailable("unavailable.import_died")
        with unit_of_work():
            row = db.session.get(Import, self._id, with_for_update=True, populate_existing=True)
            # a signal may have come between the first commit and what follows it
            if row is None or row.public_id != self._public_id:
                return
            self._stored = max(self._stored, 1)
            if row.state == "running":
                if isinstance(error, Exception):
                    end_early(row, "failed", error if isinstance(error, DomainError) else died)
                else:  # Ctrl-C
                    end_early(row, "cancelled")

    @property
    def public_id(self) -> str | None:
        """The ID; None if nothing was stored."""
        return self._public_id if self._stored else None

    def hold(self, report: Report) -> None:
        """See `Course.hold`. Raises `Stopped`, `Conflict` while another file is imported, or
        `KeyboardInterrupt` once a signal has `told` it to end."""
        self.has_units = True
        if self.told is not None:
            raise KeyboardInterrupt(self.told)
        if not self._stored:
            self._id = self._begin(report)
        row = db.session.get(Import, self._id, with_for_update=True)
        if row is None or row.state != "running":
            raise Stopped

    def keep(self, report: Report, *, seen: int, made: Made) -> None:
        """See `Course.keep`."""
        assert self._id is not None
        number = self._stored + 1
        self._write(report, seen=seen, units=number)
        adds = keep_unit(self._id, number, made)
        after_commit(lambda: self._is_stored(adds))

    def end(self, report: Report) -> None:
        """See `Course.end`."""
        if self._stored:
            self._write(report, state="done")

    def _is_stored(self, adds: bool) -> None:
        self._stored += 1
        self.adds |= adds
        if self._stored == 1 and self._begun and self._public_id:
            self._begun(self._public_id)

    def _begin(self, report: Report) -> int:
        require_none(self._site_id)
        row = Import(
            site_id=self._site_id,
            file="",
            name=self._name,
            options={},
            state="running",
            report=report.as_dict(),
            total=report.found["comments"],
            created_at=clock.now(),
            started_at=clock.now(),
        )
        db.session.add(row)
        try:
            db.session.flush()
        except IntegrityError as error:  # somebody else was faster
            raise Conflict("conflict.importing") from error
        self._alive = Alive(row.public_id)
        self._public_id = row.public_id
        return row.id

    def _write(self, report: Report, **values: Any) -> None:
        mine = (Import.id == self._id) & (Import.state == "running")
        values |= {"report": report.as_dict(), "finished_at": clock.now()}
        if not changed(update(Import).where(mine).values(**values)):
            raise Stopped
