"""A scorer in a process of its own, which isolates heavy libraries, their crashes and their hangs.

The process starts with the first text, is killed if it hangs, and restarts after a growing pause.
Texts wait in a bounded queue, small batches first; what cannot be scored is `Unscored`, never zero.
"""

from __future__ import annotations

import itertools
import logging
import math
import queue
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..labels import LABELS
from ..scorer import Reason, ScorerStatus, Scores, Unscored, Weight
from .embedded import has_words
from .spawn import START_SECONDS, Child, Gone, Rows
from .spoken import detect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

BATCH = 16  # texts sent at once
MOST_WAITING = 256  # texts in the queue; more are refused
HANG_SECONDS = 20.0  # for one batch
LONGEST_PAUSE = 60.0
_UNKNOWN = "none"  # the version, until a process reports it

_Answer = Rows | Reason


@dataclass(order=True)
class _Batch:
    """Queued texts. Small batches go first, so that a reader's comment passes a long list."""

    size: int
    number: int
    texts: list[str] = field(compare=False)
    answer: Future[_Answer] = field(compare=False, default_factory=Future)


class ProcessScorer:
    """The scorer in the web process: it passes texts on, and answers while the process is away."""

    in_request = False

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        labels: tuple[str, ...] = LABELS,
        languages: Sequence[str] = ("en",),
        missing: Callable[[], str | None] = lambda: None,
        hang_seconds: float = HANG_SECONDS,
        start_seconds: float = START_SECONDS,
        first_pause: float = 1.0,
    ) -> None:
        """`missing` says what is not there, without starting anything."""
        self.name, self.version, self.labels = name, _UNKNOWN, labels
        self._command, self._languages, self._missing = command, tuple(languages), missing
        self._hang, self._start, self._first_pause = hang_seconds, start_seconds, first_pause
        self._line: queue.PriorityQueue[_Batch] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._child: Child | None = None
        self._waiting = 0
        self._row, self._next_start = 0, 0.0
        self._why: Gone | None = None
        self._load_ms: float | None = None
        self._scored = self._failures = 0
        self._spent = 0.0
        self._stopped = False

    @property
    def _model(self) -> str:
        return f"{self.name}/{self.version}"[:60]

    # --- the scorer protocol -----------------------------------------------------------------

    def score(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[Scores | Unscored]:
        """One answer per text. Waits for the process; the caller limits how long."""
        spoken = [self._language(text, language) for text in texts]
        answers: list[Scores | Unscored | None] = [
            Unscored(said, self._model, code) if said else None for said, code in spoken
        ]
        asked = [at for at, answer in enumerate(answers) if answer is None]
        for begin in range(0, len(asked), BATCH):
            part = asked[begin : begin + BATCH]
            given = self._ask([texts[at] for at in part])
            for i, at in enumerate(part):
                row = given if isinstance(given, str) else given[i]
                answers[at] = self._read(row, spoken[at][1])
        return [answer for answer in answers if answer is not None]

    def explain(self, text: str, label: str) -> list[Weight]:
        """Nothing: a network this heavy cannot be run once per word."""
        return []

    def status(self) -> ScorerStatus:
        """The status from what is known; starts nothing."""
        speed = self._spent * 1000 / self._scored if self._scored else None
        state, message = self._state()
        return ScorerStatus(
            state,
            message,
            self.name,
            self.version,
            load_ms=self._load_ms,
            speed=speed,
            scored=self._scored,
            failures=self._failures,
            languages=self._languages,
        )

    def warm(self) -> None:
        """Start the process without waiting for it, so that the first post finds it ready."""
        if self._missing() is None:
            self._put(["Good morning."])

    def stop(self) -> None:
        """Stop the process; queued texts are left unscored."""
        self._stopped = True
        with self._lock:
            child, thread = self._child, self._thread
        if child is not None:
            child.kill()
        self._line.put(_Batch(0, -1, []))
        if thread is not None:
            thread.join(5)

    # --- the queue ---------------------------------------------------------------------------

    def _language(self, text: str, hint: str | None) -> tuple[Reason | None, str | None]:
        """The reason not to send a text, if there is one, and its language."""
        if not has_words(text):
            return "no_text", hint
        code = (hint or detect(text) or "en").partition("-")[0].lower()
        return (None, code) if code in self._languages else ("language", code)

    def _ask(self, texts: list[str]) -> _Answer:
        batch = self._put(texts)
        patience = self._hang * (2 + self._waiting / BATCH) + self._start
        try:
            return batch.answer.result(timeout=patience)
        except TooSlow:
            batch.answer.cancel()
            return "slow"

    def _put(self, texts: list[str]) -> _Batch:
        """Queue the texts, unless the queue is full or the scorer is known to be away."""
        with self._lock:
            away = self._why is not None and time.monotonic() < self._next_start
            if away or self._stopped or self._waiting + len(texts) > MOST_WAITING:
                self._failures += len(texts)
                failed = Future[_Answer]()
                failed.set_result(self._why.reason if away and self._why else "slow")
                return _Batch(0, 0, texts, failed)
            self._waiting += len(texts)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="scorer-line", daemon=True)
                self._thread.start()
        batch = _Batch(len(texts), next(self._numbers), texts)
        self._line.put(batch)
        return batch

    def _read(self, row: list[float] | Reason, code: str | None) -> Scores | Unscored:
        if isinstance(row, str):
            return Unscored(row, self._model, code)
        values = dict(zip(self.labels, row, strict=False))
        if len(row) != len(self.labels) or not all(_is_share(value) for value in values.values()):
            with self._lock:
                self._failures += 1
            return Unscored("failed", self._model, code)
        return Scores(values, self._model, code)

    # --- the queue's thread ------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopped:
            batches = self._take()
            texts = [text for batch in batches for text in batch.texts]
            try:
                answer: _Answer = self._through(texts)
            except Gone as gone:
                answer = self._lost(gone, len(texts))
            except Exception:
                log.exception("scorer failed", extra={"scorer": self.name})
                answer = self._lost(Gone("an unexpected error occurred", "failed"), len(texts))
            with self._lock:
                self._waiting -= len(texts)
            at = 0
            for batch in batches:
                part = answer if isinstance(answer, str) else answer[at : at + len(batch.texts)]
                at += len(batch.texts)
                if not batch.answer.cancelled():
                    with suppress(Exception):  # cancelled at this very moment
                        batch.answer.set_result(part)

    def _take(self) -> list[_Batch]:
        """The next batch in the queue, and others that fit in with it."""
        batches = [self._line.get()]
        size = batches[0].size
        while size < BATCH:
            try:
                batch = self._line.get_nowait()
            except queue.Empty:
                break
            if size + batch.size > BATCH:
                self._line.put(batch)
                break
            batches.append(batch)
            size += batch.size
        for batch in [each for each in batches if each.answer.cancelled()]:
            batches.remove(batch)
            with self._lock:
                self._waiting -= batch.size
        return batches

    def _through(self, texts: list[str]) -> Rows:
        """The rows of these texts, from a process that is started if needed."""
        if not texts:
            return []
        if self._child is None or not self._child.is_alive():
            self._begin()
        assert self._child is not None
        begun = time.perf_counter()
        rows = self._child.score(texts, seconds=self._hang)
        with self._lock:
            self._spent += time.perf_counter() - begun
            self._scored += len(texts)
            self._row, self._why = 0, None
        return rows

    def _begin(self) -> None:
        if self._stopped:
            raise Gone("it was stopped", "slow")
        child = Child(self._command, start_seconds=self._start)
        with self._lock:
            self._child, self._load_ms = child, child.ready.load_ms
            self.labels = child.ready.labels or self.labels
            self.version = child.ready.version
        log.info("scorer started", extra={"scorer": self._model, "pid": child.pid})

    def _lost(self, gone: Gone, texts: int) -> Reason:
        """Record that the process is gone, and when to try again."""
        with self._lock:
            self._child = None
            self._failures += texts
            pause = min(LONGEST_PAUSE, self._first_pause * 2.0**self._row)
            self._row += 1
            self._why, self._next_start = gone, time.monotonic() + pause
        if not self._stopped:
            log.warning(
                "scorer lost", extra={"scorer": self.name, "why": str(gone), "seconds": pause}
            )
        return gone.reason

    def _state(self) -> tuple[Literal["ok", "missing", "broken"], str]:
        said = ", ".join(self._languages)
        if self._why is not None:
            state: Literal["missing", "broken"] = (
                "missing" if self._why.reason == "model_missing" else "broken"
            )
            return state, f"{self._why}. It restarts automatically."
        if self._child is not None:
            return "ok", f"ready, scores {said}, in process {self._child.pid}"
        if lacking := self._missing():
            return "missing", lacking
        return "ok", f"not started yet (starts with the first text), scores {said}"


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1
