"""Threads for jobs, in lanes: waiting for a mail server or an unknown host delays no other jobs.

Within a lane, keys (a webhook, a channel, a kind of work) take turns, and no key ever has all the
threads. So neither a thousand jobs of one kind nor a job that hangs blocks the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

log = logging.getLogger(__name__)

MOST_IN_LINE = 500  # the keeper finds the rows of the rest


class Lane:
    """A fixed number of threads, each started when there is work to do."""

    def __init__(
        self, name: str, threads: int, most_of_a_key: int, do: Callable[[Any], None]
    ) -> None:
        self.name = name
        self._threads = threads
        self._most_of_a_key = most_of_a_key
        self._do = do
        self._lines: dict[str, deque[Hashable]] = {}  # the key whose turn is next is first
        self._known: set[Hashable] = set()
        self._running: Counter[str] = Counter()
        self._started: list[threading.Thread] = []
        self._idle = 0
        self._stopping = False
        self._changed = threading.Condition()

    def put(self, job_id: Hashable, key: str) -> bool:
        """Queue a job (id, or a chore's name) unless it is queued; False if the lane is full."""
        with self._changed:
            if job_id in self._known:
                return True
            if self.is_full() or self._stopping:
                return False
            self._known.add(job_id)
            self._lines.setdefault(key, deque()).append(job_id)
            if not self._idle and len(self._started) < self._threads:
                self._start()
            self._changed.notify()
        return True

    def is_full(self) -> bool:
        """Whether the lane is full."""
        return len(self._known) >= MOST_IN_LINE

    def stop(self, until: float) -> bool:
        """Start no more jobs; returns whether the running ones finished by `until`."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._started:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._started)

    def _start(self) -> None:
        name = f"{self.name}-{len(self._started) + 1}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._started.append(thread)
        thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                taken = self._take()
                while taken is None and not self._stopping:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                    taken = self._take()
                if self._stopping or taken is None:
                    return
                key, job_id = taken
                self._running[key] += 1
            try:
                self._do(job_id)
            except Exception:
                log.exception("job not done", extra={"job_id": job_id})
            finally:
                with self._changed:
                    self._known.discard(job_id)
                    self._running[key] -= 1
                    if not self._running[key]:
                        del self._running[key]
                    self._changed.notify()

    def _take(self) -> tuple[str, Hashable] | None:
        """The next job of the first key that may use another thread; the key moves to the end."""
        for key, line in self._lines.items():
            if self._running[key] < self._most_of_a_key:
                job_id = line.popleft()
                del self._lines[key]
                if line:
                    self._lines[key] = line
                return key, job_id
        return None
