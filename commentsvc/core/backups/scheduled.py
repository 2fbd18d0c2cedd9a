"""Scheduled backups: a worker writes one every few hours and keeps the newest ones.

Each is a job, so that only one worker writes it, failures are retried and visible, and every node
knows when the last one was written.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func, select

from .. import clock, schema
from ..db import Base, db, is_sqlite, unit_of_work
from ..files import data_folder
from ..jobs import Job, enqueue, handler, periodic
from ..parts import Part
from . import archive

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

_NAME = re.compile(r"commentsvc-\d{8}T\d{6}Z\.zip")  # only these are ever deleted
OVERDUE = 2  # intervals after which the last good backup is too old (docs/operation.md)
_LOOK_MINUTES = 10
_LOCK_NUMBER = 0x6261636B757073  # PostgreSQL advisory lock for scheduling: "backups" in ASCII


class Wanted(Protocol):
    """The settings needed here."""

    data_dir: Path
    backup_dir: str
    backup_hours: int
    backup_keep: int


@dataclass(frozen=True)
class Plan:
    """Where backups go, how often (in hours; 0: never) and how many are kept."""

    folder: Path
    hours: int
    keep: int


plan: Part[Plan] = Part("backups")


def install(app: Any, settings: Wanted, value: Plan | None = None) -> None:
    """Fill the part from the settings."""
    folder = folder_of(settings.data_dir, settings.backup_dir)
    plan.install(app, value or Plan(folder, settings.backup_hours, settings.backup_keep))


def folder_of(data_dir: Path, backup_dir: str) -> Path:
    """The folder for scheduled backups according to these settings."""
    return Path(backup_dir) if backup_dir else data_dir / "backups"


def saved(folder: Path) -> list[Path]:
    """The scheduled backups in a folder, newest first; other files are ignored."""
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if _NAME.fullmatch(each.name)), reverse=True)


def last_at() -> datetime | None:
    """When the newest scheduled backup was complete; None if none is on record. Times to come, from
    when the clock was wrong, do not count."""
    found: datetime | None = db.session.scalar(
        select(func.max(Job.finished_at)).where(
            Job.name == "save_backup", Job.state == "done", Job.finished_at <= clock.now()
        )
    )
    return found


@dataclass(frozen=True)
class Standing:
    """The state of scheduled backups: when the last good one was complete (None: none is on record),
    and the error of attempts since. The first is not overdue while the installation is younger than
    one interval."""

    last: datetime | None
    error: str | None
    overdue: bool

    @property
    def is_well(self) -> bool:
        return self.error is None and not self.overdue


def standing() -> Standing | None:
    """Their current state; None if none are scheduled."""
    hours = plan().hours
    if not hours:
        return None
    last = last_at()
    failing = select(Job.last_error).where(
        Job.name == "save_backup", Job.state != "done", Job.last_error.is_not(None)
    )
    if last is not None:
        failing = failing.where(Job.due_at > last)  # each attempt moves it on
    error = db.session.scalar(failing.order_by(Job.id.desc()).limit(1))
    late = OVERDUE * hours if last is not None else hours
    since = last or _begun()
    age = clock.now() - since if since is not None else timedelta(0)
    overdue = age > timedelta(hours=late) or age < -timedelta(hours=late)
    return Standing(last, error, overdue)


def _begun() -> datetime | None:
    """When the first account was created, and so the installation; None while there is none."""
    user = Base.metadata.tables["user"]
    found: datetime | None = db.session.scalar(
        select(user.c.created_at).order_by(user.c.id).limit(1)
    )
    return found


@periodic("schedule_backup", minutes=_LOOK_MINUTES)
def ask_if_due() -> None:
    """Request a backup if the last one started long enough ago."""
    hours = plan().hours
    if not hours:
        return
    since = clock.now() - timedelta(hours=hours) + timedelta(minutes=_LOOK_MINUTES / 2)
    # a time to come is from when the clock was wrong
    recent = Job.state.in_(("waiting", "running")) | Job.created_at.between(since, clock.now())
    asked = select(Job.id).where(Job.name == "save_backup", recent).limit(1)
    with unit_of_work():
        if not is_sqlite():  # several workers may check at the same time
            db.session.execute(select(func.pg_advisory_xact_lock(_LOCK_NUMBER)))
        if db.session.scalar(asked) is None:
            enqueue("save_backup")


@handler("save_backup")
def save() -> None:
    """Write a backup, verify it, and only then delete old ones. Raises `OSError`, `Invalid`."""
    chosen = plan()
    if not chosen.hours:  # requested before the settings changed
        return
    data_folder(chosen.folder)
    target = chosen.folder / f"commentsvc-{clock.now():%Y%m%dT%H%M%SZ}.zip"
    manifest = archive.write(
        db.engine,
        target,
        revision=schema.current(),
        version=version("commentsvc"),
        progress=lambda table, count: None,
    )
    archive.check(target)
    _forget_oldest(chosen)
    rows = sum(each["rows"] for each in manifest.tables.values())
    log.info("backup saved", extra={"file": target.name, "rows": rows})


def _forget_oldest(chosen: Plan) -> None:
    for path in saved(chosen.folder)[chosen.keep :]:
        path.unlink(missing_ok=True)
