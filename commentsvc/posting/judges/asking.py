"""Asking a site's own judge before publishing: signed, with a deadline, outside
any unit of work."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...core import clock
from ...core.addresses import host_of
from ...core.calling import CallFailed, call
from ...core.db import db
from ...core.ids import new_id
from ...core.signing import coral as coral_signing
from ...core.signing import standard
from ...moderation.judging.verdict import Outside
from ...settings import settings
from ...sites.judges import OwnJudge, judge_of
from ...sites.queries import role_of
from ...threads.commands import page_of, thread_of
from ...threads.models import Comment
from .coral import Answer, NotAnAnswer, read_answer, request_of

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...sites.models import Site

log = logging.getLogger(__name__)

_AGENT = "commentsvc"
_FAILED = 3  # failures in a row, after which nobody waits for a while
_REST_SECONDS = 10.0


@dataclass(frozen=True)
class Question:
    """What a judge is asked, with everything that comes from the database."""

    judge: OwnJudge
    site_id: int
    author: str
    role: str
    href: str
    parent: str | None
    site: str
    edit: bool


class _Line:
    """The state of one judge: how many requests wait for it, and how often it failed."""

    def __init__(self) -> None:
        self.waiting = threading.BoundedSemaphore(max(1, settings().threads - 1))
        self.failed = 0
        self.resting_until = 0.0

    def note(self, *, failed: bool) -> None:
        self.failed = self.failed + 1 if failed else 0
        if self.failed >= _FAILED:
            self.resting_until = time.monotonic() + _REST_SECONDS


_lines: dict[tuple[int, str], _Line] = {}
_lock = threading.Lock()
_MOST_LINES = 1000


def question(
    site: Site,
    href: str,
    *,
    user: User | None,
    guest: str = "",
    parent: str | None = None,
) -> Question | None:
    """What the site's own judge will be asked about a text; None if it has none. `guest`
    distinguishes guests without an account. Queries the database, so call it before releasing the
    connection. Raises `Invalid` for an invalid address."""
    judge = judge_of(site) if site.judge else None
    if judge is None:
        return None
    return Question(
        judge=judge,
        site_id=site.id,
        author=user.public_id if user is not None else f"guest-{guest[:16]}",
        role=role_of(user, site),
        href=page_of(site, href).canonical,
        parent=parent,
        site=site.key,
        edit=False,
    )


def question_again(site: Site, comment: Comment, author: User) -> Question | None:
    """The same for an edited text."""
    if not site.judge:
        return None
    parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    asked = question(
        site,
        thread_of(comment).href,
        user=author,
        parent=parent.public_id if parent is not None else None,
    )
    return replace(asked, edit=True) if asked is not None else None


def ask(asked: Question | None, text: str) -> Outside | None:
    """The judge's answer about the text, within the site's deadline; `failed` on any error. Never
    raises. Holds no database connection meanwhile."""
    if asked is None:
        return None
    judge, host = asked.judge, asked.judge.host
    line = _line_to(asked)
    if time.monotonic() < line.resting_until or not line.waiting.acquire(blocking=False):
        return Outside(host, "failed", failure=judge.failure)
    try:
        answer = _answer(asked, text)
    except (CallFailed, NotAnAnswer) as error:
        line.note(failed=True)
        why = error.detail if isinstance(error, CallFailed) else str(error)
        log.warning("a site's own moderation service failed", extra={"host": host, "why": why})
        return Outside(host, "failed", failure=judge.failure)
    finally:
        line.waiting.release()
    line.note(failed=False)
    return Outside(host, answer.said, answer.flags, answer.reasons, judge.failure)


def _answer(asked: Question, text: str) -> Answer:
    judge = asked.judge
    sent = request_of(
        edit=asked.edit,
        text=text,
        parent=asked.parent,
        author=asked.author,
        role=asked.role,
        href=asked.href,
        site=asked.site,
        service=host_of(settings().public_url),
    )
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _AGENT,
        coral_signing.HEADER: coral_signing.header([judge.secret], sent),
        **standard.headers(judge.secret, name=new_id(), at=clock.now(), sent=sent),
    }
    private, deadline = settings().webhook_private, judge.ms / 1000
    said = call(
        judge.url, method="POST", body=sent, headers=headers, private=private, deadline=deadline
    )
    return read_answer(said.status, said.body)


def _line_to(asked: Question) -> _Line:
    key = (asked.site_id, asked.judge.url)
    with _lock:
        if key not in _lines and len(_lines) >= _MOST_LINES:
            _lines.clear()
        return _lines.setdefault(key, _Line())
