"""Scoring within the time a new comment may wait, whatever state the scorer is in."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import select

from ..core.db import db
from ..moderation.judging.meant import with_rest
from ..settings import settings
from ..threads import commands as threads
from ..threads.models import Comment, Revision, Thread
from ..toxicity.backends.chain import ChainScorer, ask
from ..toxicity.scorer import Reason, Scorer, Scores, Unscored, scorer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ..sites.models import Site

log = logging.getLogger(__name__)

_SHORT = 12  # words; the language of longer texts can be detected
_NEWEST, _FEW = 20, 3  # comments considered, and needed, to tell a conversation's language
_REST_SECONDS = 10.0  # how long nobody waits for a scorer after a timeout
PATIENCE = 20.0
"""Seconds that a job waits for a score, however short a post's budget is."""


class _Line:
    """The connection to one slow scorer. It has two threads, so that a hanging scorer costs two
    threads instead of the server's, and no other scorer waits for it."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scorer")
        self.busy = threading.BoundedSemaphore(8)
        self.resting_until = 0.0


_lines: WeakKeyDictionary[Scorer, _Line] = WeakKeyDictionary()
_lock = threading.Lock()


def spoken_at(site: Site, href: str, text: str) -> str | None:
    """The language of an article's conversation, if the text is too short to tell. Raises `Invalid`
    for an invalid address."""
    address = threads.address_of(site, href).canonical
    return _language_of(site, address) if len(text.split()) < _SHORT else None


def _language_of(site: Site, address: str) -> str | None:
    """The language of most of a conversation's newest comments, if at least a few are in it."""
    thread = select(Thread.id).where(Thread.site_id == site.id, Thread.address == address)
    newest = (  # no joins, so that the index provides the order
        select(Comment.revision_id)
        .where(Comment.thread_id == thread.scalar_subquery(), Comment.status == "published")
        .order_by(Comment.published_at.desc())
        .limit(_NEWEST)
        .subquery()
    )
    spoken = db.session.scalars(
        select(Revision.language).join(newest, newest.c.revision_id == Revision.id)
    ).all()
    language, count = Counter(spoken).most_common(1)[0] if spoken else (None, 0)
    return language if count >= _FEW and 2 * count > len(spoken) else None


def score(
    text: str,
    *,
    language: str | None = None,
    likely: Iterable[str | None] = (),
    patience: float | None = None,
) -> Scores | Unscored:
    """The text's scores, or why there are none: `score_all` for one text that will be judged."""
    return score_all([text], language=language, likely=likely, patience=patience, judged=True)[0]


def score_all(
    texts: Sequence[str],
    *,
    language: str | None = None,
    likely: Iterable[str | None] = (),
    patience: float | None = None,
    judged: bool = False,
) -> list[Scores | Unscored]:
    """One answer for each text, within one budget for all texts and all scorers of a chain. Never
    raises; never takes longer than the configured budget, or `patience` seconds for callers that
    can wait (a scorer that is fast by nature runs in this thread). `likely`: languages spoken
    there. `judged`: also score each text without the parts that its author does not mean."""
    part = scorer()
    spoken = frozenset(each[:2].lower() for each in likely if each)
    budget = settings().toxicity_budget_ms / 1000 if patience is None else patience
    until = time.monotonic() + budget

    def asked(
        one: Scorer, some: Sequence[str], hint: str | None, spoken: Collection[str]
    ) -> list[Scores | Unscored]:
        if one.in_request:
            return _ask(one, some, hint, spoken)
        return _in_time(one, some, hint, spoken, until=until, patient=patience is not None)

    def answered(some: Sequence[str], hint: str | None) -> list[Scores | Unscored]:
        if isinstance(part, ChainScorer):
            return part.score_by(asked, some, hint, spoken)
        return asked(part, some, hint, spoken)

    answers = answered(texts, language)
    return with_rest(texts, answers, answered) if judged else answers


def is_partly_away(reason: str) -> bool:
    """Whether a text unscored for this reason may be skipped because other members of a chain work.
    After a mere timeout, it is worth waiting."""
    status = scorer().status()
    return reason != "slow" and bool(status.members) and status.works


def _in_time(
    part: Scorer,
    texts: Sequence[str],
    language: str | None,
    likely: Collection[str],
    *,
    until: float,
    patient: bool,
) -> list[Scores | Unscored]:
    """A slow scorer's answers before `until`. After a timeout, only patient callers wait for it for
    a while."""
    line = _line_to(part)
    left = until - time.monotonic()
    resting = time.monotonic() < line.resting_until and not patient
    if resting or left <= 0 or not line.busy.acquire(timeout=left if patient else 0):
        return _none("slow", part, texts, language)
    future: Future[list[Scores | Unscored]] = line.pool.submit(_ask, part, texts, language, likely)
    future.add_done_callback(lambda _: line.busy.release())
    try:
        return future.result(timeout=max(0.0, until - time.monotonic()))
    except TooSlow:
        line.resting_until = time.monotonic() + _REST_SECONDS
        log.warning("scorer too slow", extra={"scorer": part.name})
        return _none("slow", part, texts, language)


def _line_to(part: Scorer) -> _Line:
    with _lock:
        if (line := _lines.get(part)) is None:
            line = _lines[part] = _Line()
        return line


def _ask(
    part: Scorer, texts: Sequence[str], language: str | None, likely: Collection[str]
) -> list[Scores | Unscored]:
    try:
        answers = ask(part, texts, language, likely)
    except Exception:
        log.exception("scorer failed", extra={"scorer": part.name})
        return _none("failed", part, texts, language)
    for at, answer in enumerate(answers):
        if isinstance(answer, Scores) and not all(0 <= x <= 1 for x in answer.values.values()):
            # NaN compares false with everything, so it would pass every limit
            answers[at] = Unscored(reason="failed", model=part.name, language=language)
    return answers


def _none(
    reason: Reason, part: Scorer, texts: Sequence[str], language: str | None
) -> list[Scores | Unscored]:
    return [Unscored(reason=reason, model=part.name, language=language) for _ in texts]
