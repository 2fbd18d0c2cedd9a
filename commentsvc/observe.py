"""What operators see: log lines without bodies or secrets, and the figures behind /metrics."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import CollectorRegistry, Counter, Histogram
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from pathlib import Path

#: Everything this process counts. Our own registry: the library's default one adds figures that
#: say nothing about comments.
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "commentsvc_requests",
    "Requests answered by the application",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "commentsvc_request_seconds",
    "Time to answer, by route",
    ("route",),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
#: Answers given before Flask: (kind, status) -> how many. A plain dict, because a hit takes a few
#: microseconds in all and may not pay for a lock; a lost increment among millions is no loss.
CACHED: dict[tuple[str, int], int] = {}

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# characters that JSON lets stand and that some readers of lines take for an end
_SEPARATORS = {each: f"\\u{each:04x}" for each in (0x7F, 0x85, 0x2028, 0x2029)}
_LOOPS = ("huey", "commentsvc.core.deliver", "commentsvc.core.lanes")
#: SQLAlchemy names a pool's logger after its class.
_POOLS = ("commentsvc.core.writing.sqlite.Pool", "commentsvc.core.writing.postgres.Pool")
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 3600.0
_MAX_VALUE = 500
_MAX_FRAMES = 12
_MOST_KEPT = 128 * 1024  # bytes of a file of warnings; there are two


def cached_answer(kind: str, status: int) -> None:
    """Count an answer that never reached Flask."""
    key = (kind, status)
    CACHED[key] = CACHED.get(key, 0) + 1


def configure(level: str, format: str) -> None:
    """Send log records to stderr, one line an event: as JSON, or as text for people."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if format == "json" else TextLines())
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("alembic", "huey", "flask_limiter", "flask-limiter", "sqlalchemy", *_POOLS):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class Kept(logging.Handler):
    """Keeps the latest warnings and errors in a small file beside the data, for `commentsvc doctor`: when,
    how bad, whose, our own words and where in the code. No field and no value of a line is kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._path.exists() and self._path.stat().st_size > _MOST_KEPT:
                self._path.replace(self._path.with_suffix(".old.jsonl"))
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(orjson.dumps(outline(record), option=orjson.OPT_APPEND_NEWLINE))
        except OSError:  # a full disk is said elsewhere, and must not stop what is logged
            pass


def kept_files(data_dir: Path) -> tuple[Path, Path]:
    """Where `Kept` writes: the older file, then the newer."""
    return data_dir / "warnings.old.jsonl", data_dir / "warnings.jsonl"


def keep_warnings(data_dir: Path) -> None:
    """From now on, keep warnings in this folder."""
    handler = Kept(kept_files(data_dir)[1])
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if not isinstance(each, Kept)]
    root.addHandler(handler)


def outline(record: logging.LogRecord) -> dict[str, Any]:
    """A line without anything that could be somebody's: the words of our own code only, no values."""
    ours = record.name.startswith("commentsvc")
    found: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
        "level": record.levelname.lower(),
        "logger": record.name[:80],
        "event": str(record.msg)[:200] if ours else "",
    }
    if record.exc_info and record.exc_info[1] is not None:
        found["error"] = type(record.exc_info[1]).__name__
        frames = traceback.extract_tb(record.exc_info[2])[-_MAX_FRAMES:]
        found["trace"] = [f"{_module(each.filename)}:{each.lineno} {each.name}" for each in frames]
    return found


class Seldom(logging.Filter):
    """What a background loop says at each of its turns while something is broken is written once, and
    again after pauses that grow to an hour, with how often it was said meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, float, int]] = {}  # last, pause, since then

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or not record.name.startswith(_LOOPS):
            return True
        key = record.name, str(record.msg)
        moment = time.monotonic()
        last, pause, times = self._said.get(key, (-_LONGEST_PAUSE * 2, 0.0, 0))
        quiet = moment - last
        if quiet < pause:
            self._said[key] = last, pause, times + 1
            return False
        # quiet for twice as long as it would have been: it was mended in between
        grown = _FIRST_PAUSE if quiet > 2 * pause + _FIRST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
        self._said[key] = moment, grown, 0
        if times:
            record.repeated = times
        return True


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says: when, how bad, who says it, what, and the fields given with it."""
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, Any] = {
        "time": moment.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": _short(record.getMessage()),
        "logger": record.name,
    }
    for key, value in record.__dict__.items():
        if key not in _STANDARD:
            found[key] = value if isinstance(value, int | float | None) else _short(str(value))
    if record.exc_info and record.exc_info[1] is not None:
        found["error"] = describe(record.exc_info[1])
        frames = traceback.extract_tb(record.exc_info[2])[-_MAX_FRAMES:]
        found["trace"] = [f"{_tail(each.filename)}:{each.lineno} {each.name}" for each in frames]
    return found


def describe(error: BaseException) -> str:
    """An error in one line. Of a database error only the driver's first line: what follows repeats
    the statement's values, and those are what people wrote."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    text = str(error).strip().splitlines()
    return _short(f"{type(error).__name__}: {text[0]}" if text else type(error).__name__)


class JsonLines(logging.Formatter):
    """One JSON object a line; whatever a value holds, it stays inside its line."""

    def format(self, record: logging.LogRecord) -> str:
        line = orjson.dumps(facts(record), default=str).decode()
        return line.translate(_SEPARATORS)


class TextLines(logging.Formatter):
    """For a terminal: time, level, event, fields. Control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        found = facts(record)
        head = f"{found.pop('time')} {found.pop('level'):7} {_plain(found.pop('event'))}"
        found.pop("logger")
        tail = " ".join(f"{key}={_plain(value)}" for key, value in found.items())
        return f"{head} {tail}".rstrip()


def _short(text: str) -> str:
    # what cannot be written (lone surrogates) would stop the line from being written at all
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…"


def _plain(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _tail(path: str) -> str:
    return "/".join(path.rsplit("/", 3)[-3:])


def _module(path: str) -> str:
    """A file of code by its place in its package: the folders above may be named after a person."""
    for above in ("site-packages/", "/commentsvc/"):
        _, found, rest = path.rpartition(above)
        if found:
            return rest
    return path.rpartition("/")[2]
