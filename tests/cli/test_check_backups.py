"""`commentsvc check` and `doctor` say when scheduled backups fail or are overdue."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.cli.upkeep import check
from commentsvc.core.db import micros
from tests.cli.test_commands import INIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Call = Callable[..., Said]


def line(call: Call) -> tuple[str, str]:
    found = json.loads(call("check", "--json").out)
    return next((each["state"], each["says"]) for each in found if each["what"] == "backups")


def attempt(data_dir: Path, hours: float, error: str | None = None) -> None:
    """A backup that a worker has tried so many hours ago."""
    at = micros(datetime.now(UTC) - timedelta(hours=hours))
    state = "waiting" if error else "done"
    row = ("save_backup", "{}", state, 1, at, at, None if error else at, error)
    with closing(sqlite3.connect(data_dir / "comments.db")) as file, file:
        file.execute(
            "INSERT INTO job (name, payload, state, attempts, created_at, due_at, finished_at, "
            "last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def old(data_dir: Path, hours: float) -> None:
    """Set the installation up so many hours ago."""
    at = micros(datetime.now(UTC) - timedelta(hours=hours))
    with closing(sqlite3.connect(data_dir / "comments.db")) as file, file:
        file.execute("UPDATE user SET created_at = ?", (at,))


def test_it_works(call: Call, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(*INIT).code == 0
    assert line(call) == ("ok", "none are scheduled (BACKUP_HOURS)")
    assert json.loads(call("doctor", "--json").out)["backups"] == {"scheduled": False}
    monkeypatch.setenv("BACKUP_HOURS", "6")
    assert line(call) == ("ok", "every 6 hours; no good backup is on record")
    old(data_dir, 7)
    state, says = line(call)
    assert state == "warning" and "no good backup is on record" in says
    assert "with BACKUP_HOURS set" in says
    attempt(data_dir, 3)
    assert line(call)[0] == "ok" and "3 hours ago" in line(call)[1]
    attempt(data_dir, 2, "OSError: [Errno 28] No space left on device: '/srv/\x1b[2Jada'")
    state, says = line(call)
    assert state == "warning" and "No space left" in says and "3 hours ago" in says
    assert "\x1b" not in call("check").out, "an error may name anything"
    assert call("check").code == 0, "a warning, not a failure"
    told = json.loads(call("doctor", "--json").out)["backups"]
    assert (told["error"], told["overdue"]) == ("OSError", False) and "ada" not in str(told)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3599, "less than an hour ago"),
        (3600, "1 hour ago"),
        (5300, "1 hour ago"),
        (7200, "2 hours ago"),
    ],
)
def test_an_age(seconds: float, said: str) -> None:
    assert check.hours_ago(seconds) == said


@pytest.mark.parametrize(("hours", "state"), [(11.9, "ok"), (12.1, "warning")])
def test_late(
    call: Call, data_dir: Path, monkeypatch: pytest.MonkeyPatch, hours: float, state: str
) -> None:
    assert call(*INIT).code == 0
    monkeypatch.setenv("BACKUP_HOURS", "6")
    attempt(data_dir, hours)
    assert line(call)[0] == state and "12 hours ago" in line(call)[1]
