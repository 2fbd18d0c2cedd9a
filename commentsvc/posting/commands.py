"""Posting a comment, from the typed text to what everybody sees. Read this module first.

`submit`: clean the text -> score it, and ask the site's own judge -> open the unit -> check whether
this reader may post here -> gather facts -> judge -> add -> admit -> enqueue.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from ..accounts.commands import change_name, make_guest
from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed, NotFound, again_in
from ..core.jobs import enqueue
from ..moderation import commands as moderation
from ..moderation.judging.facts import Read, gather, read_text
from ..moderation.judging.lists.insults import in_name
from ..moderation.judging.urgency import urgency
from ..sites.queries import anew, by_id, policy_of, require
from ..threads import commands as threads
from ..threads import text as texts
from ..threads.models import Comment, Thread
from ..threads.revisions import rewritten_by, written_by
from ..threads.rules import check_open, pause_in, policy_around
from ..threads.status import lock, move
from .bots.suspicion import check_sender
from .judges.asking import ask, question, question_again
from .judging import judge_text
from .known import Known, check_known, check_may_post, check_name, known_of
from .new import NewComment, Posted, SameKeyOtherBody, is_first, replay
from .scoring import score, spoken_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..accounts.models import User
    from ..moderation.judging.verdict import Outside, Submission
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.revisions import Written
    from ..threads.text import Mention
    from ..toxicity.scorer import Scores, Unscored
    from .bots.suspicion import Effort

__all__ = [
    "NewComment",
    "Posted",
    "SameKeyOtherBody",
    "TooFast",
    "check_may_post",
    "edit",
    "editable_until",
    "own_comment",
    "submit",
    "withdraw",
]


class TooFast(Conflict):
    """Comments are posted too quickly; `retry_after` says when the next may be posted."""

    def say(self, locale: str | None) -> str:
        return f"{super().say(locale)} {again_in(self.retry_after or 1, locale)}"


def submit(new: NewComment) -> Posted:
    """Post a comment once, however often the request is repeated with its key.

    Raises `NotAllowed` (`EffortNeeded`), `Invalid`, `ThreadClosed`, `TooFast`, `SameKeyOtherBody`;
    then nothing is stored, and the sender keeps the text.
    """
    effort = check_sender(new)
    policy = policy_of(new.site, new.address, new.tags)
    clean = texts.clean(new.text, min_length=policy.min_length, max_length=policy.max_length)
    likely = (policy.locale, new.locale, spoken_at(new.site, new.href, clean))
    thread = threads.find_thread(new.site, new.href) if new.mentions else None
    written = written_by(new.user, clean, new.mentions, thread)
    asked = question(new.site, new.href, user=new.user, guest=new.sender, parent=new.parent)
    release()
    read = read_text(new.site.id, policy, clean, name=new.name)
    in_name(new.name or "")  # kept: the unit asks again
    scores = score(read.plain, likely=likely)
    return _store(new, policy, read, written, (scores, ask(asked, clean)), effort)


def _store(
    new: NewComment,
    policy: Policy,
    read: Read,
    written: Written,
    said: tuple[Scores | Unscored, Outside | None],
    effort: Effort | None,
) -> Posted:
    """Check who may post, and write everything that becomes visible, in one unit. Slow work that
    needs no database comes before it: on SQLite, all other writers wait for this unit."""
    with unit_of_work(keeping=True):
        known = known_of(new)
        if not is_first(new, known.rows[0]):
            return replay(new)
        check_known(new.site, new.user, known.policy, known.found)
        if known.policy != policy:  # changed while the text was scored
            read = _read(new.site, known.policy, new.text, name=new.name)
        thread, parent = _place(new, known)
        author, token = _author(new, known)
        submission = _facts(new, known, thread, read, said[0])
        verdict, judged = judge_text(submission, *said)
        if effort is not None:
            effort.check_verdict(verdict)
        findings = verdict.as_dict()["findings"]
        comment, revision = threads.add(
            thread=thread,
            author=author,
            written=written,
            parent=parent,
            status=moderation.status_of(verdict),
            urgency=lambda moment: urgency(moment, findings),
            judged=judged,
            rows=known.rows,
            network=new.network,
        )
        moderation.admit(comment, revision, verdict)
        enqueue("on_comment", comment_id=comment.id, revision_id=revision.id)
    return Posted(comment, token, view=known.view(comment, revision, thread, author))


def _facts(
    new: NewComment, known: Known, thread: Thread, read: Read, scores: Scores | Unscored
) -> Submission:
    return gather(
        site=new.site,
        policy=known.policy,
        thread=thread,
        author=new.user,
        read=read,
        scores=scores,
        asked=known.asked,
    )


def _read(site: Site, policy: Policy, text: str, *, name: str | None = None) -> Read:
    """What the policy's rules need to know about a text. Raises `Invalid` if they refuse it."""
    clean = texts.clean(text, min_length=policy.min_length, max_length=policy.max_length)
    return read_text(site.id, policy, clean, name=name)


def _place(new: NewComment, known: Known) -> tuple[Thread, Comment | None]:
    """The thread and parent of the comment, if it may be posted there."""
    if new.user is None and not (new.name or "").strip():
        raise Invalid("invalid.name_missing", field="name")
    thread = known.thread or threads.new_thread(new.site, new.href, title=new.title, tags=new.tags)
    check_open(thread, known.policy)
    parent = known.parent
    if new.parent and (
        parent is None or parent.thread_id != thread.id or parent.status != "published"
    ):
        raise NotFound("not_found.parent", field="parent_id")
    if known.asked.standing is not None:
        _not_too_fast(known.asked.standing.record.last, thread, known.policy)
    return thread, parent


def _author(new: NewComment, known: Known) -> tuple[User, str | None]:
    """Who writes it: a new guest, with their edit token, or who is signed in."""
    name = new.name or ""
    if new.user is None:
        check_name(known.staff, name)
        return make_guest(name, new.email, secret=new.secret(known.rows[0]))
    if new.user.is_guest and name and name.strip() != new.user.name:
        check_name(known.staff, name)
        change_name(new.user, name)  # one who has only liked so far has no name yet
    return new.user, None


def _not_too_fast(last: datetime | None, thread: Thread, policy: Policy) -> None:
    slowed = pause_in(thread, policy)
    pause = max(policy.slow_seconds, slowed)
    if not pause or last is None:
        return
    wait = (last + timedelta(seconds=pause) - clock.now()).total_seconds()
    if 0 < wait <= 2 * pause:  # more: the clock was set back after that comment
        again = min(int(wait) + 1, pause)
        if slowed > policy.slow_seconds:
            if slowed >= 120:
                minutes = math.ceil(slowed / 60)
                raise TooFast("too_fast.slowed_minutes", retry_after=again, minutes=minutes)
            raise TooFast("too_fast.slowed", retry_after=again, seconds=slowed)
        raise TooFast("too_fast", retry_after=again)


# --- authors change their comments ----------------------------------------------------------------


def own_comment(public_id: str, user: User | None) -> tuple[Comment, User]:
    """The comment and its author, if that is this person. Raises `NotFound` or `NotAllowed`."""
    comment = threads.comment_by_public_id(public_id)
    visible = comment.shown or (user is not None and comment.author_id == user.id)
    if not visible:
        raise NotFound("not_found.comment")
    if user is None or comment.author_id != user.id:
        raise NotAllowed("not_the_author")
    return comment, user


def editable_until(comment: Comment, policy: Policy, *, status: str | None = None) -> float:
    """Seconds left to edit; 0 when it is too late or the comment is not editable. `status` is the
    one its author is shown, if different."""
    if (status or comment.status) not in ("pending", "published"):
        return 0.0
    end = comment.created_at + timedelta(seconds=policy.edit_seconds)
    return max(0.0, (end - clock.now()).total_seconds())


def edit(
    public_id: str,
    text: str,
    *,
    user: User | None,
    network: str | None = None,
    mentions: Sequence[Mention] | None = None,
) -> Posted:
    """Change the text of one's own comment while it is editable; it is scored and judged again.
    Without `mentions`, it keeps its mentions as far as they are still in the text.

    Raises `NotFound`, `NotAllowed`, `Invalid`, or `Conflict` when it is too late.
    """
    comment, author = own_comment(public_id, user)
    site = by_id(comment.site_id)
    policy = policy_around(comment, site)
    require(author, "post", site)
    _still_editable(comment, policy)
    read = _read(site, policy, text)
    asked = question_again(site, comment, author)
    release()
    scores = score(read.plain, likely=(policy.locale,))
    outside = ask(asked, read.text)
    with unit_of_work():
        lock(comment.thread_id)
        now = policy_around(comment, anew(site))
        check_may_post(site, author, network, now)
        _still_editable(comment, now)
        if now != policy:  # changed while the text was scored
            read = _read(site, now, text)
        _revise(comment, author, now, read, (scores, outside), mentions)
    return Posted(comment)


def _revise(
    comment: Comment,
    author: User,
    policy: Policy,
    read: Read,
    said: tuple[Scores | Unscored, Outside | None],
    mentions: Sequence[Mention] | None,
) -> None:
    """Store the new text and its consequences; do nothing if unchanged. Inside a unit only."""
    thread = db.session.get_one(Thread, comment.thread_id)
    check_open(thread, policy)
    before = threads.revision_of(comment)
    written = rewritten_by(author, read.text, mentions, thread, before)
    same = texts.mentions_in(before.mentions) == list(written.mentions)
    if same and before.text == written.text:
        return
    submission = gather(
        site=by_id(comment.site_id),
        policy=policy,
        thread=thread,
        author=author,
        read=read,
        scores=said[0],
        is_edit=True,
        comment=comment,
    )
    verdict, judged = judge_text(submission, *said)
    revision = threads.revise(comment, written, judged)
    moderation.admit_again(comment, revision, verdict)
    enqueue("on_comment", comment_id=comment.id, revision_id=revision.id)


def _still_editable(comment: Comment, policy: Policy) -> None:
    if comment.status in ("rejected", "withdrawn"):
        raise Conflict("not_editable")
    if not editable_until(comment, policy):
        raise Conflict("too_late")


def withdraw(public_id: str, *, user: User | None) -> Comment:
    """Withdraw one's own comment. Its place stays while it has replies; nobody sees the text.

    Doing it twice is harmless. Raises `NotFound` or `NotAllowed`."""
    comment, _ = own_comment(public_id, user)
    with unit_of_work():
        if move(comment, "withdrawn"):
            enqueue("on_withdrawal", comment_id=comment.id)
            enqueue("learn_spam", comment_ids=[comment.id])
            enqueue("keep_precedents", comment_ids=[comment.id])
    return comment
