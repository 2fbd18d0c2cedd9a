"""Rescoring after a change of model: in the background, at a limited pace, resumable.

Old scores are kept in `Measurement` under their model's name. Published comments stay published
unless requested otherwise; a person's decisions are never changed. `comparing` previews the
changes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, func, select

from ..accounts.acts import record
from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.errors import Conflict
from ..core.jobs import Job, enqueue, handler
from ..threads.commands import thread_of
from ..threads.models import Comment, Revision
from ..toxicity.scorer import Scores, Unscored, scorer
from .judging import judge_stored, read_stored
from .models import Measurement
from .scoring import PATIENCE, is_partly_away, score

if TYPE_CHECKING:
    from ..accounts.models import User

log = logging.getLogger(__name__)

JOB = "rescore"
SCORED = ("pending", "published", "rejected")  # withdrawn comments have no text
CHUNK = 50
PACE = 600  # comments per minute, so that the scorer still serves readers
_WAIT_SECONDS = 60  # until an unavailable scorer is tried again


@dataclass(frozen=True)
class Progress:
    """How far the newest rescoring is."""

    state: str  # waiting, running, done, parked
    done: int
    left: int
    model: str
    site_id: int | None  # None: all sites


def begin(
    *,
    site_id: int | None,
    days: int,
    pace: int = PACE,
    hold: bool = False,
    by: User | None = None,
) -> int:
    """Start scoring all comments of the last `days` with the model in use. Returns their number.

    `hold`: published comments that nobody has reviewed may be held again. Raises `Conflict` while
    another rescoring is running.
    """
    since = clock.now() - timedelta(days=days)
    with unit_of_work():
        if _under_way() is not None:
            raise Conflict("conflict.rescoring")
        last = db.session.scalar(select(func.max(Comment.id))) or 0
        wanted: dict[str, Any] = {
            "site_id": site_id,
            "since": int(since.timestamp()),
            "last": last,
            "pace": pace,
            "hold": hold,
        }
        left = _count(wanted, after=0)
        enqueue("rescore", after=0, done=0, **wanted)
        record("rescoring_started", site_id=site_id, by=by, comments=left)
    return left


def stop(*, site_id: int | None = None, by: User | None = None) -> bool:
    """End a running rescoring; new scores are kept. False if there is none, or if it is not the one
    of the given site."""
    with unit_of_work():
        job = _under_way()
        if job is None or site_id not in (None, job.payload["site_id"]):
            return False
        job.state, job.finished_at = "done", clock.now()
        record("rescoring_stopped", site_id=job.payload["site_id"], by=by)
    return True


def progress(*, site_id: int | None = None) -> Progress | None:
    """The newest rescoring, if there was one recently; with `site_id`, the newest that included
    that site."""
    jobs = db.session.scalars(select(Job).where(Job.name == JOB).order_by(Job.id.desc()).limit(20))
    asked = (None, site_id)
    job = next((j for j in jobs if site_id is None or j.payload["site_id"] in asked), None)
    if job is None:
        return None
    wanted, model = dict(job.payload), scorer().status().model
    left = 0 if job.state == "done" else _count(wanted, after=wanted["after"])
    return Progress(job.state, int(wanted["done"]), left, model, wanted["site_id"])


@handler(JOB)
def rescore(
    *, site_id: int | None, since: int, last: int, pace: int, hold: bool, after: int, done: int
) -> None:
    """Score one chunk and enqueue the next. Running it twice scores nothing twice."""
    wanted: dict[str, Any] = {
        "site_id": site_id,
        "since": since,
        "last": last,
        "pace": pace,
        "hold": hold,
    }
    ids: list[int] = list(db.session.scalars(_wanted(wanted, after=after).limit(CHUNK)))
    release()
    reached, away = after, False
    for comment_id in ids:
        if not _score_one(comment_id, hold=hold):
            away = True
            break
        reached, done = comment_id, done + 1
    if not ids:
        log.info("rescored", extra={"comments": done})
        return
    with unit_of_work():
        if _under_way() is None:
            return  # stopped meanwhile
        delay = _WAIT_SECONDS if away else len(ids) * 60 / max(1, pace)
        enqueue("rescore", delay=delay, after=reached, done=done, **wanted)


def _wanted(wanted: dict[str, Any], *, after: int) -> Select[Any]:
    query = (
        select(Comment.id)
        .where(Comment.id > after, Comment.id <= wanted["last"])
        .where(Comment.created_at >= datetime.fromtimestamp(wanted["since"], UTC))
        .where(Comment.status.in_(SCORED))
        .order_by(Comment.id)
    )
    return query if wanted["site_id"] is None else query.where(Comment.site_id == wanted["site_id"])


def _count(wanted: dict[str, Any], *, after: int) -> int:
    inner = _wanted(wanted, after=after).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def _under_way() -> Job | None:
    return db.session.scalar(
        select(Job).where(Job.name == JOB, Job.state.in_(("waiting", "running"))).limit(1)
    )


def _score_one(comment_id: int, *, hold: bool) -> bool:
    """Score one comment with the model in use; False if the model is unavailable. If other members
    of a chain work, a comment that only the unavailable one might read is skipped."""
    comment = db.session.get(Comment, comment_id)
    revision = db.session.get(Revision, comment.revision_id) if comment else None
    if comment is None or revision is None:
        return True
    thread = thread_of(comment)
    read = read_stored(comment.site_id, revision.text, thread.address, thread.tags)
    release()
    said = score(read.plain, likely=(read.locale,), patience=PATIENCE)
    if isinstance(said, Unscored) and said.reason not in ("language", "no_text"):
        return is_partly_away(said.reason)
    with unit_of_work():
        if comment.revision_id != revision.id or revision.scorer == said.model:
            return True  # edited meanwhile, or scored by this model already
        _keep(revision)
        # without `hold`, only a person takes down what was public with the old scores
        judge_stored(comment, revision, read, said, may_hide=hold)
    return True


def _keep(revision: Revision) -> None:
    """Move the current scores to `Measurement`, under their model's name."""
    if not revision.scorer:
        return
    keep_measured(
        revision.id,
        revision.scorer,
        Scores(revision.scores, revision.scorer, revision.language)
        if revision.scores is not None
        else Unscored("failed", revision.scorer, revision.language),
    )


def keep_measured(revision_id: int, model: str, said: Scores | Unscored) -> None:
    """Store a model's result for a revision, once per model."""
    db.session.execute(
        delete(Measurement).where(
            Measurement.revision_id == revision_id, Measurement.scorer == model
        )
    )
    db.session.add(
        Measurement(
            revision_id=revision_id,
            scorer=model[:60],
            scores=dict(said.values) if isinstance(said, Scores) else None,
            unscored=said.reason if isinstance(said, Unscored) else None,
            language=said.language[:8] if said.language else None,
            created_at=clock.now(),
        )
    )
    db.session.flush()
