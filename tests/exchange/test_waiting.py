"""While an import is being scored, the dashboard says so, and not that the model is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from commentsvc.core.db import db
from commentsvc.dashboard.desk.health import alarms
from commentsvc.exchange.importing import jobs
from commentsvc.exchange.importing.jobs import score_brought_in
from commentsvc.threads.models import Comment
from tests.exchange.test_import import bring, comment, thread

if TYPE_CHECKING:
    import pytest
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


def test_what_an_undo_deletes_meanwhile_is_passed_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(cast, [thread(), comment("1"), comment("2")])
    real = jobs.score_all

    def scored(*given: Any, **more: Any) -> Any:
        first = select(func.min(Comment.id)).scalar_subquery()
        db.session.execute(delete(Comment).where(Comment.id == first))
        db.session.commit()
        return real(*given, **more)

    monkeypatch.setattr(jobs, "score_all", scored)
    score_brought_in(cast.site.id)
    assert [each.unscored for each in db.session.scalars(select(Comment))] == [None]


def test_comments_that_wait_for_the_model_are_told_apart(app: Flask, cast: Cast) -> None:
    bring(cast, [thread(), comment("1"), comment("2")])
    first = db.session.scalar(select(Comment.id).limit(1))
    db.session.execute(update(Comment).where(Comment.id == first).values(unscored="slow"))
    db.session.commit()
    waiting, imported = told(app, cast)
    assert waiting.startswith("1 comment has no score yet.") and imported.startswith("1 imported")
