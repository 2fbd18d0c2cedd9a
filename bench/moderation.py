"""Moderators' heavier requests on 100,000 comments: search, filters, a bulk of
1,000, the advisor."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from commentsvc.accounts.commands import by_email
from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.rows import table_of
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.hits import hits
from commentsvc.moderation.cases.models import Bulk
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.moderation.models import Decision
from commentsvc.moderation.precedents.keeping import OF_A_KEY
from commentsvc.moderation.precedents.measure import facts_of
from commentsvc.moderation.precedents.models import Precedent, PrecedentKey
from commentsvc.moderation.precedents.reading import of_cards
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites.queries import by_key
from commentsvc.threads.models import Comment, Revision, Thread
from commentsvc.toxicity.labels import LABELS
from commentsvc.tuning import advisor

from . import corpus, ours
from .queue import median
from .reads import own_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from commentsvc.accounts.models import User
    from commentsvc.sites.models import Site

    from .tools import Figures

SIZE = 100_000
USUAL = 2_000  # comments of the article for a bulk action
DECISIONS = 50_000
PRECEDENTS = 20_000  # decisions of a site that are stored as precedents
SEARCHES = {
    "a word that two comments contain": "harbourmaster",
    "two characters in a script without spaces": "渡轮",
    "a word that nearly every comment contains": "ferry",
    "words that nobody wrote": "walnut hazelnut",
    "an author's name": '"Reader 17"',
}


def run(figures: Figures) -> None:
    """Server time of each, in one process, on SQLite and, if there is one, on PostgreSQL."""
    with ours.data("moderation") as folder:
        _all(figures, "moderation", ours.filled(folder, (SIZE, USUAL)))
    if os.environ.get("TEST_DATABASE_URL"):
        with ours.data("moderation-postgres") as folder:
            app = ours.filled(folder, (SIZE, USUAL), own_database())
            _all(figures, "moderation, PostgreSQL", app)


def _all(figures: Figures, area: str, app: Flask) -> None:
    with app.app_context():
        _search(figures, area)
        _decisions(figures, area)
        precedents(figures, area)
        _bulk(figures, area)
        _advisor(figures, area)


def _decisions(figures: Figures, area: str) -> None:
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    page = queue.page([site], "all", order="newest", limit=30)
    ids = iter([card.id for card in page.items])

    def one() -> None:
        decide(next(ids), action="reject", reason="spam", by=owner)

    spent = median(one, times=25)
    figures.add(area, "one decision", spent, "ms", wanted="< 30", ok=spent < 30)


def precedents(figures: Figures, area: str) -> None:
    """The three nearest among as many earlier decisions as a site keeps. The comments' scores and
    words are the worst case: nearly the same in all."""
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    dice = random.Random(8)
    rows = db.session.execute(
        db.select(Comment.id, Comment.revision_id, Revision.text)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.status == "published")
        .order_by(Comment.id)
        .limit(PRECEDENTS)
    ).all()
    with unit_of_work():
        db.session.execute(
            table_of(Decision).insert(), [_approval(site, owner, row) for row in rows]
        )
        made = dict(
            db.session.execute(
                db.select(Decision.comment_id, db.func.max(Decision.id))
                .where(Decision.by_id == owner.id)
                .group_by(Decision.comment_id)
            ).all()
        )
        _precede(site, rows, made, dice)
    page = queue.page([site], "all", order="newest", limit=25)
    for count in (1, 25):
        spent = median(partial(of_cards, page.items[:count]), times=15)
        what = f"earlier decisions like {count} of {PRECEDENTS:,}"
        figures.add(area, what, spent, "ms", wanted="< 30", ok=spent < 30)
    with unit_of_work():
        for table in (PrecedentKey, Precedent):
            db.session.execute(db.delete(table))


def _approval(site: Site, owner: User, row: Any) -> dict[str, Any]:
    return {
        "site_id": site.id,
        "comment_id": row.id,
        "revision_id": row.revision_id,
        "by_id": owner.id,
        "action": "approve",
        "status_before": "pending",
        "status_after": "published",
        "created_at": clock.now(),
    }


def _precede(site: Site, rows: Sequence[Any], made: dict[int, int], dice: random.Random) -> None:
    kept: Counter[int] = Counter()
    precedents, keys = [], []
    for row in rows:
        scores = {label: dice.random() / 20 for label in LABELS}
        facts = facts_of(row.text, scores, [])
        precedents.append(
            {
                "comment_id": row.id,
                "site_id": site.id,
                "decision_id": made[row.id],
                "revision_id": row.revision_id,
                "approved": dice.random() < 0.5,
                "rule": "",
                "level": facts.level,
                "facts": facts.as_dict(),
            }
        )
        for key in facts.keys:
            kept[key] += 1
            if kept[key] <= OF_A_KEY:
                keys.append({"site_id": site.id, "key": key, "comment_id": row.id})
    db.session.execute(table_of(Precedent).insert(), precedents)
    db.session.execute(table_of(PrecedentKey).insert(), keys)


def _search(figures: Figures, area: str) -> None:
    site = by_key(corpus.KEY)
    for number, said in enumerate(("The harbourmaster slept.", "港口的渡轮又晚了") * 2):
        submit(NewComment(site=site, href=corpus.href(SIZE), name=f"N{number}", text=said))
    for what, words in SEARCHES.items():
        _page(figures, area, f"search: {what}", Filters(words=words))
    _page(figures, area, "filter: a score from 0.2", Filters(label="toxicity", at_least=0.2))
    _page(figures, area, "filter: language", Filters(language="de"))
    since = clock.now() - timedelta(days=2)
    _page(figures, area, "filter: the last two days", Filters(since=since))
    spent = median(lambda: queue.page([by_key(corpus.KEY)], "pending", limit=25))
    figures.add(area, "the pending queue", spent, "ms", wanted="< 100", ok=spent < 100)


def _page(figures: Figures, area: str, what: str, filters: Filters) -> None:
    site = by_key(corpus.KEY)
    most = 300 if filters.words else 100
    spent = median(
        lambda: queue.page([site], "all", order="newest", limit=25, filters=filters), times=7
    )
    figures.add(area, what, spent, "ms", wanted=f"< {most}", ok=spent < most)


def _bulk(figures: Figures, area: str) -> None:
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    thread = db.session.scalar(db.select(Thread.public_id).where(Thread.href == corpus.href(USUAL)))
    rows = queue.found([site], "all", Filters(thread=thread), most=1000)
    made = bulk.preview([site], action="reject", reason="spam", by=owner, ticked=dict(rows))
    spent = median(lambda: hits(made), times=5)
    figures.add(area, "bulk: preview of 1,000", spent, "ms", wanted="< 300", ok=spent < 300)
    for what, ask in (("1,000 rejected", bulk.start), ("1,000 undone", bulk.undo_all)):
        ask(db.session.get_one(Bulk, made.id, populate_existing=True), by=owner)
        began = time.perf_counter()
        job = db.select(db.func.max(jobs.Job.id)).where(jobs.Job.name.like("bulk%"))
        assert jobs.run(db.session.scalar(job))
        spent = time.perf_counter() - began
        figures.add(area, f"bulk: {what}", spent, "s", wanted="< 5", ok=spent < 5)


def _advisor(figures: Figures, area: str) -> None:
    """One person's decisions on the newest comments, inserted directly into the table."""
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    dice, moment = random.Random(7), clock.now()
    rows = db.session.execute(
        db.select(Comment.id, Comment.revision_id)
        .order_by(Comment.created_at.desc())
        .limit(DECISIONS)
    ).all()
    with unit_of_work():
        held = {"action": "HOLD", "findings": []}
        db.session.execute(update(Revision).values(verdict=held, scores={"toxicity": 0.7}))
        db.session.execute(
            table_of(Decision).insert(),
            [
                {
                    "site_id": site.id,
                    "comment_id": row.id,
                    "revision_id": row.revision_id,
                    "by_id": owner.id,
                    "action": dice.choice(("approve", "reject")),
                    "status_before": "pending",
                    "status_after": "published",
                    "created_at": moment,
                }
                for row in rows
            ],
        )
        db.session.execute(update(Comment).values(created_at=moment - timedelta(days=1)))
    spent = median(lambda: advisor.effects(advisor.cases(site), "toxicity"), times=3) / 1000
    what = f"advisor over {DECISIONS:,} decisions"
    figures.add(area, what, spent, "s", wanted="< 3", ok=spent < 3)
