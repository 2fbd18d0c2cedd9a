"""How work grows with what is given, on a machine that is slow or busy with other things.

Times are the processor's for this thread. What else goes on only ever adds to them, so the least of several
goes is nearest to the truth; most comparisons hold at the first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GOES = 10


def seconds(call: Callable[[], object]) -> float:
    """What a call takes."""
    began = time.thread_time()
    call()
    return time.thread_time() - began


def costs_at_most(
    times: float, many: Callable[[], object], few: Callable[[], object], *, more: float = 0.004
) -> bool:
    """Whether `many` takes at most so many times what `few` takes, and a little `more`."""
    least_few = least_many = float("inf")
    for _ in range(_GOES):
        least_many = min(least_many, seconds(many))
        if least_many < more:  # whatever `few` takes
            return True
        least_few = min(least_few, seconds(few))
        if least_many < times * least_few + more:
            return True
    return False


def is_done_in(limit: float, call: Callable[[], object]) -> bool:
    """Whether a call can be done in so many seconds."""
    return any(seconds(call) < limit for _ in range(3))
