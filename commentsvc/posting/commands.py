"""Writing a comment, from what was typed to what everybody sees. The page to read first.

`submit` goes: clean the text -> score -> open the unit -> may this reader write here -> gather facts
-> judge -> add -> admit -> enqueue.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import bindparam, select

from ..core import clock
from ..core.db import IntegrityError, db, execute, insert_row, release, table_of, unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed, NotFound
from ..core.jobs import enqueue
from ..moderation import commands as moderation
from ..moderation.cases.networks import check_network
from ..moderation.cases.sanctions import check_may_write
from ..moderation.judging.facts import Read, gather, read_text
from ..moderation.judging.urgency import urgency
from ..settings import settings
from ..sites.queries import anew, by_id, policy_of, require
from ..threads import commands as threads
from ..threads import text as texts
from ..threads.models import Comment, Thread
from ..threads.status import lock, move
from .judging import judge_text
from .models import Idempotency
from .naming import new_guest, rename_guest
from .scoring import score, spoken_at

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..toxicity.scorer import Scores, Unscored


@dataclass(frozen=True)
class NewComment:
    """What a reader sends. `device` and `network` say who asks when nobody is signed in."""

    site: Site
    href: str
    text: str
    parent: str | None = None
    title: str | None = None
    name: str | None = None
    email: str | None = None
    user: User | None = None
    idempotency_key: str | None = None
    network: str | None = None
    locale: str | None = None  # the language of the page, or the reader's


@dataclass(frozen=True)
class Posted:
    """What became of it; why it is held, `moderation.outcomes` says in words for its author."""

    comment: Comment
    edit_token: str | None = None
    replayed: bool = False


class SameKeyOtherBody(Invalid):
    """An idempotency key stands for one request."""


class TooFast(Conflict):
    """One comment a breath; `retry_after` says when the next may come."""


def submit(new: NewComment) -> Posted:
    """Post a comment once, however often the request is repeated with its key.

    Raises `NotAllowed`, `Invalid`, `ThreadClosed`, `TooFast`, `SameKeyOtherBody`; nothing is stored
    then, and the text is the sender's to keep.
    """
    policy = policy_of(new.site)
    clean = texts.clean(new.text, min_length=policy.min_length, max_length=policy.max_length)
    likely = (policy.locale, new.locale, spoken_at(new.site, new.href, clean))
    release()
    read, html = read_text(new.site.id, policy, clean, name=new.name), texts.html(clean)
    scores = score(read.plain, likely=likely)
    try:
        return _store(new, read, html, scores)
    except IntegrityError:  # the same request, on another node, in this moment
        again = _replay(new)
        if again is None:
            raise
        return again


def check_may_post(site: Site, user: User | None, network: str | None, policy: Policy) -> None:
    """Raises `NotAllowed` where nothing that this person writes on the site would be taken."""
    require(user, "post", site)
    check_may_write(site, user)
    check_network(site, network)
    if (user is None or user.is_guest) and not policy.guests_may_post:
        raise NotAllowed("sign_in_first")


def _store(new: NewComment, read: Read, html: str, scores: Scores | Unscored) -> Posted:
    """Who may write, and everything that becomes visible, in one unit: what is slow and needs no
    database was done before it, for on SQLite all others wait meanwhile."""
    with unit_of_work():
        policy = policy_of(anew(new.site))
        if (again := _replay(new)) is not None:
            return again
        check_may_post(new.site, new.user, new.network, policy)
        if new.user is None and not (new.name or "").strip():
            raise Invalid("invalid.name_missing", field="name")
        thread = threads.open_thread(new.site, new.href, title=new.title)
        if threads.closed_since(thread, policy) is not None:
            raise threads.ThreadClosed("thread_closed")
        parent = _parent(new, thread)
        if new.user is not None:
            _not_too_fast(new.user, thread, policy)
        author, token = _author(new)
        submission = gather(
            site=new.site, policy=policy, thread=thread, author=new.user, read=read, scores=scores
        )
        verdict, judged = judge_text(submission, scores)
        findings = verdict.as_dict()["findings"]
        comment, revision = threads.add(
            thread=thread,
            author=author,
            source_text=read.text,
            html=html,
            parent=parent,
            status=moderation.status_of(verdict),
            urgency=lambda moment: urgency(moment, findings),
            judged=judged,
            network=new.network,
        )
        moderation.admit(comment, revision, verdict)
        if new.idempotency_key:
            _remember(new, comment, with_token=token is not None)
        enqueue("on_comment", comment_id=comment.id, revision_id=revision.id)
    return Posted(comment, token)


def _parent(new: NewComment, thread: Thread) -> Comment | None:
    if not new.parent:
        return None
    parent = db.session.scalar(select(Comment).where(Comment.public_id == new.parent))
    if parent is None or parent.thread_id != thread.id or parent.status != "published":
        raise NotFound("not_found.parent", field="parent_id")
    return parent


def _author(new: NewComment) -> tuple[User, str | None]:
    if new.user is not None:
        if new.user.is_guest and new.name:
            rename_guest(new.site, new.user, new.name)
        return new.user, None
    secret = _derived_token(new) if new.idempotency_key else None
    return new_guest(new.site, new.name or "", new.email, secret=secret)


def _not_too_fast(author: User, thread: Thread, policy: Policy) -> None:
    slowed = threads.slow_pause(thread)
    pause = max(policy.slow_seconds, slowed)
    if not pause:
        return
    last = db.session.scalar(
        select(Comment.created_at)
        .where(Comment.author_id == author.id, Comment.site_id == thread.site_id)
        .order_by(Comment.created_at.desc())
        .limit(1)
    )
    if last is None:
        return
    wait = (last + timedelta(seconds=pause) - clock.now()).total_seconds()
    if wait > 0:
        again = min(int(wait) + 1, pause)
        if slowed > policy.slow_seconds:
            raise TooFast("too_fast.slowed", retry_after=again, seconds=slowed)
        raise TooFast("too_fast", retry_after=again)


# --- the same request again -------------------------------------------------------------------------


def _sender(new: NewComment) -> str:
    """Whose keys these are: a person's, or a network's while nobody is known."""
    who = f"user:{new.user.public_id}" if new.user else f"net:{new.network}"
    return hashlib.sha256(f"{new.site.key}|{who}".encode()).hexdigest()


def _body_hash(new: NewComment) -> str:
    body = [new.href, new.text, new.parent, new.title, new.name, new.email]
    return hashlib.sha256(orjson.dumps([repr(each) for each in body])).hexdigest()


def _derived_token(new: NewComment) -> str:
    """A guest's edit token out of the request's own key, so that a repeated request gets the same one
    and it is still kept nowhere but as a hash."""
    material = f"guest-token|{_sender(new)}|{new.idempotency_key}".encode()
    return hmac.new(settings().secret_key.encode(), material, hashlib.sha256).hexdigest()[:32]


def _replay(new: NewComment) -> Posted | None:
    if not new.idempotency_key:
        return None
    row = execute(_KEPT, {"sender": _sender(new), "key": new.idempotency_key}).first()
    if row is None:
        return None
    if row.body_hash != _body_hash(new):
        raise SameKeyOtherBody("idempotency_mismatch", field="Idempotency-Key")
    comment = db.session.get(Comment, row.comment_id)
    if comment is None:
        raise NotFound("not_found.gone")
    token = _derived_token(new) if row.answer.get("token") else None
    return Posted(comment, token, replayed=True)


_keys = table_of(Idempotency)
_KEPT = select(_keys.c.body_hash, _keys.c.comment_id, _keys.c.answer).where(
    _keys.c.sender == bindparam("sender"), _keys.c.key == bindparam("key")
)


def _remember(new: NewComment, comment: Comment, *, with_token: bool) -> None:
    insert_row(
        Idempotency,
        sender=_sender(new),
        key=new.idempotency_key,
        body_hash=_body_hash(new),
        comment_id=comment.id,
        answer={"token": with_token},
        created_at=clock.now(),
    )


# --- changing one's own -----------------------------------------------------------------------------


def own_comment(public_id: str, user: User | None) -> tuple[Comment, User]:
    """The comment and its author, if this person is it. Raises `NotFound` or `NotAllowed`."""
    comment = threads.comment_by_public_id(public_id)
    visible = comment.shown or (user is not None and comment.author_id == user.id)
    if not visible:
        raise NotFound("not_found.comment")
    if user is None or comment.author_id != user.id:
        raise NotAllowed("not_the_author")
    return comment, user


def editable_until(comment: Comment, policy: Policy, *, status: str | None = None) -> float:
    """Seconds left to edit; 0 when it is too late or the comment is not editable. `status` is what its
    author is shown, where that differs."""
    if (status or comment.status) not in ("pending", "published"):
        return 0.0
    end = comment.created_at + timedelta(seconds=policy.edit_seconds)
    return max(0.0, (end - clock.now()).total_seconds())


def edit(public_id: str, text: str, *, user: User | None) -> Posted:
    """Give one's comment another text, within the time for it; it is scored and judged again.

    Raises `NotFound`, `NotAllowed`, `Invalid`, or `Conflict` when it is too late.
    """
    comment, author = own_comment(public_id, user)
    site = by_id(comment.site_id)
    policy = policy_of(site)
    require(author, "post", site)
    _still_editable(comment, policy)
    clean = texts.clean(text, min_length=policy.min_length, max_length=policy.max_length)
    read = read_text(site.id, policy, clean)
    release()
    scores = score(read.plain, likely=(policy.locale,))
    with unit_of_work():
        lock(comment.thread_id)
        _still_editable(comment, policy)
        thread = db.session.get_one(Thread, comment.thread_id)
        if threads.closed_since(thread, policy) is not None:
            raise threads.ThreadClosed("thread_closed")
        if threads.revision_of(comment).text == clean:
            return Posted(comment)
        submission = gather(
            site=site,
            policy=policy,
            thread=thread,
            author=author,
            read=read,
            scores=scores,
            is_edit=True,
            comment=comment,
        )
        verdict, judged = judge_text(submission, scores)
        revision = threads.revise(comment, clean, judged)
        moderation.admit_again(comment, revision, verdict)
        enqueue("on_comment", comment_id=comment.id, revision_id=revision.id)
    return Posted(comment)


def _still_editable(comment: Comment, policy: Policy) -> None:
    if comment.status in ("rejected", "withdrawn"):
        raise Conflict("not_editable")
    if not editable_until(comment, policy):
        raise Conflict("too_late")


def withdraw(public_id: str, *, user: User | None) -> Comment:
    """Take one's comment back. Its place stays while it holds replies; the text is shown to nobody.

    Doing it twice is harmless. Raises `NotFound` or `NotAllowed`."""
    comment, _ = own_comment(public_id, user)
    with unit_of_work():
        if move(comment, "withdrawn"):
            enqueue("on_withdrawal", comment_id=comment.id)
            enqueue("learn_spam", comment_ids=[comment.id])
    return comment
