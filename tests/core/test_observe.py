"""Log lines hold one event each, and nothing of what people wrote."""

from __future__ import annotations

import ast
import json
import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from commentsvc import observe
from commentsvc.core.db import db
from commentsvc.core.writing.sqlite import Pool
from tests.tables import every_row

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NASTY = ["a\nb", "\x1b[31mred", "x\r\ny: 1", "\u2028", "\ud800", "\x00", "‮txt"]


def record(message: str, **extra: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "test"})
    made.__dict__.update(extra)
    return made


@every_row("value", NASTY)
@every_row("formatter", [observe.JsonLines(), observe.TextLines()])
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


CANARY = "wHaTaDaReAdS"


@pytest.mark.parametrize("place", ["after_request_funcs", "before_request_funcs"])
def test_a_crash_names_the_route_and_no_address(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any, tmp_path: Path, place: str
) -> None:
    """Wherever a request breaks: an address says what somebody reads."""

    def breaks(*_given: Any) -> None:
        raise ValueError

    monkeypatch.setitem(getattr(app, place), None, [breaks])
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    kept = observe.Kept(tmp_path / "warnings.jsonl")
    logging.getLogger().addHandler(kept)
    try:
        for path in (f"/{CANARY}", f"/api/v1/comments/{CANARY}", f"/embed/{CANARY}"):
            assert app.test_client().get(f"{path}?{CANARY}={CANARY}").status_code == 500
    finally:
        logging.getLogger().removeHandler(kept)
    lines = (tmp_path / "warnings.jsonl").read_text()
    assert "ValueError" in lines and CANARY not in lines
    said = [observe.JsonLines().format(each) for each in caplog.records]
    assert said and not [each for each in said if CANARY in each]
    if place == "after_request_funcs":
        routes = [each.route for each in caplog.records if hasattr(each, "route")]
        assert any("/api/v1/comments/<" in each for each in routes)


def test_what_is_logged_are_fixed_words() -> None:
    """A message put together may hold what people wrote; fields are named, and can be left out."""
    names = ("debug", "info", "warning", "error", "exception", "critical")
    logging_calls = {f"{log}.{name}" for log in ("log", "logger") for name in names}
    put_together = [
        f"{path.name}:{node.lineno} {ast.unparse(node)[:80]}"
        for path in sorted(Path(observe.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in logging_calls
        if not isinstance(node.args[0], ast.Constant)
    ]
    assert not put_together
