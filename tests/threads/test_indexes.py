"""Indexes that leave rows out still find what is asked for, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Select, bindparam, select, text

from commentsvc.accounts.models import Credential
from commentsvc.core.db import Among, db, is_sqlite
from commentsvc.threads import rows
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.engines

_REPLY = Comment.__table__.alias("reply")
#: What is asked, and the index that answers.
ASKED: dict[str, tuple[Callable[[], Select[Any]], str]] = {
    "replies": (
        lambda: select(Comment.id).where(Comment.parent_id == 7, Comment.shown.is_(True)),
        "ix_comment_replies",
    ),
    "replies to several": (
        lambda: select(Comment.id).where(Comment.parent_id.in_([7, 8, 9])),
        "ix_comment_replies",
    ),
    "replies to those in a parameter": (
        lambda: select(Comment.id).where(Among(Comment.parent_id, "ids", [7, 8])),
        "ix_comment_replies",
    ),
    "each comment's replies": (
        lambda: (
            select(Comment.id, _REPLY.c.id)
            .outerjoin(_REPLY, _REPLY.c.parent_id == Comment.id)
            .where(Comment.id == bindparam("id", 7))
        ),
        "ix_comment_replies",
    ),
    "a site's keys": (
        lambda: select(Credential.id).where(Credential.site_id == 7, Credential.kind == "api"),
        "ix_credential_site_id_kind",
    ),
}


def without_rivals(index: str) -> None:
    """On PostgreSQL, drops the table's other indexes until the end of the transaction: on a table
    of a few rows, all cost the same, and which one the planner takes is chance."""
    others = (
        "SELECT other.indexrelid::regclass FROM pg_index AS own JOIN pg_index AS other "
        "ON other.indrelid = own.indrelid AND other.indexrelid <> own.indexrelid "
        "WHERE own.indexrelid = CAST(:index AS regclass) AND NOT other.indisunique"
    )
    for name in db.session.scalars(text(others), {"index": index}).all():
        db.session.execute(text(f"DROP INDEX {name}"))


def plan_of(query: str, values: dict[str, Any] | None = None) -> str:
    """How the engine answers, if reading the whole table were no choice."""
    if not is_sqlite():
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            db.session.execute(text(f"SET LOCAL enable_{way} = off"))
    how = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in db.session.execute(text(f"{how} {query}"), values))


def test_it_works(cast: Cast) -> None:
    for what, (query, index) in ASKED.items():
        compiled = query().compile(db.engine, compile_kwargs={"literal_binds": True})
        if not is_sqlite():
            without_rivals(index)
        said = plan_of(str(compiled).replace(":", r"\:"))
        db.session.rollback()
        assert index in said, (what, said)


def test_the_replies_of_a_page_are_found(cast: Cast) -> None:
    sql = rows.level_sql("oldest", 21, parent=True, after=False, sqlite=is_sqlite())
    if not is_sqlite():
        without_rivals("ix_comment_level_time")
    said = plan_of(sql.text, {"thread": 1, "parent": 1, "limit": 20})
    assert "ix_comment_level_time" in said or "ix_comment_replies" in said, said


def test_a_comment_goes_with_its_replies(cast: Cast) -> None:
    """The reference itself is followed by the index that has only replies."""
    above = post(cast.site).comment
    below = post(cast.site, parent=above.public_id).comment
    other = post(cast.site).comment
    ids = above.id, below.id, other.id
    db.session.execute(text("DELETE FROM revision WHERE comment_id < :most"), {"most": ids[2]})
    db.session.execute(text("DELETE FROM comment WHERE id = :id"), {"id": ids[0]})
    db.session.commit()
    left = db.session.scalars(select(Comment.id).where(Comment.id.in_(ids))).all()
    assert left == [ids[2]]
