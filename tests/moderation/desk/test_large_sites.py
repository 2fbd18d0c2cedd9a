"""What is asked for a few comments or people costs the same on a site that has nearly all comments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from commentsvc.core.db import db
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.desk import health, log, people, rows
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast


_MANY = {f"comment-{number}": 1 for number in range(25)}
ASKED: dict[str, Callable[[Cast], object]] = {
    "cards": lambda cast: rows.comments(list(range(1, 26)), [cast.site.id]),
    "authors' records": lambda cast: rows.records(
        [SimpleNamespace(author_row=cast.max.id, site_id=cast.site.id)]
    ),
    "what is wrong": lambda cast: health.count([cast.site]),
    "a person": lambda cast: people.one(cast.max.public_id, [cast.site]),
    "what has changed": lambda cast: log.changed_since(_MANY, [cast.site]),
    "a bulk": lambda cast: bulk._to_change(_MANY, [cast.site], "reject"),
}


@pytest.mark.parametrize("what", ASKED)
def test_no_index_of_the_site_is_searched(cast: Cast, what: str) -> None:
    post(cast.site, user=cast.max)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and " comment" in statement:
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    ASKED[what](cast)
    event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    plans = [
        row.detail
        for statement, values in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
    of_comments = [each for each in plans if each.startswith("SEARCH comment ")]
    assert of_comments
    assert not [each for each in of_comments if "(site_id=" in each], plans


@pytest.mark.parametrize("what", ["authors' records", "a person"])
def test_comments_are_counted_without_reading_them(cast: Cast, what: str) -> None:
    """Somebody may have written 50,000."""
    post(cast.site, user=cast.max)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "count(*) FILTER" in statement:
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    ASKED[what](cast)
    event.remove(db.engine, "before_cursor_execute", note)
    [(statement, values)] = asked
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    plan = [row.detail for row in rows]
    assert any("COVERING INDEX ix_comment_author_id" in each for each in plan), plan
