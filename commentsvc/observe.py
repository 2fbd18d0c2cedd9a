"""What operators see: log lines without bodies or secrets, and the metrics for /metrics."""

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

#: The metrics of this process, without those of the library's default registry.
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
#: Responses from the cache, before Flask: (kind, status) -> count. A plain dict without a lock,
#: because a hit takes only microseconds; a lost increment among millions does not matter.
CACHED: dict[tuple[str, int], int] = {}

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# characters that JSON does not escape, but some log readers treat as line ends
_SEPARATORS = {each: f"\\u{each:04x}" for each in (0x7F, 0x85, 0x2028, 0x2029)}
_LOOPS = ("huey", "commentsvc.core.delivery", "commentsvc.core.delivery.lanes")
#: SQLAlchemy names the logger of a pool after its class.
_POOLS = ("commentsvc.core.writing.sqlite.Pool", "commentsvc.core.writing.postgres.Pool")
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 3600.0
_MAX_VALUE = 500
_MAX_FRAMES = 12
_MOST_KEPT = 128 * 1024  # bytes per file of warnings; there are two


def cached_answer(kind: str, status: int) -> None:
    """Count a response that never reached Flask."""
    key = (kind, status)
    CACHED[key] = CACHED.get(key, 0) + 1


def configure(level: str, format: str) -> None:
    """Send log records to stderr, one line per event: as JSON, or as text for people."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if format == "json" else TextLines())
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("alembic", "huey", "flask_limiter", "flask-limiter", "sqlalchemy", *_POOLS):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class Kept(logging.Handler):
    """Keeps the latest warnings and errors in a small file beside the data, for `commentsvc
    doctor`: time, level, logger, our own message and place in the code, but no fields or values."""

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
        except OSError:  # a full disk is reported elsewhere, and must not break the caller
            pass


def kept_files(data_dir: Path) -> tuple[Path, Path]:
    """The files that `Kept` writes: the older, then the newer one."""
    return data_dir / "warnings.old.jsonl", data_dir / "warnings.jsonl"


def keep_warnings(data_dir: Path) -> None:
    """Keep warnings in this folder from now on."""
    handler = Kept(kept_files(data_dir)[1])
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if not isinstance(each, Kept)]
    root.addHandler(handler)


def outline(record: logging.LogRecord) -> dict[str, Any]:
    """A log record without personal data: only messages of our own code, without values."""
    ours = record.name.startswith("commentsvc.")  # "commentsvc" alone is Flask's
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
    """Limits repeated warnings of background loops while something is broken: one is logged at
    once, then after pauses that grow to an hour, with the number of repetitions since."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, float, int]] = {}  # last, pause, count since

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
        # quiet for twice as long as expected: it was fixed meanwhile
        grown = _FIRST_PAUSE if quiet > 2 * pause + _FIRST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
        self._said[key] = moment, grown, 0
        if times:
            record.repeated = times
        return True


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """The content of a line: time, level, logger, event, and the extra fields."""
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
    """An error in one line. For database errors, only the first line of the driver: the rest
    repeats the statement's values, which are what people wrote."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    text = str(error).strip().splitlines()
    return _short(f"{type(error).__name__}: {text[0]}" if text else type(error).__name__)


class JsonLines(logging.Formatter):
    """One JSON object per line; values cannot break the line."""

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
    # lone surrogates cannot be encoded, and would lose the whole line
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…"


def _plain(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _tail(path: str) -> str:
    return "/".join(path.rsplit("/", 3)[-3:])


def _module(path: str) -> str:
    """The path of a code file from its package on: folders above may contain a person's name."""
    for above in ("site-packages/", "/commentsvc/"):
        _, found, rest = path.rpartition(above)
        if found:
            return rest
    return path.rpartition("/")[2]
