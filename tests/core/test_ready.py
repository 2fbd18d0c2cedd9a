"""Statements that are compiled once find and write what they do when SQLAlchemy runs them."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, event, func, select, text, update

from commentsvc.core import clock
from commentsvc.core.db import Among, IntegrityError, db, execute, is_sqlite, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.core.rows import insert, insert_row, made, table_of
from commentsvc.core.writing.ready import ready
from commentsvc.core.writing.tables import dumped, loaded
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.engines

jobs = table_of(Job)
_OF = select(jobs.c.id, jobs.c.name, jobs.c.payload, jobs.c.due_at, jobs.c.claimed_at).where(
    jobs.c.name == bindparam("name"), jobs.c.state == "waiting"
)
_RENAME = update(jobs).where(jobs.c.name == bindparam("old")).values(name=bindparam("new"))
_ANY = select(func.count()).where(jobs.c.name.in_(bindparam("names", expanding=True)))
_AS_TEXT = text("SELECT name AS called, attempts + :more AS attempts FROM job WHERE name = :name")

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rows(app: Flask) -> None:
    with unit_of_work():
        for number in range(3):
            payload = {"n": number, "deep": [None, "ü"]}
            insert_row(Job, name="test", payload=payload, due_at=MOMENT, created_at=MOMENT)


def test_it_works(app: Flask) -> None:
    """Kinds of columns, unnamed values within the statement, names of columns."""
    found = execute(_OF, {"name": "test"}).all()
    slowly = db.session.connection().execute(_OF, {"name": "test"}).all()
    assert [tuple(each) for each in found] == [tuple(each) for each in slowly]
    assert [each.payload["n"] for each in found] == [0, 1, 2]
    assert found[0].due_at == MOMENT and found[0].claimed_at is None
    assert execute(_OF, {"name": "other"}).first() is None


def test_changes_are_counted(app: Flask) -> None:
    with unit_of_work():
        assert execute(_RENAME, {"old": "test", "new": "best"}).rowcount == 3
        assert execute(_RENAME, {"old": "test", "new": "best"}).rowcount == 0


def test_text_names_its_columns(app: Flask) -> None:
    for more in (1, 2):
        row = execute(_AS_TEXT, {"name": "test", "more": more}).first()
        assert (row.called, row.attempts) == ("test", more)


_SOME = select(jobs.c.id, jobs.c.payload).where(Among(jobs.c.id, "ids")).order_by(jobs.c.id)
_CALLED = select(func.count()).where(Among(jobs.c.name, "names"))


def test_several_values_are_one(app: Flask) -> None:
    """However many they are, the text is the same; and an index finds them."""
    ids = [row.id for row in execute(_OF, {"name": "test"})]
    for asked in ([], ids[:1], [*ids, 10**6], [*ids, *ids]):
        found = [row.id for row in execute(_SOME, {"ids": asked})]
        assert found == [each for each in ids if each in asked]
    assert execute(_CALLED, {"names": ["other", "test"]}).scalar() == 3
    assert execute(_CALLED, {"names": ["o'ther"]}).scalar() == 0
    compiled = ready(_SOME, db.engine.dialect, ("ids",))
    assert compiled is not None
    if is_sqlite():
        plan = db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled._text}", ("[1]",)
        )
        assert any("SEARCH job USING INTEGER PRIMARY KEY" in row[-1] for row in plan)


def test_lists_of_values_are_compiled_once(app: Flask) -> None:
    """Also in a statement built for each call, through the session: without values in its key."""
    ids = [row.id for row in execute(_OF, {"name": "test"})]
    hits: list[str] = []

    def note(_c: Any, _cursor: Any, asked: str, _v: Any, context: Any, _m: bool) -> None:
        if "FROM job" in asked:
            hits.append(context.cache_hit.name)

    def asked(some: list[int], others: list[int], column: Any = Job.id) -> list[int]:
        hidden = ~Among(column, None, others)
        of = select(Job.id).where(Among(Job.id, None, some), hidden).order_by(Job.id).subquery()
        return list(db.session.scalars(select(of.c.id)))

    event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(2):
        assert asked(ids, []) == ids
        assert asked(ids, ids[:1]) == ids[1:]
        assert asked(ids[:2], ids[1:]) == ids[:1]
        assert asked(ids, ids, Job.attempts) == ids  # another column is another statement
    event.remove(db.engine, "before_cursor_execute", note)
    assert set(hits[4:]) == {"CACHE_HIT"} and hits[1:3] == ["CACHE_HIT"] * 2, hits


def test_a_list_of_one_is_as_one(app: Flask) -> None:
    assert len(execute(_OF, [{"name": "test"}]).all()) == 3
    with unit_of_work():
        assert execute(_RENAME, [{"old": "test", "new": "best"}]).rowcount == 3
        several = [{"old": "best", "new": "test"}, {"old": "none", "new": "test"}]
        assert execute(_RENAME, several).rowcount == 3


def test_a_text_that_depends_on_its_values_is_compiled_each_time(app: Flask) -> None:
    for names, count in ((["test"], 3), (["test", "best", "rest"], 3), (["best"], 0)):
        assert execute(_ANY, {"names": names}).first()[0] == count


def test_a_new_row_has_what_was_not_given(app: Flask) -> None:
    with unit_of_work():
        row = insert(Job(name="one", payload={}, due_at=MOMENT, created_at=clock.now()))
        assert (row.state, row.attempts, row.claimed_at) == ("waiting", 0, None)
    db.session.expire_all()
    assert db.session.get_one(Job, row.id).state == "waiting"


def test_a_missing_value_is_a_mistake(app: Flask) -> None:
    with pytest.raises(KeyError):
        execute(_RENAME, {"old": "test"})


def test_errors_are_those_of_sqlalchemy(app: Flask) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        insert_row(Job, name=None, payload={}, due_at=MOMENT, created_at=MOMENT)
    assert len(execute(_OF, {"name": "test"}).all()) == 3


def test_who_listens_hears_of_them(app: Flask) -> None:
    """Tests and traces count statements by SQLAlchemy's events."""
    with queries() as asked:
        execute(_OF, {"name": "test"})
    assert any("FROM job" in each for each in asked)


def test_a_read_outside_a_unit_begins_no_transaction(app: Flask) -> None:
    """Unless the session has one: then it sees the same state as the session."""
    assert execute(_OF, {"name": "test"}).all() and not db.session().in_transaction()
    db.session.add(Job(name="test", payload={}, due_at=MOMENT, created_at=MOMENT))
    db.session.flush()
    assert len(execute(_OF, {"name": "test"}).all()) == 4
    db.session.rollback()
    assert len(execute(_OF, {"name": "test"}).all()) == 3


def test_what_was_made_is_as_if_loaded(app: Flask) -> None:
    with unit_of_work():
        row = made(Job, name="made", payload={"n": [1]}, due_at=MOMENT, created_at=MOMENT)
        insert(row)
        row.name = "changed"
        db.session.flush()
    db.session.expire_all()
    kept = db.session.get_one(Job, row.id)
    assert kept is row and (kept.name, kept.payload, kept.attempts) == ("changed", {"n": [1]}, 0)


@pytest.mark.parametrize(
    "value", [None, {"ü": [1, 0.1, "é\n"]}, {"many": 2**70}, {"half": "\ud800"}, [True, None, ""]]
)
def test_json_comes_back_as_it_was(value: object) -> None:
    assert loaded(dumped(value)) == value == loaded(json.dumps(value))
    assert math.isnan(loaded('{"x": NaN}')["x"])  # as it was written before
