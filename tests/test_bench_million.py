"""The large-database benchmarks, small: they make what the product would, and lose nothing."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bench import carrying, copies, desk, million, mixed, ours
from bench.queue import median, sign_in
from bench.tools import Figures
from commentsvc.accounts.commands import by_email
from commentsvc.app import create_app
from commentsvc.core import jobs
from commentsvc.core.db import Base, db
from commentsvc.moderation.audit import verify
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import search
from commentsvc.moderation.models import Decision, RuleFinding
from commentsvc.posting.commands import NewComment, submit
from commentsvc.threads.models import Comment, Revision, Thread
from commentsvc.threads.recount import recount
from commentsvc.toxicity.backends.stub import StubScorer
from tests.conftest import SCORES
from tests.forked import Child
from tests.live import Process, free_port, wait_ready
from tests.sharing import share_what_is_the_same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flask import Flask

#: What differs between any two comments.
OWN = {
    *(
        "id",
        "public_id",
        "thread_id",
        "author_id",
        "revision_id",
        "comment_id",
        "parent_id",
        "depth",
        "wave",  # copies of few texts would be one wave
    ),
    *(
        "created_at",
        "published_at",
        "tell_after",
        "told_at",
        "urgency",
        "rank",
        "like_count",
        "reply_count",
    ),
}


def columns(row: Any) -> dict[str, Any]:
    return {
        each.name: getattr(row, each.key) for each in type(row).__table__.columns
    } | dict.fromkeys(OWN)


def everything(comment: Comment) -> list[dict[str, Any]]:
    """Everything stored about a comment, except what is unique to it."""
    kinds = (Revision, RuleFinding, Decision)
    found = [
        columns(row)
        for kind in kinds
        for row in db.session.scalars(select(kind).where(kind.comment_id == comment.id))
    ]
    return [columns(comment), *sorted(found, key=repr)]  # rows of the same time are in no order


@pytest.fixture
def filled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> copies.Size:
    """Some copies of a few patterns, of all kinds."""
    monkeypatch.setattr(copies, "PATTERNS", 28)
    return copies.fill(app, 400)


@pytest.mark.engines
def test_copies_are_what_the_product_leaves(filled: copies.Size) -> None:
    owner, copied = by_email(copies.corpus.OWNER), Thread.href.contains("/articles/")
    for status in ("published", "pending", "rejected"):
        query = select(Comment).join(Thread, Thread.id == Comment.thread_id)
        query = query.where(Comment.status == status, copied)
        copy = db.session.scalars(query.order_by(Comment.id).limit(1)).one()
        text = db.session.scalars(select(Revision.text).where(Revision.comment_id == copy.id)).one()
        new = NewComment(
            copies.by_id(copy.site_id), f"{copies.corpus.ORIGIN}/real", text, name="Ann"
        )
        real = submit(new).comment
        if status == "rejected":
            decide(real.public_id, action="reject", reason="off_topic", by=owner)
        jobs.run_due()  # as for the patterns
        db.session.expire_all()
        assert everything(copy) == everything(real)
    assert [verify(site)[1] for site in db.session.scalars(select(copies.Site.id))] == [None, None]
    site = db.session.scalars(select(Comment.site_id).where(Comment.id == copy.id)).one()
    condition, is_found = search.matches(text[-8:-1], [copies.by_id(site)])
    assert is_found and copy in db.session.scalars(select(Comment).where(condition)).all()


@pytest.mark.engines
def test_counts_of_copies_hold(filled: copies.Size) -> None:
    def rows() -> list[tuple[Any, ...]]:
        comments = select(
            Comment.id, Comment.shown, Comment.like_count, Comment.reply_count, Comment.rank
        )
        counts = select(Thread.id, Thread.comment_count, Thread.last_comment_at)
        return [
            tuple(row)
            for each in (comments, counts)
            for row in db.session.execute(each.order_by("id"))
        ]

    before = rows()
    for thread in db.session.scalars(select(Thread.id)).all():
        recount(thread)
    assert rows() == before
    assert len(before) == filled.comments + 28 + filled.threads + 1
    big = select(Thread.comment_count).where(Thread.href == copies.href(0))
    assert db.session.scalars(big).one() > filled.big * 0.8


def test_everything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "PATTERNS", 28)
    monkeypatch.setattr(desk, "WAITING", 6)
    monkeypatch.setattr(desk, "median", partial(median, times=1))
    given, silent = ours.settings(tmp_path), lambda job_id, delay: None
    app = share_what_is_the_same(create_app(given, scorer=StubScorer(SCORES), deliver=silent))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    size, client, figures = copies.fill(app, 600), app.test_client(), Figures()
    sign_in(client, copies.MODERATOR)
    house = million.House(app, tmp_path, "", size, 1.0, client)
    million.Measures(figures, "million", house, house, times=2).run()
    assert all(row["value"] > 0 for row in figures.rows)
    assert sum(row["wanted"] == "<= 1.3" for row in figures.rows) == 10
    assert sum(row["wanted"] in ("< 3", "< 30", "< 100") for row in figures.rows) == 10
    file = tmp_path / "comments.csv"
    carrying.write_file(file, 120)
    with app.app_context():
        found = carrying.bring_in(file)
    assert found["count"] == 120 and found["end"] >= found["quarter"] > 0


@pytest.mark.drill
def test_all_of_it_can_be_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(million, "COMMENTS", 2000)
    figures = Figures()
    million.run(figures)
    exact = [row for row in figures.rows if row["wanted"] in ("0", "the same")]
    assert len(exact) >= 3 and all(row["ok"] for row in exact), exact


@contextmanager
def _forked(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> Iterator[Child]:
    """A command of ours, as tests start it."""
    given = {**os.environ, **environ}
    child = Child(arguments, environ=given, folder=folder, out=folder / "said")
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(20)


@contextmanager
def _node(folder: Path, more: dict[str, str]) -> Iterator[tuple[int, Child]]:
    port, environ = free_port(), mixed._environ(folder, more)
    command = ["run", "--no-worker", "--port", str(port)]
    with _forked(command, environ, folder) as child:
        wait_ready(Process(child, folder / "said", port))
        yield port, child


@contextmanager
def _worker(folder: Path, more: dict[str, str]) -> Iterator[Child]:
    with _forked(["worker"], mixed._environ(folder, more), folder) as child:
        yield child


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.drill)])
def test_nothing_is_lost_or_doubled_under_mixed_load(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    if "TEST_REDIS_URL" not in os.environ:
        pytest.skip("needs PostgreSQL and Redis")
    monkeypatch.setattr(mixed, "SECONDS", seconds)
    monkeypatch.setattr(mixed, "_node", _node)
    monkeypatch.setattr(mixed, "_worker", _worker)
    figures = Figures()
    mixed.run(figures)
    exact = [row for row in figures.rows if row["wanted"] == "0"]
    assert len(exact) == 7 and all(row["ok"] for row in exact), exact
    assert {"posts", "likes", "decisions"} <= {row["what"] for row in figures.rows}
