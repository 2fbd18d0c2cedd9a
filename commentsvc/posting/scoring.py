"""A score within the time a post may wait for it, whatever state the scorer is in."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from typing import TYPE_CHECKING, Any

from ..settings import settings
from ..threads import commands as threads
from ..threads.newest import language_of
from ..toxicity.scorer import Reason, Scorer, Scores, Unscored, scorer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ..sites.models import Site

log = logging.getLogger(__name__)

# One thread talks to a slow scorer, so that a hanging one costs one thread and not the server's.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scorer")
_busy = threading.BoundedSemaphore(8)
_SHORT = 12  # words; longer texts tell their language themselves
_REST_SECONDS = 10.0  # after a time-out nobody waits again for so long
_resting_until = 0.0


def spoken_at(site: Site, href: str, text: str) -> str | None:
    """The language of an article's conversation, where a text leaves open which it is in. Raises `Invalid`
    for a wrong address."""
    address = threads.address_of(site, href).canonical
    return language_of(site, address) if len(text.split()) < _SHORT else None


def score(
    text: str, *, language: str | None = None, likely: Iterable[str | None] = ()
) -> Scores | Unscored:
    """The text's scores, or why there are none. Never raises; never longer than the settings' budget
    (a scorer that is fast by nature runs right here). `likely`: languages that are spoken there."""
    return score_all([text], language=language, likely=likely)[0]


def score_all(
    texts: Sequence[str], *, language: str | None = None, likely: Iterable[str | None] = ()
) -> list[Scores | Unscored]:
    """One answer for each text, within one budget for all of them. Never raises."""
    global _resting_until
    part = scorer()
    spoken = frozenset(each[:2].lower() for each in likely if each)
    if part.in_request:
        return _ask(part, texts, language, spoken)
    if time.monotonic() < _resting_until or not _busy.acquire(blocking=False):
        return _none("slow", part, texts, language)
    future: Future[list[Scores | Unscored]] = _pool.submit(_ask, part, texts, language, spoken)
    future.add_done_callback(lambda _: _busy.release())
    try:
        return future.result(timeout=settings().toxicity_budget_ms / 1000)
    except TooSlow:
        _resting_until = time.monotonic() + _REST_SECONDS
        log.warning("scorer too slow", extra={"scorer": part.name})
        return _none("slow", part, texts, language)


def _ask(
    part: Scorer, texts: Sequence[str], language: str | None, likely: Collection[str]
) -> list[Scores | Unscored]:
    more: dict[str, Any] = {"likely": likely} if getattr(part, "takes_likely", False) else {}
    try:
        answers = list(part.score(texts, language=language, **more))
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
