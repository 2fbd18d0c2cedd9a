"""The parts of `commentsvc doctor`'s report. They contain only numbers and words from our own code,
never a value that people or operators typed, so that nothing needs to be redacted."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import time
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from ...settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

Part = tuple[str, "Callable[[Settings], dict[str, Any]]"]

_TRIES = 20
_WARNINGS = 200


def versions(_given: Settings) -> dict[str, Any]:
    """Versions of the program, Python, SQLite and each installed dependency."""
    names = [_named(line) for line in requires("commentsvc") or ()]
    found = {"commentsvc": version("commentsvc"), "python": platform.python_version()}
    for name in sorted(set(names)):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        **found,
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def _named(requirement: str) -> str:
    for number, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:number]
    return requirement


def configured(given: Settings) -> dict[str, Any]:
    """Each setting: its value if that is a number or one of our own words; otherwise only its
    kind."""
    found: dict[str, Any] = {}
    for knob in fields(Settings):
        value = getattr(given, knob.name)
        told = _OF_SETTINGS.get(knob.name)
        if told is not None:
            found[knob.name] = told(value)
        elif isinstance(value, bool | int):
            found[knob.name] = value
        elif isinstance(value, tuple):
            found[knob.name] = len(value)
        else:
            found[knob.name] = "set" if value else "not set"
    return found


def _scheme(value: str) -> str:
    return value.partition(":")[0] if value else "not set"


def _public(value: str) -> dict[str, Any]:
    parts = urlsplit(value)
    return {"scheme": parts.scheme, "port": parts.port, "has_path": bool(parts.path.strip("/"))}


def _host(value: str) -> str:
    if value.startswith("unix:"):
        return "unix socket"
    return {"127.0.0.1": "loopback", "::1": "loopback", "0.0.0.0": "all", "::": "all"}.get(
        value, "other"
    )


def _limits(value: str) -> dict[str, str]:
    """The changed limits; names and rates were checked at start."""
    from ...settings import LIMITS, named_limits

    return {name: rate for name, rate in named_limits(value).items() if rate != LIMITS[name]}


def _backends(value: str) -> list[str]:
    return [each.partition(":")[0].strip() for each in value.split(",")]


_OF_SETTINGS: dict[str, Callable[[Any], Any]] = {
    "database_url": _scheme,
    "redis_url": _scheme,
    "mail_url": _scheme,
    "public_url": _public,
    "host": _host,
    "limits": _limits,
    "toxicity_backend": _backends,
    "log_format": str,
    "log_level": str,
}


def disk(given: Settings) -> dict[str, Any]:
    """Free space in DATA_DIR, the sizes of our files there, and the backups."""
    from ...core.backups.scheduled import folder_of, saved
    from ...core.files import own_files

    if not given.data_dir.exists():
        return {"data_dir": "missing"}
    space = shutil.disk_usage(given.data_dir)
    sizes = {path.name: path.stat().st_size for path in own_files(given.data_dir) if path.is_file()}
    return {
        "free_bytes": space.free,
        "total_bytes": space.total,
        "writable": os.access(given.data_dir, os.W_OK),
        "files_bytes": sizes,
        "backups": [
            {"saved": each.stem.removeprefix("commentsvc-"), "bytes": each.stat().st_size}
            for each in saved(folder_of(given.data_dir, given.backup_dir))
        ],
    }


def warnings(given: Settings) -> dict[str, Any]:
    """The latest warnings of servers and workers that use this DATA_DIR (`observe.Kept`)."""
    from ...observe import kept_files

    lines: list[Any] = []
    for path in kept_files(given.data_dir):
        if path.is_file():
            lines += path.read_bytes().splitlines()
    found = []
    for line in lines[-_WARNINGS:]:
        try:
            found.append(orjson.loads(line))
        except orjson.JSONDecodeError:  # truncated by a full disk
            continue
    return {"kept": len(lines), "latest": found}


def database(_given: Settings) -> dict[str, Any]:
    """The engine and its version, the migrations, and whether it can be written to."""
    from sqlalchemy import text

    from ...core import schema
    from ...core.db import db, is_sqlite
    from ...core.files import folder
    from ...core.writing import commits

    with db.engine.connect() as connection:
        if is_sqlite():
            said = connection.execute(text("PRAGMA journal_mode")).scalar()
            facts = {"engine": "sqlite", "journal": said}
        else:
            said = connection.execute(text("SHOW server_version_num")).scalar()
            standby = connection.execute(text("SELECT pg_is_in_recovery()")).scalar()
            facts = {"engine": "postgresql", "version": said, "standby": standby}
    at, newest = schema.current(), schema.head(folder("migrations"))
    return {
        **facts,
        "revision": at if schema.is_known(folder("migrations"), at) else "unknown",
        "newest_revision": newest,
        "why_not_writable": commits.why_not(db.engine),
    }


def counts(_given: Settings) -> dict[str, Any]:
    """The rows of each of our tables, and comments by status."""
    from sqlalchemy import func, inspect, select

    from ...core.db import Base, db
    from ...threads.models import Comment
    from ...threads.status import STATUSES

    there = set(inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar()
            for table in Base.metadata.sorted_tables
            if table.name in there
        }
        counted = dict(
            connection.execute(select(Comment.status, func.count()).group_by(Comment.status)).all()
        )
    known = {status: counted.pop(status, 0) for status in STATUSES}
    return {"rows": rows, "comments": {**known, "other": sum(counted.values())}}


def queue(_given: Settings) -> dict[str, Any]:
    """The jobs by name and state, how late they are, and the kinds of their errors."""
    from sqlalchemy import func, select

    from ...core import clock
    from ...core.db import db
    from ...core.jobs import HANDLERS, Job

    found: dict[str, dict[str, int]] = {}
    for name, state, count in db.session.execute(
        select(Job.name, Job.state, func.count()).group_by(Job.name, Job.state)
    ):
        found.setdefault(name if name in HANDLERS else "other", {})[state] = count
    known, errors = _kinds_of_errors(), dict[str, int]()
    for said in db.session.scalars(
        select(Job.last_error).where(Job.last_error.is_not(None), Job.state != "done").limit(1000)
    ):
        kind = str(said).partition(":")[0]  # the rest may repeat what people wrote
        kind = kind if kind in known else "other"
        errors[kind] = errors.get(kind, 0) + 1
    oldest = db.session.scalar(
        select(func.min(Job.due_at)).where(Job.state == "waiting", Job.due_at <= clock.now())
    )
    late = (clock.now() - oldest).total_seconds() if oldest else 0.0
    return {"jobs": found, "errors": errors, "late_seconds": round(late, 1)}


def backups(_given: Settings) -> dict[str, Any]:
    """Whether scheduled ones are saved, when the last good one was, and the kind of error since."""
    from ...core.backups import scheduled

    found = scheduled.standing()
    if found is None:
        return {"scheduled": False}
    kind = found.error.partition(":")[0] if found.error else None
    return {
        "scheduled": True,
        "last_good": found.last.isoformat(timespec="seconds") if found.last else None,
        "overdue": found.overdue,
        "error": kind if kind is None or kind in _kinds_of_errors() else "other",
    }


def _kinds_of_errors() -> set[str]:
    """The names of all loaded exception classes."""
    found, open_ = set(), [BaseException]
    while open_:
        kind = open_.pop()
        found.add(kind.__name__)
        open_ += kind.__subclasses__()
    return found


def timings(_given: Settings) -> dict[str, Any]:
    """Median times in milliseconds: a trivial query, the newest comments, a score."""
    from sqlalchemy import select, text

    from ...core.db import db
    from ...threads.models import Comment
    from ...toxicity.scorer import scorer

    with db.engine.connect() as connection:
        asked = _timed(lambda: connection.execute(text("SELECT 1")).scalar())
        newest = select(Comment.id).order_by(Comment.id.desc()).limit(50)
        listed = _timed(lambda: connection.execute(newest).all())
    began = time.perf_counter()
    scorer().score(["Thank you for this."])  # loads the model
    loaded = (time.perf_counter() - began) * 1000
    scored = _timed(lambda: scorer().score(["Thank you for the article."]))
    return {
        "database": asked,
        "newest_comments": listed,
        "first_score": round(loaded, 2),
        "score": scored,
        "scorer": str(scorer().status().state),
    }


def _timed(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return round(median(taken) * 1000, 3)


def process(_given: Settings) -> dict[str, Any]:
    """How this command was started."""
    return {
        "implementation": sys.implementation.name,
        "in_virtual_environment": sys.prefix != sys.base_prefix,
        "in_container": Path("/.dockerenv").exists() or Path("/run/.containerenv").exists(),
    }


OF_MACHINE: tuple[Part, ...] = (
    ("versions", versions),
    ("process", process),
    ("settings", configured),
    ("disk", disk),
    ("warnings", warnings),
)
OF_DATABASE: tuple[Part, ...] = (
    ("database", database),
    ("counts", counts),
    ("queue", queue),
    ("backups", backups),
    ("timings", timings),
)
