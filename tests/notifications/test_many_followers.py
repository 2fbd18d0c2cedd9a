"""A conversation that thousands follow: posting costs what it did, and no job is long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from commentsvc.accounts.models import User
from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.rows import insert_rows
from commentsvc.notifications.following import telling
from commentsvc.notifications.models import Follow, Notification
from commentsvc.threads.commands import thread_of
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Thread
    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """A conversation with one comment."""
    return thread_of(post(cast.site, "The bridge is open.", user=cast.mona).comment)


def followers(thread: Thread, number: int) -> None:
    moment = clock.now()
    with unit_of_work():
        ids = insert_rows(
            User,
            [
                {"name": f"F{n}", "created_at": moment, "email_verified_at": moment}
                for n in range(number)
            ],
        )
        row = {"thread_id": thread.id, "rhythm": "daily", "created_at": moment}
        row |= {"rung_until": moment, "told_until": moment}
        insert_rows(Follow, [{**row, "user_id": each} for each in ids])


class Counted:
    """The statements that were sent."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, _c: object, _cursor: object, statement: str, *_: object) -> None:
        self.statements.append(statement)


def statements_of_a_post(cast: Cast) -> int:
    counted = Counted()
    db.session.rollback()
    db.session.expire_all()
    event.listen(db.engine, "before_cursor_execute", counted)
    try:
        post(cast.site, user=cast.max)
    finally:
        event.remove(db.engine, "before_cursor_execute", counted)
    return len(counted.statements)


def test_a_post_costs_the_same_whoever_follows(cast: Cast, thread: Thread) -> None:
    statements_of_a_post(cast)  # what is done once in a process
    without = statements_of_a_post(cast)
    followers(thread, 10_000)
    # one more: the row of the job that tells them
    assert statements_of_a_post(cast) <= without + 1


@pytest.mark.engines
def test_a_job_tells_so_many_and_no_more(
    app: Flask, cast: Cast, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "CHUNK", 20)
    followers(thread, 50)
    clock.move(timedelta(seconds=1))
    post(cast.site, user=cast.max)
    told = []
    while ids := jobs.due(limit=1):
        before = db.session.scalar(select(func.count()).select_from(Notification))
        jobs.run(ids[0])
        after = db.session.scalar(select(func.count()).select_from(Notification))
        told.append((after or 0) - (before or 0))
    assert max(told) == 20 and sum(told) == 50
    due = db.session.scalar(select(func.count()).where(Follow.due_at.is_not(None)))
    assert due == 50
