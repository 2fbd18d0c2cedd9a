"""Several questions in one statement find what each of them finds by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, func, select

from commentsvc.core.db import AtOnce, NextId, execute, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.core.rows import insert_first, insert_row, table_of
from commentsvc.posting.models import Idempotency
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.engines

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
jobs = table_of(Job)
FIRST = select(jobs.c.id, jobs.c.payload, jobs.c.due_at).where(jobs.c.name == bindparam("name"))
COUNT = select(func.count().label("all"), func.max(jobs.c.due_at).label("last")).where(
    jobs.c.name == bindparam("name")
)
OTHER = select(jobs.c.id).where(jobs.c.name == bindparam("other"))
BOTH = AtOnce(first=FIRST, count=COUNT, other=OTHER)


def add(name: str, **more: object) -> int:
    made: int = insert_row(
        Job, name=name, payload={"n": [1, None]}, due_at=MOMENT, created_at=MOMENT, **more
    )
    return made


def test_it_works(app: Flask) -> None:
    with unit_of_work():
        row = add("one")
    with queries() as asked:
        found = BOTH.ask({"name": "one", "other": "two"})
    assert len([each for each in asked if each.startswith("SELECT")]) == 1
    assert found["first"] == (row, {"n": [1, None]}, MOMENT)
    assert found["count"].all == 1 and found["count"].last == MOMENT
    assert found["other"] is None


def test_a_part_without_a_row_leaves_the_others(app: Flask) -> None:
    found = BOTH.ask({"name": "one", "other": None})
    assert found["first"] is None and found["other"] is None
    assert (found["count"].all, found["count"].last) == (0, None)


def test_ids_are_known_ahead(app: Flask) -> None:
    ahead = select(NextId("job").label("job"))
    with unit_of_work():
        first = execute(ahead, {}).scalar()
        assert add("one", id=first) == first
        second = execute(ahead, {}).scalar()
        assert second > first
        add("two", id=second)
        assert add("three") > second  # one that is not told its id goes on behind them


def test_who_is_first_writes(app: Flask) -> None:
    row = {"body_hash": "", "comment_id": 1, "answer": {}, "created_at": MOMENT}
    with unit_of_work():
        assert insert_first(Idempotency, sender="a", key="k", **row)
        assert not insert_first(Idempotency, sender="a", key="k", **row)
        assert insert_first(Idempotency, sender="b", key="k", **row)
