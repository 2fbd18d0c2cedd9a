"""Connections to PostgreSQL: one that the server has ended is replaced, and reading alone begins nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from commentsvc.core.db import db, execute, forget, is_sqlite, release, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.core.rows import insert_row
from commentsvc.core.writing import postgres

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.engines

_NAMES = select(Job.name)


@pytest.fixture(autouse=True)
def _only_here(app: Flask) -> None:
    if is_sqlite():
        pytest.skip("of PostgreSQL")


def driver() -> Any:
    return db.session.connection().connection.dbapi_connection


def test_it_works(app: Flask) -> None:
    """What is asked outside a unit is seen as it is, and no transaction stays open behind it."""
    assert execute(_NAMES, {}).all() == []
    assert driver().info.transaction_status == 0 and not driver().autocommit
    with unit_of_work():
        insert_row(Job, name="test", payload={}, due_at=0, created_at=0)
        assert driver().info.transaction_status == 2
    assert [row.name for row in execute(_NAMES, {})] == ["test"]
    db.session.execute(_NAMES)  # the session's own begins one, and what follows is in it
    execute(_NAMES, {})
    assert driver().info.transaction_status == 2


def test_a_unit_that_fails_is_undone_whole(app: Flask) -> None:
    execute(_NAMES, {})
    with pytest.raises(ZeroDivisionError), unit_of_work():
        insert_row(Job, name="test", payload={}, due_at=0, created_at=0)
        raise ZeroDivisionError
    assert execute(_NAMES, {}).all() == []


@pytest.mark.parametrize("idle", [0.0, 0.5])
def test_a_connection_that_the_server_ended_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    monkeypatch.setattr(postgres, "IDLE_SECONDS", 60.0 if not idle else 0.0)
    db.session.remove()
    db.engine.dispose()  # other tests have left more than the two of this one
    execute(_NAMES, {})
    gone = driver()
    held = db.engine.connect()  # so that another connection ends it
    other = held.connection.dbapi_connection
    assert other is not gone
    held.close()
    release()
    with db.engine.connect() as connection:
        assert connection.connection.dbapi_connection in (gone, other)
        kept = connection.connection.dbapi_connection
        dead = other if kept is gone else gone
        connection.execute(
            text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": dead.info.backend_pid}
        )
        time.sleep(idle)
        with db.engine.connect() as again:  # would be the one that ended
            assert again.execute(text("SELECT 1")).scalar() == 1
            assert again.connection.dbapi_connection is not dead


def test_a_connection_that_is_closed_here_is_replaced(app: Flask) -> None:
    """More often than the pool has places: none is lost."""
    for _ in range(40):
        execute(_NAMES, {})
        kept = driver()
        db.session.remove()
        kept.close()
    assert execute(_NAMES, {}).all() == []


def test_what_breaks_while_it_is_asked_is_what_is_said(app: Flask) -> None:
    """A connection whose answer never came cannot be used again, and says nothing in place of the reason."""
    execute(_NAMES, {})
    broken = driver()
    with pytest.raises(ZeroDivisionError), postgres.alone(broken):
        broken.pgconn.send_query(b"SELECT 1")
        raise ZeroDivisionError
    assert broken.closed
    forget()
    assert execute(_NAMES, {}).all() == []
    assert not driver().autocommit
