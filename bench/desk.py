"""Moderators' pages other than the queue, finding a wave, and deciding on 5,000 comments at once."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.rows import table_of
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.desk import queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.moderation.models import Decision
from commentsvc.moderation.waves.gathering import find_wave
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import by_key
from commentsvc.threads.models import Comment

from . import corpus, ours
from .queue import median, sign_in
from .reads import own_database

if TYPE_CHECKING:
    from flask import Flask

    from .tools import Figures

SIZE = 100_000
WAITING = 500
DECISIONS = 20_000  # of one shift
BULK = 5_000
_BASE = "http://127.0.0.1:5000"


def run(figures: Figures) -> None:
    """Measure server time on SQLite and, if there is one, on PostgreSQL."""
    with ours.data("desk") as folder:
        _all(figures, "desk", ours.filled(folder, (SIZE,)))
    if os.environ.get("TEST_DATABASE_URL"):
        with ours.data("desk-postgres") as folder:
            _all(figures, "desk, PostgreSQL", ours.filled(folder, (SIZE,), own_database()))


def _all(figures: Figures, area: str, app: Flask) -> None:
    with app.app_context():
        new_ones(figures, area, corpus.href(SIZE))
        shift(corpus.OWNER)
    client = app.test_client()
    sign_in(client)
    pages(figures, area, app, client)
    with app.app_context():
        _bulk(figures, area)


def pages(figures: Figures, area: str, app: Flask, client: Any) -> None:
    """Time pages of the dashboard, of all sites that the client's person moderates."""
    with app.app_context():
        author = db.session.scalars(_authors("pending")).first()
    for what, path in (
        ("the drawer of a person", f"/dashboard/people/{author}/drawer"),
        ("the queue, filtered by a score", "/dashboard/?label=toxicity&at_least=0.2"),
        ("the queue, filtered by a reason", "/dashboard/?queue=all&reason=spam"),
        ("the queue, filtered by a common reason", "/dashboard/?queue=all&reason=insult"),
        ("the list of people", "/dashboard/people"),
        (f"a shift with {DECISIONS:,} decisions", "/dashboard/shift"),
    ):
        spent = median(partial(_get, client, path))
        figures.add(area, what, spent, "ms", wanted="< 100", ok=spent < 100)


def _authors(status: str) -> Any:
    """The public IDs of authors with comments of this status."""
    return (
        db.select(User.public_id)
        .join(Comment, Comment.author_id == User.id)
        .where(Comment.status == status)
        .order_by(Comment.id.desc())
    )


def _get(client: Any, path: str) -> None:
    answer = client.get(path, base_url=_BASE)
    assert answer.status_code == 200, (path, answer.status_code)


def new_ones(figures: Figures, area: str, href: str) -> None:
    """Post comments that are held, and time the search for each one's wave."""
    site = by_key(corpus.KEY)
    set_policy(site, {"premoderate_all": True, "hold_repeats": False, "flood_count": 1000}, by=None)
    taken = []
    for number in range(WAITING):
        said = f"You are a fool and a liar, number {number}, and so is he, says reader {number}."
        new = NewComment(site=site, href=href, name=f"Reader {number}", text=said)
        made = submit(new).comment
        began = time.perf_counter()
        find_wave([made.id])
        taken.append((time.perf_counter() - began) * 1000)
    spent = sorted(taken)[len(taken) // 2]
    figures.add(area, "the wave of a new comment", spent, "ms", wanted="< 3", ok=spent < 3)


def shift(email: str) -> None:
    """Insert this person's decisions of a shift directly into the table."""
    site, owner = by_key(corpus.KEY), by_email(email)
    assert owner is not None
    rows = db.session.execute(
        db.select(Comment.id, Comment.revision_id).order_by(Comment.id).limit(DECISIONS)
    ).all()
    with unit_of_work():
        db.session.execute(
            table_of(Decision).insert(),
            [
                {
                    "site_id": site.id,
                    "comment_id": row.id,
                    "revision_id": row.revision_id,
                    "by_id": owner.id,
                    "action": "approve",
                    "status_before": "published",
                    "status_after": "published",
                    "created_at": clock.now(),
                }
                for row in rows
            ],
        )


def _bulk(figures: Figures, area: str) -> None:
    """Time a bulk action as its job does, and count the steps in which progress is shown."""
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    rows = dict(queue.found([site], "all", Filters(), most=BULK))
    made = bulk.preview([site], action="reject", reason="spam", by=owner, ticked=rows)
    bulk.start(made, by=owner)
    began, steps = time.perf_counter(), 0
    while bulk.decide_some(made.id):
        steps += 1
    spent = time.perf_counter() - began
    what = f"deciding on {made.total:,} comments at once, with {steps} updates of its progress"
    figures.add(area, what, spent, "s", wanted="< 20", ok=spent < 20)
