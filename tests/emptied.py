"""A site with its people and no comments, for tests that start over many times."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update

from commentsvc.core.db import Base, db, unit_of_work


def forget_everything_written() -> None:
    """Delete everything but people, sites and roles."""
    people = {"user", "site", "origin", "membership"}
    with unit_of_work():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name == "decision":
                db.session.execute(update(table).values(undoes_id=None))
            if table.name == "comment":
                db.session.execute(update(table).values(parent_id=None))
            if table.name not in people:
                db.session.execute(delete(table))
    here: list[Any] = list(db.session)
    for each in here:  # a reused id must not find a deleted object
        if each.__tablename__ not in people:
            db.session.expunge(each)
