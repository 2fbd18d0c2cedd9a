"""A comment as its readers see it, with the places of its source found again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from .markup import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Place = tuple[int, int]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_AHEAD = 120  # pieces of an address, or of markup, that a reader does not see in a row


class Placed:
    """A comment's plain text for moderators; `at` is where a stretch of its source stands there."""

    def __init__(self, source: str) -> None:
        self.text = plain(source, addresses=True)
        self._pairs = list(_pairs(source, self.text))
        self._starts = [each[0][0] for each in self._pairs]
        self._ends = [each[0][1] for each in self._pairs]

    def at(self, start: int, end: int) -> Place | None:
        """The stretch of the plain text; None where a reader sees nothing of it."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end) - 1
        if first > last:
            return None
        begin = self._pairs[first][1][0] + max(0, start - self._starts[first])
        stop = self._pairs[last][1][1] - max(0, self._ends[last] - end)
        return (begin, stop) if begin < stop else None


def _pairs(source: str, told: str) -> Iterable[tuple[Place, Place]]:
    """What stands in both, from the beginning on: what only the source has is markup, what only the plain
    text has was put in."""
    written = list(_TOKEN.finditer(source))
    places = _by_word(written)
    at = 0
    for seen in _TOKEN.finditer(told):
        here = places.get(seen[0], ())
        found = bisect_left(here, at)
        if found < len(here) and here[found] - at <= _AHEAD:
            at = here[found] + 1
            yield written[here[found]].span(), seen.span()


def _by_word(written: Sequence[re.Match[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, each in enumerate(written):
        found.setdefault(each[0], []).append(number)
    return found
