"""What our own exports contain besides the comment: scores, verdicts, decisions,
appeals, flags, likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ...core import clock
from ...core.db import Base, db
from ...core.ids import new_id
from ...core.rows import insert_each, next_ids
from ...moderation.judging.verdict import verdict_from
from ...moderation.models import Appeal, Decision, Flag, RuleFinding
from ...moderation.record import columns_of_finding, settle_all_flags
from ...threads.models import Comment, Reaction, Revision
from ...threads.reactions import known_counts
from ...threads.recount import settle_many
from ...threads.revisions import Judged
from ...threads.status import STATUSES
from ..records import AppealRecord, CommentRecord, DecisionRecord, FlagRecord, RevisionRecord
from .people import People, is_public_id

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

Said = Sequence[tuple[Comment, CommentRecord]]


def judged_of(record: RevisionRecord) -> Judged:
    """How a text was judged at its source, without invalid scores and verdicts."""
    scores = {key: value for key, value in record.scores.items() if 0 <= value <= 1}
    return Judged(
        language=_cut(record.language, 8),
        scores=scores or None,
        scorer=_cut(record.model, 60),
        facts=dict(record.facts) or None,
        verdict=_verdict(record.verdict),
    )


def _verdict(given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        verdict = verdict_from(given).as_dict() if given else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # not one of ours
    fits = verdict is None or all(
        isinstance(each[name], str) and len(each[name]) <= 40
        for each in verdict["findings"]
        for name in ("rule", "reason")
    )
    return verdict if fits else None


def write_history(people: People, made: Iterable[tuple[int, CommentRecord]]) -> None:
    """Store the history of these new comments, given by their row IDs. Inside their unit."""
    wanted = {row: record for row, record in made if _has_history(record)}
    if not wanted:
        return
    found = db.session.scalars(select(Comment).where(Comment.id.in_(wanted)).order_by(Comment.id))
    said = [(comment, wanted[comment.id]) for comment in found]
    known = people.own(_named(wanted.values()))
    texts = _revisions(list(wanted))
    rows = _Rows(said)
    for comment, record in said:
        rows.add_findings(comment, texts[comment.id])
        rows.add_decisions(comment, record.decisions, texts[comment.id], known)
        rows.add_flags(comment, record.flags, texts[comment.id], known)
        rows.add_likes(comment, record, known)
    db.session.flush()
    rows.write()
    settle_all_flags([comment for comment, _ in said])
    liked = [comment.id for comment, record in said if _has_reactions(record)]
    if liked:
        settle_many(liked)


def _has_history(record: CommentRecord) -> bool:
    judged = any(each.verdict for each in record.revisions)
    return bool(judged or record.decisions or record.flags or _has_reactions(record))


def _has_reactions(record: CommentRecord) -> bool:
    return bool(record.liked_by or record.reacted_by or record.reactions)


def _named(records: Iterable[CommentRecord]) -> set[str]:
    """Everybody mentioned in the history."""
    found: set[str | None] = set()
    for record in records:
        found.update(record.liked_by)
        found.update(record.reacted_by)
        found.update(each.by for each in record.flags)
        for each in record.decisions:
            found.add(each.by)
            if each.appeal:
                found.update((each.appeal.by, each.appeal.decided_by))
    return {each for each in found if each}


def _revisions(comment_ids: Sequence[int]) -> dict[int, list[Text]]:
    found: dict[int, list[Text]] = {}
    columns = (Revision.comment_id, Revision.id, Revision.verdict)
    for comment_id, row_id, verdict in db.session.execute(
        select(*columns)
        .where(Revision.comment_id.in_(comment_ids))
        .order_by(Revision.comment_id, Revision.number)
    ):
        found.setdefault(comment_id, []).append(Text(row_id, verdict))
    return found


class Text(NamedTuple):
    """A stored revision: its row ID and its verdict."""

    id: int
    verdict: dict[str, Any] | None


def _at(texts: Sequence[Text], number: int | None) -> int:
    """The row ID of the revision with this number; of the last one if there is none."""
    fits = number is not None and 1 <= number <= len(texts)
    return texts[number - 1 if fits and number else -1].id


def _unused(column: InstrumentedAttribute[str], names: Iterable[str | None]) -> set[str]:
    wanted = {each for each in names if each and is_public_id(each)}
    return wanted - set(db.session.scalars(select(column).where(column.in_(wanted))))


def _own(name: str | None, free: set[str]) -> str:
    """The ID in the file if it is free, otherwise a new one."""
    if name not in free:
        return new_id()
    free.remove(name)
    return name


class _Rows:
    """All rows to write for these comments, by table."""

    def __init__(self, said: Said) -> None:
        decisions = [each for _, record in said for each in record.decisions]
        appeals = [each.appeal.id for each in decisions if each.appeal]
        self._free = _unused(Decision.public_id, [each.id for each in decisions])
        self._free_appeals = _unused(Appeal.public_id, appeals)
        self._ids = iter(next_ids(Decision, len(decisions)))
        self._made: dict[type[Base], list[dict[str, Any]]] = {
            each: [] for each in (RuleFinding, Decision, Appeal, Flag, Reaction)
        }

    def write(self) -> None:
        for model, rows in self._made.items():
            insert_each(model, rows)

    def add_findings(self, comment: Comment, texts: Sequence[Text]) -> None:
        self._made[RuleFinding] += [
            columns_of_finding(comment, each.id, finding)
            for each in texts
            if each.verdict
            for finding in each.verdict["findings"]
        ]

    def add_decisions(
        self,
        comment: Comment,
        records: Sequence[DecisionRecord],
        texts: Sequence[Text],
        known: Mapping[str, int],
    ) -> None:
        made: dict[str, int] = {}
        undone: set[int | None] = {None}
        for record in records:
            undoes = made.get(record.undoes or "")
            row = {
                "id": next(self._ids),
                "public_id": _own(record.id, self._free),
                "undoes_id": undoes if undoes not in undone else None,
                **_decision(comment, record, _at(texts, record.revision), known),
            }
            undone.add(undoes)
            self._made[Decision].append(row)
            if record.id:
                made[record.id] = row["id"]
            if record.appeal:
                name = _own(record.appeal.id, self._free_appeals)
                columns = _appeal(row["id"], record.appeal, comment, known)
                self._made[Appeal].append({"public_id": name, **columns})

    def add_flags(
        self,
        comment: Comment,
        records: Collection[FlagRecord],
        texts: Sequence[Text],
        known: Mapping[str, int],
    ) -> None:
        self._made[Flag] += [
            _flag(comment, each, texts, known) for each in _one_each(records, known)
        ]

    def add_likes(self, comment: Comment, record: CommentRecord, known: Mapping[str, int]) -> None:
        """Likes and other reactions; those of unknown people are only counted."""
        chosen = {known[each]: kind for each, kind in record.reacted_by.items() if each in known}
        chosen |= {known[each]: "like" for each in record.liked_by if each in known}
        chosen.pop(comment.author_id, None)
        self._made[Reaction] += [
            {
                "comment_id": comment.id,
                "user_id": each,
                "kind": chosen[each],
                "created_at": comment.created_at,
            }
            for each in sorted(chosen)
        ]
        here = Counter(chosen.values())
        comment.likes_elsewhere = max(record.likes - here["like"], 0)
        left = {kind: count - here[kind] for kind, count in record.reactions.items()}
        comment.reactions_elsewhere = known_counts(left) or None


def _decision(
    comment: Comment, record: DecisionRecord, revision_id: int, known: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "site_id": comment.site_id,
        "comment_id": comment.id,
        "revision_id": revision_id,
        "by_id": known.get(record.by or ""),
        "action": record.action[:12],
        "reason": _cut(record.reason, 40),
        "rule": _cut(record.rule, 40),
        "note": _cut(record.note, 2000),
        "message": _cut(record.message, 2000),
        "status_before": _status(record.before, comment),
        "status_after": _status(record.after, comment),
        "automated": record.automated,
        "evidence": dict(record.evidence),
        "batch": _cut(record.batch, 16),
        "created_at": record.created_at or comment.created_at,
        "tell_after": record.tell_after,
        "told_at": record.told_at,
    }


def _status(given: str | None, comment: Comment) -> str:
    return given if given in STATUSES else comment.status


def _appeal(
    decision_id: int, record: AppealRecord, comment: Comment, known: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "site_id": comment.site_id,
        "decision_id": decision_id,
        "comment_id": comment.id,
        "user_id": known.get(record.by or "", comment.author_id),
        "text": record.text,
        "created_at": record.created_at or clock.now(),
        "decided_at": record.decided_at,
        "decided_by_id": known.get(record.decided_by or ""),
        "outcome": _cut(record.outcome, 12),
        "answer": record.answer,
    }


def _one_each(records: Collection[FlagRecord], known: Mapping[str, int]) -> list[FlagRecord]:
    """One flag per person, as the table requires."""
    seen: set[int] = set()
    kept = []
    for each in records:
        user_id = known.get(each.by or "")
        if user_id is None or user_id not in seen:
            kept.append(each)
        if user_id is not None:
            seen.add(user_id)
    return kept


def _flag(
    comment: Comment, record: FlagRecord, texts: Sequence[Text], known: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "comment_id": comment.id,
        "revision_id": _at(texts, record.revision),
        "site_id": comment.site_id,
        "user_id": known.get(record.by or ""),
        "rule": _cut(record.rule, 40),
        "reason": record.reason[:40],
        "note": _cut(record.note, 2000),
        "weight": record.weight,
        "created_at": record.created_at or comment.created_at,
        "closed_at": record.closed_at,
        "outcome": _cut(record.outcome, 12),
    }


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None
