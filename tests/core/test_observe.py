"""Log lines hold one event each, and nothing of what people wrote."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from commentsvc import observe
from commentsvc.core.db import db
from commentsvc.core.writing.sqlite import Pool

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NASTY = ["a\nb", "\x1b[31mred", "x\r\ny: 1", "\u2028", "\ud800", "\x00", "‮txt"]


def record(message: str, **extra: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "test"})
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("formatter", [observe.JsonLines(), observe.TextLines()])
def test_one_event_is_one_line(formatter: logging.Formatter, value: str) -> None:
    line = formatter.format(record(f"event {value}", word=value))
    assert len(line.splitlines()) == 1
    assert line.encode("utf-8")
    assert not any(ord(each) < 32 or ord(each) == 127 for each in line)


def test_json_lines_are_json() -> None:
    found = json.loads(observe.JsonLines().format(record("done", job_id=3, ms=1.5, who=None)))
    assert found["event"] == "done" and found["level"] == "info"
    assert (found["job_id"], found["ms"], found["who"]) == (3, 1.5, None)
    assert found["time"].endswith("Z")


def test_a_database_error_does_not_repeat_what_was_written(app: Any) -> None:
    words = "the secret words of a comment"
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            text("INSERT INTO site (id, key, name) VALUES (1, NULL, :words)"), {"words": words}
        )
    db.session.rollback()
    made = record("failed", exc_info=(caught.type, caught.value, caught.tb))
    for formatter in (observe.JsonLines(), observe.TextLines()):
        line = formatter.format(made)
        assert words not in line and "site" in line


def test_long_values_are_cut() -> None:
    assert len(observe.JsonLines().format(record("x" * 100_000))) < 1000


def test_requests_are_counted_by_route(client: FlaskClient, caplog: Any) -> None:
    before = observe.REGISTRY.get_sample_value(
        "commentsvc_requests_total", {"method": "GET", "route": "/", "status": "200"}
    )
    with caplog.at_level(logging.INFO, "commentsvc.request"):
        client.get("/?href=https://example.org/secret-page")
    after = observe.REGISTRY.get_sample_value(
        "commentsvc_requests_total", {"method": "GET", "route": "/", "status": "200"}
    )
    assert (after or 0) - (before or 0) == 1
    assert "secret-page" not in observe.JsonLines().format(caplog.records[-1])
    assert caplog.records[-1].route == "/"


def test_a_loop_that_fails_at_each_turn_is_written_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two or three errors a second for an hour are a dozen lines; mended and broken again, at once."""
    seldom, moment = observe.Seldom(), 1000.0
    monkeypatch.setattr(observe.time, "monotonic", lambda: moment)

    def passes(
        message: str, name: str = "huey.consumer.Worker", level: int = logging.ERROR
    ) -> bool:
        made = record(message)
        made.name, made.levelno = name, level
        return seldom.filter(made)

    written = 0
    for _ in range(3600 * 3):
        moment += 1 / 3
        written += passes("Error reading from queue")
    assert 3 <= written <= 12
    assert passes("Error reading schedule.")  # another one
    assert passes("crash", "commentsvc.web") and passes("crash", "commentsvc.web")
    moment += 3 * 3600
    assert passes("Error reading from queue")


def test_the_pool_of_connections_says_nothing_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    observe.configure("INFO", "json")
    pool = Pool(lambda: sqlite3.connect(":memory:"))
    pool.dispose()
    pool.recreate()
    logging.getLogger("commentsvc").info("this is shown")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(each)["event"] for each in lines] == ["this is shown"]
