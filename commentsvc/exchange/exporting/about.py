"""Everything stored about a batch of comments, read in a few queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from ...accounts.models import User
from ...core.db import db
from ...moderation.models import Appeal, Decision, Flag
from ...threads.models import Comment, Reaction, Revision, Thread
from ...threads.reactions import known_counts
from ..records import (
    OWN,
    AppealRecord,
    AuthorRecord,
    CommentRecord,
    DecisionRecord,
    FlagRecord,
    RevisionRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")


class About:
    """Everything stored about these comments; without `complete`, only what other
    systems can take."""

    def __init__(self, ids: Sequence[int], complete: bool) -> None:
        self.complete = complete
        self.comments = {each.id: each for each in rows(Comment, Comment.id, ids)}
        self.texts = _by_comment(Revision, ids)
        self.decisions = _by_comment(Decision, ids)
        self.flags = _by_comment(Flag, ids) if complete else {}
        self.appeals = (
            {each.decision_id: each for each in rows(Appeal, Appeal.comment_id, ids)}
            if complete
            else {}
        )
        self.likes: dict[int, list[int]] = defaultdict(list)
        self.reacted: dict[int, dict[int, str]] = defaultdict(dict)  # other than likes
        for like in rows(Reaction, Reaction.comment_id, ids) if complete else ():
            if like.kind == "like":
                self.likes[like.comment_id].append(like.user_id)
            else:
                self.reacted[like.comment_id][like.user_id] = like.kind
        comments = self.comments.values()
        self.users = {
            each.id: each for each in rows(User, User.id, {each.author_id for each in comments})
        }
        self.threads = thread_ids(each for one in comments for each in (one.thread_id, one.home_id))
        above = select(Comment.id, Comment.public_id).where(
            Comment.id.in_({each.parent_id for each in comments if each.parent_id})
        )
        self.parents = {row.id: row.public_id for row in db.session.execute(above)}
        self.names = public_ids(self._mentioned())

    def _mentioned(self) -> Iterator[int | None]:
        for ids in self.likes.values():
            yield from ids
        for chosen in self.reacted.values():
            yield from chosen
        for flags in self.flags.values():
            yield from (each.user_id for each in flags)
        for decisions in self.decisions.values():
            yield from (each.by_id for each in decisions)
        for appeal in self.appeals.values():
            yield from (appeal.user_id, appeal.decided_by_id)

    def record(self, comment_id: int) -> CommentRecord:
        """The record of one of them."""
        comment = self.comments[comment_id]
        author = self.users[comment.author_id]
        texts = self.texts[comment_id]
        decisions = self.decisions.get(comment_id, [])
        rejected = [each.reason for each in decisions if each.action == "reject"]
        hidden = not self.complete and comment.status == "withdrawn"
        more = self._history(comment, texts, decisions) if self.complete else {}
        return CommentRecord(
            source=OWN,
            source_id=comment.public_id,
            thread_source_id=self.threads[comment.thread_id],
            parent_source_id=self.parents.get(comment.parent_id or 0),
            author=AuthorRecord(
                name=author.name,
                email=None if self.complete else author.email,
                source_id=author.public_id,
            ),
            text="" if hidden else texts[-1].text,
            created_at=comment.created_at,
            status=comment.status,  # type: ignore[arg-type]
            reason=rejected[-1] if rejected and comment.status == "rejected" else None,
            likes=comment.like_count,
            reactions=known_counts(comment.reactions),
            edited_at=comment.edited_at,
            **more,
        )

    def _history(
        self, comment: Comment, texts: Sequence[Revision], decisions: Sequence[Decision]
    ) -> dict[str, Any]:
        numbers = {each.id: each.number for each in texts}
        undone = {each.id: each.public_id for each in decisions}
        return {
            "origin": comment.source,
            "home": self.threads.get(comment.home_id or 0),
            "published_at": comment.published_at,
            "reviewed": comment.reviewed,
            "featured": comment.featured,
            "pinned": comment.pinned,
            "unscored": comment.unscored,
            "liked_by": tuple(sorted(self.names[each] for each in self.likes[comment.id])),
            "reacted_by": {
                self.names[each]: kind for each, kind in self.reacted[comment.id].items()
            },
            "revisions": tuple(_text(each) for each in texts),
            "decisions": tuple(self._decision(each, numbers, undone) for each in decisions),
            "flags": tuple(self._flag(each, numbers) for each in self.flags.get(comment.id, ())),
        }

    def _decision(
        self, row: Decision, numbers: dict[int, int], undone: dict[int, str]
    ) -> DecisionRecord:
        appeal = self.appeals.get(row.id)
        return DecisionRecord(
            action=row.action,
            reason=row.reason,
            note=row.note,
            by=self.names.get(row.by_id or 0),
            automated=row.automated,
            revision=numbers.get(row.revision_id),
            created_at=row.created_at,
            id=row.public_id,
            rule=row.rule,
            message=row.message,
            before=row.status_before,
            after=row.status_after,
            evidence=row.evidence or {},
            undoes=undone.get(row.undoes_id or 0),
            batch=row.batch,
            tell_after=row.tell_after,
            told_at=row.told_at,
            appeal=self._appeal(appeal) if appeal else None,
        )

    def _appeal(self, row: Appeal) -> AppealRecord:
        return AppealRecord(
            text=row.text,
            by=self.names.get(row.user_id),
            created_at=row.created_at,
            decided_by=self.names.get(row.decided_by_id or 0),
            decided_at=row.decided_at,
            outcome=row.outcome,
            answer=row.answer,
            id=row.public_id,
        )

    def _flag(self, row: Flag, numbers: dict[int, int]) -> FlagRecord:
        return FlagRecord(
            reason=row.reason,
            note=row.note,
            by=self.names.get(row.user_id or 0),
            created_at=row.created_at,
            rule=row.rule,
            weight=row.weight,
            revision=numbers.get(row.revision_id),
            closed_at=row.closed_at,
            outcome=row.outcome,
        )


def _text(row: Revision) -> RevisionRecord:
    return RevisionRecord(
        text=row.text,
        created_at=row.created_at,
        scores=row.scores or {},
        model=row.scorer,
        language=row.language,
        facts=row.facts or {},
        verdict=row.verdict or {},
    )


# --- rows -----------------------------------------------------------------------------------------


def rows(model: type[T], column: Any, ids: Iterable[int]) -> Sequence[T]:
    """Rows whose column has one of these values."""
    return db.session.scalars(select(model).where(column.in_(list(ids)))).all()


def _by_comment(model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for each in db.session.scalars(
        select(model).where(model.comment_id.in_(ids)).order_by(model.comment_id, model.id)
    ):
        found[each.comment_id].append(each)
    return found


def public_ids(ids: Iterable[int | None]) -> dict[int, str]:
    """Row ID -> public ID of people."""
    wanted = {each for each in ids if each is not None}
    found = db.session.execute(select(User.id, User.public_id).where(User.id.in_(wanted)))
    return {row.id: row.public_id for row in found}


def thread_ids(ids: Iterable[int | None]) -> dict[int, str]:
    """Row ID -> public ID of threads."""
    wanted = {each for each in ids if each is not None}
    found = db.session.execute(select(Thread.id, Thread.public_id).where(Thread.id.in_(wanted)))
    return {row.id: row.public_id for row in found}
