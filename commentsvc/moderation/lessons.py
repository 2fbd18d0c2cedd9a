"""What a site's spam filter learns from people's decisions, and unlearns when they are undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from ..accounts.acts import record
from ..core.db import Among, db, execute, release, unit_of_work
from ..core.ids import new_id
from ..core.jobs import enqueue, handler
from ..core.rows import insert_row, insert_rows
from ..sites.models import Site
from ..sites.queries import by_id, policy_of
from ..threads.models import Comment, Revision
from ..toxicity.normalise import normalise
from .judging.spam.gathered import hosts_in, link_facts
from .judging.spam.learning import MINIMUM, learn, lesson_of
from .judging.spam.lessons import learned_as_dict, learned_of, lesson_as_dict, lesson_from
from .judging.spam.model import reading_of, shipped
from .models import Decision, SpamLearned, SpamLesson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..accounts.models import User

#: Rejection reasons that count as spam.
SPAM = ("spam", "advertising")
_MOST = 500  # lessons of each kind that a site keeps, the newest
_AT_ONCE = 100  # comments that one unit of work is about
_LONGEST = 5000  # characters that are read of a text
_MANY = 200  # changes after which a site's lessons are summed up for several of them at once,
_PAUSE = 10  # seconds after the first of these,
_AT_LATEST = 20  # or for so many
_Counter = aliased(Decision)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class Overview:
    """How many rejections and approvals a site has learned from, and how many more decisions it
    needs before they are used."""

    rejected: int
    approved: int
    missing: int


def has_decisions(comment_ids: list[int]) -> bool:
    """Whether a person has decided about any of these comments."""
    return execute(_DECIDED, {"comments": comment_ids}).first() is not None


_DECIDED = (
    select(Decision.id)
    .where(Decision.by_id.is_not(None), Among(Decision.comment_id, "comments"))
    .limit(1)
)


@handler("learn_spam", wanted=has_decisions)
def learn_spam(comment_ids: list[int]) -> None:
    """Replace the lessons of these comments by people's decisions that stand."""
    sites: set[int] = set()
    for at in range(0, len(comment_ids), _AT_ONCE):
        part = comment_ids[at : at + _AT_ONCE]
        rows = said(part)
        sites |= set(db.session.scalars(select(Comment.site_id).where(Comment.id.in_(part))))
        lessons = {row.id: _lesson(row) for row in rows if _teaches(row)}  # the slow part
        release()
        with unit_of_work():
            _keep(part, lessons)
    for site_id in sorted(sites):
        _sum_up(site_id, at_least=_AT_LATEST)


@handler("sum_up_lessons")
def sum_up_lessons(site_id: int) -> None:
    """Recompute what the lessons of a site add up to. With a thousand lessons that takes longer than
    all other work on a decision, so several decisions share it."""
    _sum_up(site_id)


def _keep(comment_ids: list[int], lessons: Mapping[int, dict[str, Any]]) -> None:
    """Make these lessons, by decision, the comments' only ones, if the decisions still stand."""
    standing = {row.id for row in said(comment_ids)}
    wanted = {key: lesson for key, lesson in lessons.items() if key in standing}
    kept = {
        row.decision_id: row.site_id
        for row in db.session.execute(
            select(SpamLesson.decision_id, SpamLesson.site_id).where(
                SpamLesson.comment_id.in_(comment_ids)
            )
        )
    }
    gone = kept.keys() - wanted.keys()
    new = [lesson for key, lesson in wanted.items() if key not in kept]
    db.session.execute(delete(SpamLesson).where(SpamLesson.decision_id.in_(gone)))
    insert_rows(SpamLesson, new)
    for site_id in sorted({*(kept[key] for key in gone), *(each["site_id"] for each in new)}):
        _forget_the_oldest(site_id)
        _count_change(site_id)


def said(comment_ids: Iterable[int]) -> list[Any]:
    """People's decisions that stand on these comments, the last of each revision, with its text,
    scores and verdict; `current` is the comment's current revision."""
    rows = db.session.execute(
        select(
            *(Decision.id, Decision.site_id, Decision.comment_id, Decision.revision_id),
            *(Decision.action, Decision.reason, Revision.text, Revision.scores, Revision.verdict),
            Comment.revision_id.label("current"),
        )
        .join(Revision, Revision.id == Decision.revision_id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.comment_id.in_(comment_ids), Decision.by_id.is_not(None))
        .where(Decision.action.in_(("approve", "reject")), Comment.status != "withdrawn")
        .where(~exists().where(_Counter.undoes_id == Decision.id))
        .order_by(Decision.id)
    )
    return list({row.revision_id: row for row in rows}.values())


def _teaches(row: Any) -> bool:
    told = row.action == "approve" or row.reason in SPAM
    return told and policy_of(by_id(row.site_id)).spam_learning


def _lesson(row: Any) -> dict[str, Any]:
    site, spam = by_id(row.site_id), row.action == "reject"
    hosts = link_facts(site, policy_of(site), hosts_in(row.text))["links"]
    text = row.text[:_LONGEST]
    lesson = lesson_of(shipped(), reading_of(text, normalise(text)), hosts, spam=spam)
    return {
        "site_id": row.site_id,
        "comment_id": row.comment_id,
        "revision_id": row.revision_id,
        "decision_id": row.id,
        "spam": spam,
        "content": lesson_as_dict(lesson),
    }


def _forget_the_oldest(site_id: int) -> None:
    for spam in (True, False):
        of_kind = (SpamLesson.site_id == site_id, SpamLesson.spam == spam)
        newest = (
            select(SpamLesson.decision_id).where(*of_kind).order_by(SpamLesson.decision_id.desc())
        )
        oldest = db.session.scalar(newest.offset(_MOST).limit(1))
        if oldest is not None:
            db.session.execute(delete(SpamLesson).where(*of_kind, SpamLesson.decision_id <= oldest))


def _count_change(site_id: int) -> None:
    # the first to arrive creates the row, and the others wait for it
    db.session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
    again = update(SpamLearned).where(SpamLearned.site_id == site_id)
    row = db.session.execute(
        again.values(asked=SpamLearned.asked + 1).returning(SpamLearned.asked, SpamLearned.done)
    ).first()
    if row is None:
        insert_row(SpamLearned, site_id=site_id, asked=1, done=0)
    elif row.asked > _MANY and row.asked - row.done == 1:  # later changes find this job waiting
        enqueue("sum_up_lessons", delay=_PAUSE, site_id=site_id)


def _sum_up(site_id: int, *, at_least: int = 1) -> None:
    """Recompute what the lessons of a site add up to, unless another job has done so, or will do so
    soon because fewer than `at_least` of its many changes are new."""
    row = db.session.get(SpamLearned, site_id, populate_existing=True)
    if row is None or row.asked - row.done < (at_least if row.asked > _MANY else 1):
        return
    asked = row.asked
    lessons = db.session.execute(
        select(SpamLesson.spam, SpamLesson.content)
        .where(SpamLesson.site_id == site_id)
        .order_by(SpamLesson.decision_id)
    ).all()
    release()
    content = learned_as_dict(learn(lesson_from(each.content, spam=each.spam) for each in lessons))
    with unit_of_work():
        now = db.session.execute(
            update(SpamLearned)
            .where(SpamLearned.site_id == site_id, SpamLearned.done < asked)
            .values(done=asked, version=new_id(), content=content)
            .returning(SpamLearned.asked)
        ).scalar()
        if now is not None and now > asked > _MANY:  # changed meanwhile, and no job is waiting
            enqueue("sum_up_lessons", delay=_PAUSE, site_id=site_id)


def overview(site: Site) -> Overview:
    """The overview of a site's lessons."""
    counted = dict(
        db.session.execute(
            select(SpamLesson.spam, func.count())
            .where(SpamLesson.site_id == site.id)
            .group_by(SpamLesson.spam)
        ).all()
    )
    learned = learned_of(site.id)
    decisions = learned.decisions if learned is not None else 0
    return Overview(counted.get(True, 0), counted.get(False, 0), max(0, MINIMUM - decisions))


def forget_lessons(site: Site, *, by: User | None) -> None:
    """Reset a site's filter to the shipped one."""
    with unit_of_work():
        found = overview(site)
        db.session.execute(delete(SpamLesson).where(SpamLesson.site_id == site.id))
        _count_change(site.id)
        db.session.execute(
            update(SpamLearned)
            .where(SpamLearned.site_id == site.id)
            .values(done=SpamLearned.asked, version=new_id(), content=None)
        )
        said: dict[str, Any] = {"rejected": found.rejected, "approved": found.approved}
        record("spam_forgotten", site_id=site.id, by=by, **said)
