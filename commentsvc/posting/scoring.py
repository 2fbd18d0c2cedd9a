"""A score within the time a post may wait for it, whatever state the scorer is in."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow

from ..settings import settings
from ..toxicity.scorer import Scorer, Scores, Unscored, scorer

log = logging.getLogger(__name__)

# One thread talks to a slow scorer, so that a hanging one costs one thread and not the server's.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scorer")
_busy = threading.BoundedSemaphore(8)
_REST_SECONDS = 10.0  # after a time-out nobody waits again for so long
_resting_until = 0.0


def score(text: str, *, language: str | None = None) -> Scores | Unscored:
    """The text's scores, or why there are none. Never raises; never longer than the settings' budget
    (a scorer that is fast by nature runs right here)."""
    global _resting_until
    part = scorer()
    if part.in_request:
        return _ask(part, text, language)
    if time.monotonic() < _resting_until or not _busy.acquire(blocking=False):
        return Unscored(reason="slow", model=part.name, language=language)
    future: Future[Scores | Unscored] = _pool.submit(_ask, part, text, language)
    future.add_done_callback(lambda _: _busy.release())
    try:
        return future.result(timeout=settings().toxicity_budget_ms / 1000)
    except TooSlow:
        _resting_until = time.monotonic() + _REST_SECONDS
        log.warning("scorer too slow", extra={"scorer": part.name})
        return Unscored(reason="slow", model=part.name, language=language)


def _ask(part: Scorer, text: str, language: str | None) -> Scores | Unscored:
    try:
        answer = part.score([text], language=language)[0]
    except Exception:
        log.exception("scorer failed", extra={"scorer": part.name})
        return Unscored(reason="failed", model=part.name, language=language)
    if isinstance(answer, Scores) and not all(0 <= each <= 1 for each in answer.values.values()):
        # NaN compares false with everything, so it would pass every limit
        return Unscored(reason="failed", model=part.name, language=language)
    return answer
