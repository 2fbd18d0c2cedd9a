"""Counts the commits of this process, so that caches can tell whether they may be stale."""

from __future__ import annotations

import threading

_lock = threading.Lock()
_count = 0


def counted() -> None:
    """Count a commit: after others can read it, and before anybody is notified."""
    global _count
    with _lock:
        _count += 1


def count() -> int:
    """The number of commits by this process: its requests and the worker inside."""
    return _count
