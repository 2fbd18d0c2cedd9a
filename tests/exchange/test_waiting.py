"""While an import is being scored, the dashboard says so, and not that the model is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from commentsvc.core.db import db
from commentsvc.dashboard.desk.health import alarms
from commentsvc.exchange.importing.jobs import score_brought_in
from commentsvc.threads.models import Comment
from tests.exchange.test_import import bring, comment, thread

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast


def told(app: Flask, cast: Cast) -> list[str]:
    with app.test_request_context():
        return [each.text for each in alarms([cast.site], "en")]


def test_it_works(app: Flask, cast: Cast) -> None:
    bring(cast, [thread(), comment("1"), comment("2")])
    (said,) = told(app, cast)
    assert said.startswith("2 imported comments are still being scored in the background.")
    assert "model is back" not in said
    score_brought_in(cast.site.id)
    assert told(app, cast) == []


def test_comments_that_wait_for_the_model_are_told_apart(app: Flask, cast: Cast) -> None:
    bring(cast, [thread(), comment("1"), comment("2")])
    first = db.session.scalar(select(Comment.id).limit(1))
    db.session.execute(update(Comment).where(Comment.id == first).values(unscored="slow"))
    db.session.commit()
    waiting, imported = told(app, cast)
    assert waiting.startswith("1 comment has no score yet.") and imported.startswith("1 imported")
