"""`commentsvc doctor` says how an installation is, and nothing that anyone has written or set."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from commentsvc import observe
from commentsvc.settings import Settings
from tests.cli.test_commands import INIT
from tests.filled import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Said

    Call = Callable[..., Said]

#: Appears in nothing of ours; upper and lower case, so that no change of case hides it.
CANARY = "kAnArIenVogel"


def test_it_works(call: Call, data_dir: Path, tmp_path: Path) -> None:
    assert call(*INIT).code == 0
    file = tmp_path / "report.json"
    said = call("doctor", str(file))
    assert said.code == 0 and "Read it before you send it." in said.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = json.loads(file.read_text())
    assert not [name for name, part in found.items() if "failed" in part]
    assert found["versions"]["commentsvc"] and found["versions"]["sqlalchemy"]
    assert found["database"]["engine"] == "sqlite"
    assert found["database"]["revision"] == found["database"]["newest_revision"]
    assert found["counts"]["rows"]["site"] == 1 and found["counts"]["comments"]["published"] == 0
    assert found["timings"]["database"] > 0 and found["disk"]["free_bytes"] > 0
    assert found["settings"]["database_url"] == "sqlite" and found["settings"]["threads"] == 4
    assert call("doctor", str(file)).code == 1, "it replaces nothing"


def test_without_a_database_it_says_the_rest(call: Call, data_dir: Path) -> None:
    found = json.loads(call("doctor", "--json").out)
    assert found["database"] == {"missing": True} and found["versions"]["python"]
    assert not data_dir.exists()


#: What each setting may be, so that it is valid and still holds the canary.
_SET = {
    "DATA_DIR": None,  # holds it already, see below
    "DATABASE_URL": None,
    "REDIS_URL": "redis://u:{}@127.0.0.1:1/0",
    "PUBLIC_URL": "https://{}.example.org:8443/{}",
    "HOST": "{}.local",
    "TOXICITY_BACKEND": "remote:http://{}.internal",
    "TRUSTED_PROXIES": None,  # addresses of networks: counted
    "MAIL_URL": "smtp://{}:{}@{}.example:587",
    "SIGN_IN_PROVIDERS": '[{{"provider": "google", "client_id": "{}", "client_secret": "{}"}}]',
    "LIMITS": None,  # our own names and rates, or the server does not start
    "DSA_DATABASE_URL": "https://{}.example/api/v1",
    "LOG_FORMAT": None,
    "LOG_LEVEL": None,
}


def test_it_holds_nothing_that_anyone_wrote_or_set(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / CANARY / "data"
    monkeypatch.setenv("DATA_DIR", str(data))
    assert call(*INIT).code == 0
    engine = create_engine(f"sqlite:///{data / 'comments.db'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        filled = fill(connection, 77, text=lambda name: f"{CANARY} {name}")
        connection.commit()
    engine.dispose()
    assert len(filled) > 50, "every table has a row with it"
    _leave_warnings(data)
    for knob in fields(Settings):
        name = knob.name.upper()
        pattern = _SET.get(name, "{} and sixteen letters" if "str" in str(knob.type) else None)
        if pattern is not None:
            monkeypatch.setenv(
                name, pattern.replace("{}", CANARY).replace("{{", "{").replace("}}", "}")
            )
    monkeypatch.setenv("WEBHOOK_PRIVATE", "yes")
    said = call("doctor", "--json")
    assert said.code == 0, said.err
    assert CANARY.lower() not in (said.out + said.err).lower()
    found = json.loads(said.out)
    assert not [name for name, part in found.items() if "failed" in part]
    assert found["counts"]["rows"]["comment"] == 1 and found["warnings"]["latest"]
    assert found["queue"]["jobs"]["other"] and found["counts"]["comments"]["other"] == 1


def _leave_warnings(data: Path) -> None:
    """What a server of this folder would have kept: fields and values are somebody's."""
    kept = observe.Kept(observe.kept_files(data)[1])
    for name in ("commentsvc.request", "somebody.else"):
        log = logging.Logger(name)
        log.addHandler(kept)
        log.warning(
            "a comment failed" if name[0] == "c" else f"lost {CANARY}", extra={"who": CANARY}
        )
        try:
            raise ValueError(CANARY)
        except ValueError:
            log.exception("it broke: %s", CANARY) if name[0] == "c" else log.exception(CANARY)


def test_a_damaged_database_still_gets_a_report(call: Call, data_dir: Path) -> None:
    assert call(*INIT).code == 0
    with closing(sqlite3.connect(data_dir / "comments.db")) as file:
        file.execute("ALTER TABLE comment RENAME TO gone")
        file.commit()
    found = json.loads(call("doctor", "--json").out)
    assert found["counts"] == {"failed": "OperationalError"}
    assert found["database"]["engine"] == "sqlite" and found["queue"]["jobs"] is not None


def test_warnings_are_kept_in_little_space(tmp_path: Path) -> None:
    kept = observe.Kept(tmp_path / "warnings.jsonl")
    record = logging.makeLogRecord(
        {"name": "commentsvc.x", "levelno": 30, "levelname": "WARNING", "msg": "m" * 200}
    )
    for _ in range(3000):
        kept.handle(record)
    sizes = [path.stat().st_size for path in observe.kept_files(tmp_path)]
    assert all(0 < size <= 130 * 1024 for size in sizes)
    assert [path.stat().st_mode & 0o077 for path in observe.kept_files(tmp_path)] == [0, 0]
