"""A comment as readers see it, and the mapping between its offsets and those of its source."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from .markup import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Place = tuple[int, int]

# Words, and characters that are not markup.
_TOKEN = re.compile(r"[^\W_]+|[^\w\s!-/:-@\[-`{-~]")
_AHEAD = 120  # tokens of an address or of markup that are hidden in a row, at most


class Placed:
    """A comment's plain text (with `addresses`, as moderators see it). `at` maps a span of the
    source to the plain text, and `source` maps back; None if nothing of the span is there."""

    def __init__(self, source: str, *, addresses: bool = False) -> None:
        self.text = plain(source, addresses=addresses)
        pairs = list(_pairs(source, self.text))
        self._written = [written for written, _ in pairs]
        self._seen = [seen for _, seen in pairs]

    def at(self, start: int, end: int) -> Place | None:
        return _across(start, end, self._written, self._seen)

    def source(self, start: int, end: int) -> Place | None:
        return _across(start, end, self._seen, self._written)


def _across(start: int, end: int, here: Sequence[Place], there: Sequence[Place]) -> Place | None:
    """The corresponding span on the other side."""
    first = bisect_right(here, start, key=itemgetter(1))
    last = bisect_left(here, end, key=itemgetter(0)) - 1
    if first > last:
        return None
    begin = there[first][0] + max(0, start - here[first][0])
    stop = there[last][1] - max(0, here[last][1] - end)
    return (begin, stop) if begin < stop else None


def _pairs(source: str, told: str) -> Iterable[tuple[Place, Place]]:
    """The tokens in both texts, in order: tokens only in the source are markup, tokens only in the
    plain text were added."""
    if told and (begun := source.find(told)) >= 0:
        yield (begun, begun + len(told)), (0, len(told))
        return
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
