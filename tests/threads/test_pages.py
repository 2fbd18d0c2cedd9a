"""What a page costs: few statements, each by an index, however long the conversation is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from commentsvc.core import clock
from commentsvc.core.db import db, is_sqlite, micros, unit_of_work
from commentsvc.core.rows import insert_rows
from commentsvc.threads import branches, pages, rows
from commentsvc.threads.models import Comment, Revision
from tests.factories import HREF, post
from tests.web.asking import browser
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines

MANY = 3000
FIRST = 1_000_000  # rows that no sequence has come to


@pytest.fixture
def thread_id(app: Flask, cast: Cast) -> int:
    """A conversation of many comments, one in three of them an answer to the one before."""
    first = post(cast.site).comment
    given = {
        **{name: getattr(first, name) for name in ("site_id", "thread_id", "author_id")},
        **{"status": "published", "shown": True},
    }
    with unit_of_work():
        places = [{**given, "id": FIRST + at, "revision_id": FIRST + at} for at in range(MANY)]
        for at, each in enumerate(places):
            answers = at % 3 == 1
            each |= {"parent_id": FIRST + at - 1 if answers else None, "depth": int(answers)}
            each |= {"rank": float(at), "reply_count": int(at % 3 == 0)}
            each["created_at"] = first.created_at + timedelta(seconds=at)
        texts = [
            {"id": each["id"], "comment_id": each["id"], "text": "A", "html": "<p>A</p>"}
            for each in places
        ]
        insert_rows(Comment, places)
        insert_rows(Revision, [{**each, "created_at": clock.now()} for each in texts])
        db.session.execute(text("ANALYZE"))
    return first.thread_id


def test_it_works(app: Flask, cast: Cast, thread_id: int) -> None:
    """The page, as JSON too, asks at most four times, also where it was kept and somebody has written."""
    frame = f"/embed/thread?site=harbour&href={HREF}"
    public_id = db.session.execute(text("SELECT public_id FROM thread")).scalar()
    for path in (frame, f"/api/v1/threads/{public_id}/comments?include=html"):
        for _ in range(2):
            post(cast.site)
            with queries() as asked:
                assert browser(app).get(path).status_code == 200
            assert 1 <= len([each for each in asked if not each.startswith("BEGIN")]) <= 4


@pytest.mark.parametrize("sort", pages.SORTS)
@pytest.mark.parametrize("after", [False, True])
def test_nothing_is_read_but_what_is_shown(
    app: Flask, cast: Cast, thread_id: int, sort: str, after: bool
) -> None:
    sql = rows.grown_sql(sort, 21, parent=False, after=after, sqlite=is_sqlite())
    values: dict[str, Any] = {"thread": thread_id, "limit": 20, **branches.bounds(1)}
    key = 1000.0 if sort == "top" else micros(clock.now()) + 1_000_000_000
    values |= {"key": key, "id": FIRST + 1000} if after else {}
    how = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    plan = [str(each[-1]) for each in db.session.execute(text(f"{how} {sql.text}"), values)]
    whole = ("SCAN x", "SCAN c ", "Seq Scan on comment")
    assert not [each for each in plan if any(name in each for name in whole)]


def test_pages_follow_one_another(app: Flask, cast: Cast, thread_id: int) -> None:
    """Every place stands on one page, in order, with its answer."""
    policy = pages.policy_of(cast.site)
    seen: list[str] = []
    after = None
    while True:
        page = pages.first_page(thread_id, policy, sort="top", limit=100, after=after)
        for each in page.items:
            seen += [each.id, *(reply.id for reply in each.replies)]
            assert len(each.replies) == each.reply_count
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == MANY + 1
