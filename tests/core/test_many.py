"""Many rows at once: numbered ahead, written as one row alone is, and all or none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.models import Identity, User
from commentsvc.core.db import IntegrityError, db, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.core.rows import insert_each, insert_row, next_ids, table_of
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.engines

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def job(name: str) -> dict[str, Any]:
    return {"name": name, "payload": {"n": [1, None, "é"]}, "due_at": MOMENT, "created_at": MOMENT}


def guest(number: int, name: str) -> dict[str, Any]:
    return {"id": number, "kind": "guest", "name": name, "created_at": MOMENT}


def stored() -> list[dict[str, Any]]:
    found = db.session.execute(select(table_of(Job)).order_by(Job.id))
    return [{k: v for k, v in row._mapping.items() if k not in ("id", "name")} for row in found]


def test_it_works(app: Flask) -> None:
    with unit_of_work():
        insert_row(Job, **job("alone"))
        insert_each(Job, [job(str(number)) for number in range(3)])
        insert_each(Job, [])
    first, *others = stored()
    assert others == [first] * 3, "columns as one row has them, with all that has a default"
    names = [each.name for each in db.session.scalars(select(Job).order_by(Job.id))]
    assert names == ["alone", "0", "1", "2"]


def test_rows_refer_to_each_other(app: Flask) -> None:
    with unit_of_work():
        people = next_ids(User, 2)
        insert_each(User, [guest(number, f"Guest {number}") for number in people])
        insert_each(Identity, [
            {"user_id": number, "provider": "p", "subject": str(number)} for number in people
        ])  # fmt: skip
        assert next_ids(User, 0) == []
        (third,) = next_ids(User, 1)
        insert_each(User, [guest(third, "The third")])
    assert len({*people, third}) == 3
    with unit_of_work():
        db.session.add(User(**(guest(0, "By the session") | {"id": None})))
    ids = db.session.scalars(select(User.id).order_by(User.id)).all()
    assert ids == sorted([*people, third, *ids[-1:]]), "the database goes on behind them"
    public = set(db.session.scalars(select(User.public_id)))
    assert len(public) == 4, "each row has a default of its own"


def test_texts_are_stored_as_they_are(app: Flask) -> None:
    """Whatever they mean to PostgreSQL's COPY."""
    said = ["a\tb", "\\N", "\\.", "line\r\nline\n", "back\\slash\\", "%(name)s %", "", "é\u2028🌉"]
    with unit_of_work():
        insert_each(Job, [job(each) | {"payload": {each: [each]}} for each in said])
    found = db.session.execute(select(Job.name, Job.payload).order_by(Job.id)).all()
    assert [tuple(row) for row in found] == [(each, {each: [each]}) for each in said]


def test_all_or_none(app: Flask) -> None:
    with unit_of_work():
        (one,) = next_ids(User, 1)
        insert_each(User, [guest(one, "One")])
    with pytest.raises(IntegrityError), unit_of_work():
        insert_each(Job, [job("undone")])
        insert_each(User, [guest(number, "Twice") for number in (*next_ids(User, 2), one)])
    assert db.session.scalars(select(User.name)).all() == ["One"]
    assert stored() == []


def test_as_many_statements_for_a_hundred_rows_as_for_one(app: Flask) -> None:
    def asked(many: int) -> int:
        with queries() as seen, unit_of_work():
            ids = next_ids(User, many)
            insert_each(User, [guest(number, "Ann") for number in ids])
        return len(seen)

    assert asked(100) == asked(1)


def test_more_rows_than_fit_in_a_statement(app: Flask) -> None:
    with queries() as seen, unit_of_work():
        insert_each(Job, [job(str(number)) for number in range(5000)])
    assert db.session.scalar(select(func.count()).select_from(Job)) == 5000
    assert len([each for each in seen if each.startswith("INSERT")]) < 6
