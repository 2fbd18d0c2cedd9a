"""Background work of moderation: explaining scores, weighing the queue, and sampling for audit."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select

from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.jobs import handler, periodic
from ..sites.models import Site
from ..sites.queries import policy_of
from ..threads.models import Comment, Revision
from .judging.weighing import explained, to_explain
from .models import Flag
from .record import settle_all_flags, stored_findings

WEEK = timedelta(days=7)
_CANDIDATES = 2000  # the week's newest comments; enough to draw from


@handler("explain_revision")
def explain_revision(revision_id: int) -> None:
    """Store which words mattered, so that a page of cards need not ask the scorer."""
    revision = db.session.get(Revision, revision_id)
    if revision is None:
        return
    asks = to_explain(stored_findings(revision), revision.scores)
    text = revision.text
    release()
    if not asks:
        return
    marks = explained(text, asks)
    with unit_of_work():
        revision.facts = {**(revision.facts or {}), "marks": marks}


@handler("weigh_queue")
def weigh_queue() -> None:
    """Recompute the urgency of everything waiting, after an upgrade that changed the formula."""
    last = 0
    while rows := db.session.scalars(_WAITING.where(Comment.id > last)).all():
        last = rows[-1].id
        with unit_of_work():
            settle_all_flags(rows)
        release()


_WAITING = (
    select(Comment)
    .where(or_(Comment.status == "pending", Comment.flag_count > 0))
    .order_by(Comment.id)
    .limit(200)
)


@periodic("sample_for_audit", minutes=60)
def sample_for_audit() -> None:
    """Draw published comments at random, as many a week as each site's policy says.

    What rules let through would otherwise never be reviewed, and nobody would know what they miss.
    A sampled comment has an open flag of the rule `audit`, with weight 0.
    """
    for site in db.session.scalars(select(Site).where(Site.closed_at.is_(None))).all():
        wanted = policy_of(site).audit_weekly
        if wanted:
            with unit_of_work():
                _draw(site, wanted, since=clock.now() - WEEK)


def _draw(site: Site, wanted: int, *, since: datetime) -> None:
    drawn = db.session.scalar(
        select(func.count()).where(
            Flag.site_id == site.id, Flag.rule == "audit", Flag.created_at > since
        )
    )
    # An hour's share of the week, so that the sample is spread over it.
    missing = min(wanted - int(drawn or 0), -(-wanted // (7 * 24)))
    if missing <= 0:
        return
    audited = select(Flag.comment_id).where(Flag.rule == "audit", Flag.site_id == site.id)
    candidates = db.session.execute(
        select(Comment.id, Comment.revision_id)
        .where(Comment.site_id == site.id, Comment.status == "published")
        .where(Comment.reviewed == false(), Comment.created_at > since)
        .where(Comment.id.not_in(audited))
        .order_by(Comment.created_at.desc())
        .limit(_CANDIDATES)
    ).all()
    for row in random.sample(list(candidates), min(missing, len(candidates))):
        db.session.add(
            Flag(
                comment_id=row.id,
                revision_id=row.revision_id,
                site_id=site.id,
                rule="audit",
                reason="audit",
                weight=0.0,
                created_at=clock.now(),
            )
        )
