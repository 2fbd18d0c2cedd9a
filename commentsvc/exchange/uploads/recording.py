"""What an import has put in, written down as it goes: from an uploaded file, or by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import clock
from ...core.db import db
from ..importing.report import Report
from .models import Import, ImportUnit

if TYPE_CHECKING:
    from ...sites.models import Site
    from ..importing.batch import Made


def keep_unit(import_id: int, number: int, made: Made) -> None:
    """Write down what a unit has made. Inside that unit."""
    if made.comments or made.threads or made.people:
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


class Recorded:
    """The course of an import by the command line, which begins anew instead of going on. Its row is there
    once something is stored, and `cancelled` until all of it is."""

    def __init__(self, site: Site, name: str) -> None:
        self.units, self.report = 0, Report()
        self._site_id, self._name = site.id, name[-100:]
        self._id: int | None = None
        self._stored = 0

    @property
    def public_id(self) -> str | None:
        """What undoes it; None where nothing was stored."""
        return db.session.get_one(Import, self._id).public_id if self._id else None

    def keep(self, report: Report, *, seen: int, made: Made) -> None:
        """See `Course.keep`."""
        self._stored += 1
        row = self._row(report)
        row.seen, row.units = seen, self._stored
        keep_unit(row.id, self._stored, made)

    def end(self, report: Report) -> None:
        """See `Course.end`."""
        if self._id is not None:
            self._row(report).state = "done"

    def _row(self, report: Report) -> Import:
        row = db.session.get(Import, self._id) if self._id else None
        if row is None:  # the first, or a unit that came to nothing made it
            row = Import(
                site_id=self._site_id,
                file="",
                name=self._name,
                options={},
                state="cancelled",
                total=report.found["comments"],
                created_at=clock.now(),
                started_at=clock.now(),
            )
            db.session.add(row)
        row.report, row.finished_at = report.as_dict(), clock.now()
        db.session.flush()
        self._id = row.id
        return row
