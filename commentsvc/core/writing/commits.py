"""How often this process has committed: who keeps what was read asks whether that is still so."""

from __future__ import annotations

import threading

_lock = threading.Lock()
_count = 0


def counted() -> None:
    """Something was committed. Said after it can be read and before anybody hears of it."""
    global _count
    with _lock:
        _count += 1


def count() -> int:
    """Grows with every commit of this process: by requests, by the worker inside."""
    return _count
