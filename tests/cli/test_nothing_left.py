"""A command that refuses leaves nothing behind: no database, no key, no folder."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.exchange.reading import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Call = Callable[..., Said]


def damaged(source: Path, target: Path) -> None:
    """A backup of which one table says something else than was saved."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"The Blog", b"The Blot") if "site" in name else data)


@pytest.fixture
def saved(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    with monkeypatch.context() as there:
        there.setenv("DATA_DIR", str(tmp_path / "first"))
        made = call("site", "add", "The Blog", "--origin", "https://a.example", "--key", "blog")
        assert made.code == 0, made.err
        assert call("backup", str(tmp_path / "saved.zip")).code == 0
    return tmp_path / "saved.zip"


def test_it_works(call: Call, data_dir: Path, saved: Path) -> None:
    assert call("restore", str(saved)).code == 0
    assert (data_dir / "comments.db").exists()


def test_a_restore_that_is_refused(call: Call, data_dir: Path, saved: Path, tmp_path: Path) -> None:
    cut, other, noise = tmp_path / "cut.zip", tmp_path / "other.zip", tmp_path / "noise.zip"
    cut.write_bytes(saved.read_bytes()[:-200])
    damaged(saved, other)
    noise.write_bytes(b"no zip")
    for file in (cut, other, noise):
        said = call("restore", str(file))
        assert said.code == 1 and "Traceback" not in said.err
        assert not data_dir.exists(), file.name
    data_dir.mkdir()
    (data_dir / "mine.txt").write_text("mine")
    assert call("restore", str(other)).code == 1
    assert [each.name for each in data_dir.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "line",
    [
        "init --yes --email a@example.org --name A",
        "init --yes --email nonsense --name A --site S --origin https://a.example",
        "site add X --origin https://a.example/path?x --key KEY",
        "import --new-site commentsvc {sample}",
        "toxicity evaluate {folder}/none",
        "toxicity score hello --backend embedded:{folder}/none",
        "toxicity export embedded -o {folder}/out",
    ],
)
def test_a_command_that_would_create_a_database(
    call: Call, data_dir: Path, tmp_path: Path, line: str
) -> None:
    given = {"sample": str(SAMPLES / "disqus.xml"), "folder": str(tmp_path)}
    said = call(*line.format(**given).split())
    assert said.code in (1, 2), said.out
    assert not data_dir.exists()


def test_what_was_there_stays(call: Call, data_dir: Path, saved: Path) -> None:
    assert call("restore", str(saved)).code == 0
    before = (data_dir / "secret_key").read_bytes()
    assert call("restore", str(saved)).code == 1  # not empty
    assert call("init", "--yes", "--email", "a@example.org").code in (1, 2)
    assert (data_dir / "secret_key").read_bytes() == before
    assert call("site", "list").out.count("blog") == 1
