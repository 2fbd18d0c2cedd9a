"""The only way to judge a text: run the rules, and keep their input and verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..accounts.models import User
from ..core.db import db
from ..moderation import commands as moderation
from ..moderation.judging.facts import Read, gather, read_text
from ..moderation.judging.rules import RULES, judge
from ..moderation.judging.verdict import Action, Outside, Submission, Verdict, outside_from
from ..moderation.record import settle_flags, write_findings
from ..sites.queries import by_id, policy_of
from ..threads.commands import thread_of
from ..threads.revisions import Judged
from ..toxicity.scorer import Scores, Unscored

if TYPE_CHECKING:
    from ..threads.models import Comment, Revision


def judge_text(
    submission: Submission, scores: Scores | Unscored, outside: Outside | None = None
) -> tuple[Verdict, Judged]:
    """The verdict on these facts and the site's own judge's answer, and what to store of it with
    the text."""
    submission = replace(submission, outside=outside) if outside is not None else submission
    verdict = judge(RULES, submission)
    return verdict, Judged(
        language=scores.language,
        scores=_values(scores),
        scorer=scores.model,
        unscored=_reason(scores),
        facts=submission.as_dict(),
        verdict=verdict.as_dict(),
    )


def read_stored(
    site_id: int, text: str, address: str | None = None, tags: tuple[str, ...] = ()
) -> Read:
    """What a stored text says under today's policy, in the section of its thread's address and
    tags."""
    return read_text(site_id, policy_of(by_id(site_id), address, tags), text)


def judge_stored(
    comment: Comment,
    revision: Revision,
    read: Read,
    scores: Scores | Unscored,
    *,
    may_hide: bool = True,
    at_most: Action = Action.REJECT,
    for_the_record: bool = False,
) -> None:
    """Store a new score for a stored text and judge the text again. Inside a unit; call
    `read_stored` before it.

    A person's decision stands; with `for_the_record`, the verdict is stored anyway. Without
    `may_hide`, a verdict against a published comment changes nothing. `at_most` caps the verdict;
    below `HOLD`, a pending comment stays pending.
    """
    _keep(scores, comment, revision)
    undecided = comment.status in ("pending", "published") and not comment.reviewed
    if not (undecided or for_the_record):
        return
    verdict, judged = judge_text(
        _submission(comment, read, scores),
        scores,
        outside_from(revision.facts),  # asked before a text is shown, and not again
    )
    revision.facts = judged.facts
    if verdict.holds and comment.status == "published" and not may_hide:
        return
    verdict = _softened(verdict, at_most)
    revision.verdict = verdict.as_dict()
    if not undecided:
        return
    if comment.status == "published" or at_most >= Action.HOLD:
        moderation.admit_again(comment, revision, verdict, present=False)
    else:
        write_findings(comment, revision, verdict.as_dict()["findings"], anew=True)
        settle_flags(comment)


def _keep(scores: Scores | Unscored, comment: Comment, revision: Revision) -> None:
    revision.scores = _values(scores)
    revision.scorer, revision.language = scores.model, scores.language
    comment.unscored = _reason(scores)


def _submission(comment: Comment, read: Read, scores: Scores | Unscored) -> Submission:
    site, thread = by_id(comment.site_id), thread_of(comment)
    return gather(
        site=site,
        policy=policy_of(site, thread.address, thread.tags),
        thread=thread,
        author=db.session.get_one(User, comment.author_id),
        read=read,
        scores=scores,
        comment=comment,
    )


def _softened(verdict: Verdict, at_most: Action) -> Verdict:
    findings = tuple(replace(each, action=min(each.action, at_most)) for each in verdict.findings)
    return Verdict(min(verdict.action, at_most), findings)


def _values(scores: Scores | Unscored) -> dict[str, float] | None:
    return dict(scores.values) if isinstance(scores, Scores) else None


def _reason(scores: Scores | Unscored) -> str | None:
    return scores.reason if isinstance(scores, Unscored) else None
