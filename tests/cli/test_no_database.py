"""Without a database, a command says so and creates nothing; what it does create is closed to others."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from commentsvc.server import _alone
from commentsvc.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Call = Callable[..., Said]

COMMANDS = (
    "backup FILE", "export", "export csv -o FILE", "import FILE --dry-run", "import FILE",
    "audit verify", "reseal", "site list", "site tag x", "site secret x", "site recount", "site alias list",
    "site alias add /a/* /b/*", "user list", "user role a@example.org x owner", "key list",
    "webhook list", "thread moves", "thread undo 1", "toxicity rescore",
)  # fmt: skip


@pytest.mark.parametrize("line", COMMANDS)
def test_it_works(call: Call, data_dir: Path, tmp_path: Path, line: str) -> None:
    file = tmp_path / "file"
    if line.startswith("import"):
        file.write_text("[]")
    said = call(*line.replace("FILE", str(file)).split())
    assert said.code == 1 and not said.out
    assert said.err.startswith("Error: There is no database at ") and "init" in said.err
    assert not data_dir.exists() and (file.exists() == line.startswith("import"))


def test_a_database_elsewhere_is_not_created(
    call: Call, data_dir: Path, monkeypatch, tmp_path
) -> None:
    data_dir.mkdir()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/comments.db")
    said = call("backup", str(tmp_path / "backup.zip"))
    assert said.code == 1 and f"{tmp_path}/elsewhere/comments.db" in said.err
    assert list(data_dir.iterdir()) == [] and not (tmp_path / "elsewhere").exists()


def test_a_database_without_tables_is_not_saved(call: Call, data_dir: Path, tmp_path: Path) -> None:
    data_dir.mkdir()
    (data_dir / "comments.db").touch()
    said = call("backup", str(tmp_path / "backup.zip"))
    assert said.code == 1 and said.err.startswith("Error: There is no database")


def test_pages_can_be_scanned_without_one(call: Call, data_dir: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>A</title>")
    assert call("site", "scan", str(page)).code == 0
    assert not data_dir.exists()


def test_check_says_one_thing(call: Call, data_dir: Path) -> None:
    said = call("check")
    named = [line for line in said.out.splitlines() if line.split()[1] != "ok"]
    assert len(named) == 1 and str(data_dir) in named[0], said.out
    assert "secrets" not in said.out and not data_dir.exists()


def test_what_a_server_creates_is_closed_to_others(data_dir: Path) -> None:
    before = os.umask(0)
    try:
        lock = _alone(replace(Settings.from_env(), data_dir=data_dir))
    finally:
        os.umask(before)
    assert lock is not None
    lock.close()
    for path in (data_dir, *data_dir.iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
