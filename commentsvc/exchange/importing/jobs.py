"""Jobs after an import: imported texts are scored; nothing that was public is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import db, release, unit_of_work
from ...core.errors import Unavailable
from ...core.jobs import enqueue, handler, periodic
from ...moderation.judging.verdict import Action
from ...posting.jobs import PASSING
from ...posting.judging import judge_stored, read_stored
from ...posting.scoring import PATIENCE, is_partly_away, score_all
from ...threads.models import Comment, Revision, Thread
from ...threads.placing import IMPORTED
from ...toxicity.scorer import Scores, Unscored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...moderation.judging.facts import Read

AT_ONCE = 200  # per job; each unit of an import enqueues one
_TOGETHER = 20  # per call of the scorer, and per unit


@handler("score_brought_in")
def score_brought_in(site_id: int) -> None:
    """Score the site's imported texts, oldest first, at most AT_ONCE of them.

    Those that a moderator should see (an import with `queue`) are judged as well: they get
    flags, and stay visible. Raises `Unavailable` while the scorer is unavailable, so that the
    job is retried.
    """
    ids = _waiting(site_id, AT_ONCE)
    for start in range(0, len(ids), _TOGETHER):
        if not _score(ids[start : start + _TOGETHER]):
            raise Unavailable("unavailable.scorer")


@periodic("score_what_was_brought_in", minutes=60)
def score_leftovers() -> None:
    """Enqueue texts that no job has scored because the scorer was unavailable for longer
    than jobs retry."""
    with unit_of_work():
        sites = db.session.scalars(
            select(Comment.site_id).where(Comment.unscored == IMPORTED).distinct()
        ).all()
        for site_id in sites:
            enqueue("score_brought_in", site_id=site_id)


def _waiting(site_id: int, most: int) -> list[int]:
    ids = db.session.scalars(
        select(Comment.id)
        .where(Comment.unscored == IMPORTED, Comment.site_id == site_id)
        .order_by(Comment.id)
        .limit(most)
    ).all()
    release()
    return list(ids)


def _score(ids: Sequence[int]) -> bool:
    """Score these; False if the scorer is unavailable."""
    rows = db.session.execute(
        select(Comment.id, Revision.id, Comment.site_id, Revision.text, Thread.address, Thread.tags)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.id.in_(ids))
        .order_by(Comment.id)
    ).all()
    reads = [read_stored(row.site_id, row.text, row.address, row.tags) for row in rows]
    release()
    said = score_all([read.plain for read in reads], patience=PATIENCE, judged=True)
    away = [_passing(each) for each in said]
    if any(why and not is_partly_away(why) for why in away):
        return False
    with unit_of_work():
        for row, read, scores, why in zip(rows, reads, said, away, strict=True):
            if not why:
                _keep(row[0], row[1], read, scores)
    return True


def _passing(said: Scores | Unscored) -> str | None:
    """The reason why a text has no score yet; None if it has one, or will never have one."""
    return said.reason if isinstance(said, Unscored) and said.reason in PASSING else None


def _keep(comment_id: int, revision_id: int, read: Read, scores: Scores | Unscored) -> None:
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        return  # the import was undone meanwhile
    if comment.unscored != IMPORTED or comment.revision_id != revision_id:
        return  # another worker did it meanwhile
    # old comments are not hidden by today's rules: at most, a moderator reviews them
    revision = db.session.get_one(Revision, revision_id)
    judge_stored(comment, revision, read, scores, at_most=Action.REVIEW)
