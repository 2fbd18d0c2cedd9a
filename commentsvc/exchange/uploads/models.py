"""Import: an owner's file, from its dry run to the end of its import."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ...core import clock
from ...core.db import Base, Json, UtcTime
from ...core.ids import new_id

#: One site has at most one import in these states.
AT_WORK = ("waiting", "running")
#: While an import is in these states, no other is imported or undone.
BUSY = (*AT_WORK, "undoing")
#: How long an import that has ended is kept, and can be undone.
REMEMBERED = timedelta(days=30)
#: A command line that has stored no unit for this long counts as dead.
SILENT = timedelta(minutes=5)
_AT_WORK = text("state IN ('waiting', 'running')")


class Import(Base):
    """One file. State: tried, waiting, running, done, cancelled, failed, undoing, undone. An import
    by the command line has no `file`, and is `running` from the start.

    `report` is that of the dry run, then that of the import so far, written in each of its units
    together with `units` (how many are stored) and `seen` (comments, of `total`). `runs` counts how
    often a worker has begun: one taken for dead finds another number, and stops. `error` is what
    ended it: a key of `errors` and its values. `finished_at`, while the command line imports: when
    it last stored a unit.
    """

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    file: Mapped[str] = mapped_column(String(16))  # in our folder
    name: Mapped[str] = mapped_column(String(100))  # as uploaded
    options: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="tried")
    report: Mapped[dict[str, Any]] = mapped_column(Json)
    error: Mapped[dict[str, Any] | None] = mapped_column(Json)
    total: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    units: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_import_site_id_id", "site_id", "id"),
        Index(
            "uq_import_at_work",
            "site_id",
            unique=True,
            sqlite_where=_AT_WORK,
            postgresql_where=_AT_WORK,
        ),
    )

    @property
    def standing(self) -> str:
        """The state; also `failed` if its command line has died, since nothing else resumes it."""
        heard = self.finished_at
        if self.state != "running" or self.file or heard is None:
            return self.state
        return "failed" if heard < clock.now() - SILENT else self.state

    @property
    def is_at_work(self) -> bool:
        return self.standing in AT_WORK


class ImportUnit(Base):
    """Ids of the rows that one unit of an import added, for its undo. `created_at` tells them from
    later changes, which were made here."""

    __tablename__ = "import_unit"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    comments: Mapped[list[int]] = mapped_column(Json)
    threads: Mapped[list[int]] = mapped_column(Json)
    people: Mapped[list[int]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
