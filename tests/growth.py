"""How the cost of work grows with its input, on a slow or busy machine.

Times are this thread's CPU time. Other load can only add to it, so the minimum of several runs is
closest to the truth; most comparisons succeed at the first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GOES = 10


def seconds(call: Callable[[], object]) -> float:
    """The duration of a call."""
    began = time.thread_time()
    call()
    return time.thread_time() - began


def costs_at_most(
    times: float, many: Callable[[], object], few: Callable[[], object], *, more: float = 0.004
) -> bool:
    """Whether `many` costs at most a multiple of what `few` costs, plus a little `more`."""
    least_few = least_many = float("inf")
    for _ in range(_GOES):
        least_many = min(least_many, seconds(many))
        if least_many < more:  # whatever `few` costs
            return True
        least_few = min(least_few, seconds(few))
        if least_many < times * least_few + more:
            return True
    return False


def is_done_in(limit: float, call: Callable[[], object]) -> bool:
    """Whether a call can finish within a number of seconds."""
    return any(seconds(call) < limit for _ in range(3))
