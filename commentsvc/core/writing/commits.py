"""The commits of this process: how many there were, and what keeps it from committing more.

Caches ask for the number, to know whether they may be stale; operators ask what is wrong.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Engine

Why = Literal["full", "read_only"]

_PROBE_BYTES = 64 * 1024
_REMEMBERED_SECONDS = 60.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
#: The drivers' codes: SQLite's names, PostgreSQL's SQLSTATEs.
_NAMES: tuple[tuple[str, Why], ...] = (
    ("SQLITE_FULL", "full"),
    ("SQLITE_READONLY", "read_only"),
    ("SQLITE_PERM", "read_only"),
    ("53100", "full"),
    ("25006", "read_only"),
)

#: Caches trust what they have read for this long, although other processes may have changed it,
#: where they cannot ask more cheaply.
TRUST_SECONDS = 0.5

_lock = threading.Lock()
_count = 0
_last: tuple[float, Why] | None = None


def count() -> int:
    """The number of commits by this process: its requests and the worker inside."""
    return _count


def succeeded() -> None:
    """Note a commit: after others can read it, and before anybody is notified."""
    global _count, _last
    with _lock:
        _count += 1
    if _last is not None:
        _last = None


def failed(error: BaseException | None) -> None:
    """Note that the driver refused a write with this error."""
    global _last
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    why = next((why for start, why in _NAMES if name.startswith(start)), None)
    if why is not None:
        _last = time.monotonic(), why


def why_not(engine: Engine) -> Why | None:
    """Why nothing can be written, as far as we can tell without writing to the database: from the
    last error, and a test write to its folder."""
    last = _last
    if last is not None and time.monotonic() - last[0] < _REMEMBERED_SECONDS:
        return last[1]
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            shown = connection.execute(text("SHOW transaction_read_only")).scalar()
        return "read_only" if shown == "on" else None
    path = engine.url.database
    return why_no_file(Path(path)) if path and path != ":memory:" else None


def why_no_file(path: Path) -> Why | None:
    """The same for a file and its folder, where SQLite keeps its write-ahead log."""
    if path.exists() and not os.access(path, os.W_OK):
        return "read_only"
    try:
        with tempfile.TemporaryFile(dir=path.absolute().parent) as probe:
            probe.write(b"\0" * _PROBE_BYTES)
            probe.flush()
    except OSError as error:
        if error.errno in _FULL:
            return "full"
        return "read_only" if error.errno in _READ_ONLY else None
    return None
