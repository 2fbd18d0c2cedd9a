"""`commentsvc import list`, `report` and `undo`, after an import by the command line."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import unit_of_work
from commentsvc.exchange.importing import commands
from tests.cli.test_commands import INIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Said

    Call = Callable[..., Said]

PAGE = "https://post.example.org/a"


@pytest.fixture
def file(call: Call, tmp_path: Path) -> Path:
    assert call(*INIT).code == 0
    path = tmp_path / "old.csv"
    path.write_text(
        f"comment_id,thread_url,text\n1,{PAGE},One\n2,{PAGE},Two\n3,https://x.example/,No\n"
    )
    return path


def test_it_works(call: Call, file: Path) -> None:
    said = call("import", "--dry-run", str(file))
    assert said.code == 0 and "undo" not in said.out
    assert json.loads(call("import", "list", "--json").out) == []
    said = call("import", "csv", str(file))
    assert said.code == 0, said.err
    import_id = said.out.split("commentsvc import undo ")[1].strip()
    assert f"Import {import_id} has started." in said.err, "what to cancel while it runs"
    (row,) = json.loads(call("import", "list", "--json").out)
    assert (row["id"], row["file"], row["state"]) == (import_id, "old.csv", "done")
    assert row["comments"] == 2 and import_id in call("import", "list").out
    told = json.loads(call("import", "report", import_id, "--json").out)
    assert told["left_out"] == {"foreign_page": 1, "of_these": 1} and told["state"] == "done"
    assert "Imported 2 comments" in call("import", "report", import_id).out
    said = call("import", "undo", import_id, "--yes")
    assert said.code == 0 and "Comments deleted: 2. Comments kept: 0." in said.out
    assert "Comments that will be deleted: 2." in said.err
    assert json.loads(call("import", "list", "--json").out)[0]["state"] == "undone"
    assert json.loads(call("import", "--json", str(file)).out)["taken"]["comments"] == 2


def test_an_import_that_adds_nothing_leaves_nothing_to_undo(call: Call, file: Path) -> None:
    assert call("import", str(file)).code == 0
    assert "undo" not in call("import", str(file)).out
    again = json.loads(call("import", str(file), "--json").out)
    assert again["taken"]["comments"] == 0
    said = call("import", "undo", again["id"], "--yes")
    assert said.code == 1 and "import can’t be undone" in said.err


def test_one_whose_command_died_is_cancelled_and_undone(
    call: Call, file: Path, data_dir: Path
) -> None:
    said = call("import", str(file))
    import_id = said.out.split("commentsvc import undo ")[1].strip()
    assert call("import", "cancel", import_id).out == "The import is not running.\n"
    with closing(sqlite3.connect(data_dir / "comments.db")) as database, database:
        database.execute(
            "INSERT INTO import (public_id, site_id, file, name, options, state, runs, seen, units, report, "
            "total, created_at) SELECT 'tried000', site_id, '', name, options, 'tried', 0, 0, 0, report, "
            "total, created_at FROM import"
        )
    said = call("import", "cancel", "tried000")
    assert said.out == "Discarded the file. Nothing had been imported.\n"
    assert call("import", "cancel", "tried000").code == 1, "it is gone"
    with closing(sqlite3.connect(data_dir / "comments.db")) as database, database:
        database.execute("UPDATE import SET state = 'running'")
    assert "running" in call("import", "list").out
    said = call("import", "undo", import_id, "--yes")
    assert said.code == 1 and "still running" in said.err
    said = call("import", str(file))
    assert said.code == 1 and "already being imported" in said.err
    assert call("import", "cancel", import_id).out == "Canceled the import.\n"
    assert json.loads(call("import", "list", "--json").out)[0]["state"] == "cancelled"
    said = call("import", "undo", import_id, "--yes")
    assert said.code == 0 and "Comments deleted: 2." in said.out


def test_what_is_not_there(call: Call, file: Path) -> None:
    said = call("import", "undo", "none", "--yes")
    assert said.code == 1 and said.err
    assert call("import", "report", "none").code == 1


def test_nobody_answers(call: Call, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    said = call("import", str(file))
    import_id = said.out.split("commentsvc import undo ")[1].strip()
    assert call("import", "undo", import_id).code != 0, "without a terminal, nothing is deleted"
    assert json.loads(call("import", "list", "--json").out)[0]["state"] == "done"


def once_it_has_begun(
    monkeypatch: pytest.MonkeyPatch, database: Path, end: Callable[[], None]
) -> threading.Thread:
    """Do something as soon as an import has stored something; it waits until that has been seen."""
    noticed, units = threading.Event(), count()

    @contextmanager
    def patient() -> Iterator[None]:
        with unit_of_work():
            yield
        if next(units) == 3:
            noticed.wait(60)

    def watch() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.Error):
                if connection.execute(
                    "SELECT 1 FROM import WHERE state = 'running' AND seen > 0"
                ).fetchone():
                    noticed.set()
                    return end()
            time.sleep(0.005)

    monkeypatch.setattr(commands, "unit_of_work", patient)
    thread = threading.Thread(target=watch)
    thread.start()
    return thread


USUAL = {
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGINT: signal.default_int_handler,
    signal.SIGHUP: signal.SIG_DFL,
}


@pytest.mark.parametrize(
    "how", [signal.SIGTERM, signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.drill)]
)
def test_one_that_is_told_to_end_says_how_to_go_on(
    call: Call, file: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    monkeypatch.setattr(commands, "UNIT", 10)
    head = file.read_text("utf-8").splitlines()[0]
    rows = [f"{number},{PAGE},Number {number}" for number in range(1500)]
    file.write_text("\n".join([head, *rows]), "utf-8")
    # under nohup or in the background, tests start with some of them ignored, and so would the import
    before = signal.signal(how, USUAL[how])
    try:
        thread = once_it_has_begun(
            monkeypatch, data_dir / "comments.db", lambda: os.kill(os.getpid(), how)
        )
        said = call("import", "csv", str(file))
        thread.join()
    finally:
        signal.signal(how, before)
    assert said.code == 128 + how
    assert "run the same command again" in said.err and "Traceback" not in said.err
    (row,) = json.loads(call("import", "list", "--json").out)
    assert row["state"] == "cancelled" and 0 < row["comments"] < 1500
    assert f"commentsvc import undo {row['id']}" in said.err
    again = json.loads(call("import", "csv", str(file), "--json").out)
    assert again["taken"]["comments"] == 1500 - row["comments"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_one_during_an_upgrade_says_how_to_go_on(
    call: Call, file: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration of a large database holds it longer than a unit waits, and changes its schema."""
    monkeypatch.setattr(commands, "UNIT", 10)
    head = file.read_text("utf-8").splitlines()[0]
    rows = [f"{number},{PAGE},Number {number}" for number in range(1500)]
    file.write_text("\n".join([head, *rows]), "utf-8")
    database, ended = data_dir / "comments.db", threading.Event()

    def upgrade() -> None:
        with closing(sqlite3.connect(database, timeout=60)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ALTER TABLE comment ADD COLUMN newer INTEGER")
            ended.wait(60)
            connection.commit()

    thread = once_it_has_begun(monkeypatch, database, upgrade)
    said = call("import", "csv", str(file))
    ended.set()
    thread.join()
    assert said.code == 1 and "Traceback" not in said.err
    assert "can’t save comments right now" in said.err
    assert "run the same command again" in said.err
    (row,) = json.loads(call("import", "list", "--json").out)
    assert 0 < row["comments"] < 1500
    said = call("import", "csv", str(file), "--json")
    assert said.code == 0, said.err
    again = json.loads(said.out)
    assert again["taken"]["comments"] == 1500 - row["comments"]
    states = {
        each["id"]: each["state"] for each in json.loads(call("import", "list", "--json").out)
    }
    assert states == {row["id"]: "failed", again["id"]: "done"}  # it could not be written then


def test_one_into_a_new_site_names_that_site(
    call: Call, file: Path, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command would be refused: the site exists by then."""
    monkeypatch.setattr(commands, "UNIT", 10)
    head = file.read_text("utf-8").splitlines()[0]
    rows = [f"{number},{PAGE},Number {number}" for number in range(600)]
    file.write_text("\n".join([head, *rows]), "utf-8")
    assert call("import", "csv", str(file)).code == 0
    export = tmp_path / "export.jsonl"
    export.write_text(call("export", "commentsvc").out, "utf-8")
    database = data_dir / "comments.db"
    thread = once_it_has_begun(monkeypatch, database, lambda: os.kill(os.getpid(), signal.SIGTERM))
    said = call("import", "--new-site", "--site", "second", "commentsvc", str(export))
    thread.join()
    assert said.code == 128 + signal.SIGTERM
    assert "the same command again with --site second instead of --new-site" in said.err
    assert call("import", "--site", "second", "commentsvc", str(export)).code == 0
