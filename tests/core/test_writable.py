"""A disk that is full and a folder that is read-only are told before somebody loses a comment to them."""

from __future__ import annotations

import os
import pwd
import resource
import signal
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.writing import commits

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    commits.succeeded()


def test_it_works(tmp_path: Path) -> None:
    assert commits.why_no_file(tmp_path / "comments.db") is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    """The kernel refuses this process another byte, as a full disk would."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
    try:
        assert commits.why_no_file(tmp_path / "comments.db") == "full"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def somebody() -> Iterator[int]:
    """As somebody to whom folders can be closed: root may write anywhere, so nobody takes its place."""
    if os.geteuid() != 0:
        yield os.geteuid()
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield os.geteuid()
    finally:
        os.seteuid(0)


def test_a_folder_that_is_read_only() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # pytest's own are closed to all but one
        folder = Path(name)
        with somebody() as user:
            pass
        os.chown(folder, user, -1)
        for mode, why in ((0o755, None), (0o555, "read_only")):
            folder.chmod(mode)
            with somebody():
                assert commits.why_no_file(folder / "comments.db") == why


def test_what_the_database_said_is_remembered_until_it_takes_something(tmp_path: Path) -> None:
    path = tmp_path / "comments.db"
    sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close()
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as caught:
        reading.execute("INSERT INTO a VALUES (1)")
    commits.failed(caught.value)
    assert commits._last is not None and commits._last[1] == "read_only"
    commits.succeeded()
    assert commits._last is None


def test_a_lock_is_no_reason() -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    commits.failed(error)
    assert commits._last is None
