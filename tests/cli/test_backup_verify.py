"""`commentsvc backup verify` restores a backup elsewhere and says what it saw; it needs no database."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_commands import INIT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Call = Callable[..., Said]


@pytest.fixture
def saved(call: Call, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a new installation; the database it was taken from is out of reach."""
    assert call(*INIT).code == 0
    file = tmp_path / "a.zip"
    assert call("backup", str(file)).code == 0
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "nowhere"))
    return file


def test_it_works(call: Call, saved: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    said = call("backup", "verify", str(saved), "--in", str(place))
    assert said.code == 0, said.err
    assert "from sqlite" in said.out and "Restored and verified" in said.out
    assert "  site " in said.out and "Comments: none." in said.out
    assert not (tmp_path / "nowhere").exists() and not list(place.iterdir())
    found = json.loads(call("backup", "verify", str(saved), "--json").out)
    assert found["rows"]["site"] == 1 and not found["upgraded"]
    assert found["digest"] in said.out


def changed(saved: Path, name: str, body: Callable[[bytes], bytes]) -> Path:
    other = saved.with_name("changed.zip")
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(other, "w") as target:
        for each in source.namelist():
            target.writestr(each, body(source.read(each)) if each == name else source.read(each))
    return other


def test_space_for_ten_times_the_file_is_needed(
    call: Call, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 10 * saved.stat().st_size - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=free))
    said = call("backup", "verify", str(saved))
    assert said.code == 1 and "not enough free space" in said.err


def test_a_damaged_file_is_refused(call: Call, saved: Path) -> None:
    file = changed(saved, "tables/site.jsonl", lambda body: body.replace(b"The Post", b"The P0st"))
    said = call("backup", "verify", str(file))
    assert said.code == 1 and not said.out and "site" in said.err


def test_a_cut_off_file_is_refused(call: Call, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-300])
    assert call("backup", "verify", str(saved)).code == 1


def test_a_newer_versions_file_is_refused(call: Call, saved: Path) -> None:
    def newer(body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "revision": "9999"}).encode()

    said = call("backup", "verify", str(changed(saved, "manifest.json", newer)))
    assert said.code == 1 and "newer" in said.err


def test_rows_that_point_nowhere_are_refused(call: Call, data_dir: Path, tmp_path: Path) -> None:
    """As `restore` would: after rows were deleted by hand, better to learn it now."""
    assert call(*INIT).code == 0
    with closing(sqlite3.connect(data_dir / "comments.db")) as database, database:
        database.execute("DELETE FROM site")
    file = tmp_path / "a.zip"
    assert call("backup", str(file)).code == 0
    said = call("backup", "verify", str(file))
    assert said.code == 1 and "membership" in said.err
