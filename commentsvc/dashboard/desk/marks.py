"""Cut a text at the marks that raised its score, for a template to highlight, and fold a long one:
a card first shows its beginning, and the marked sentences with those around them. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ...threads.text import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...moderation.judging.weighing import Mark

WORD, SPOT = "word", "spot"  # labels of a mark from a word list, or from a rule
_STRONG, _MIDDLE = 0.4, 0.15
LONG = 900  # characters that a card shows of any text
_FIRST = 300  # characters of its beginning that are shown of a longer one
_UNIT = 240  # characters at most that are shown or hidden together
_BETWEEN = 120  # characters: a shorter part between two that are shown is shown, too
_LEAST = 300  # characters: a text that hides less is shown whole
_LINE = 60  # characters that a line break counts as: many short lines are long, too
_END = re.compile(r"(?<![.!?…。！？؟।])[.!?…。！？؟।]+[\"'”’»)\]]*\s+|[。！？]+|\n+")

_Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """Some text and its mark: a label, `word`, `spot`, or nothing. Strength is 1 to 3. `rest`: a card
    shows it only with the whole text; `gap`: the first piece of such a part."""

    text: str
    label: str | None = None
    strength: int = 0
    rest: bool = False
    gap: bool = False


def seen(source: str, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """A comment's text as readers see it, without markup, and the marks moved to match."""
    placed = Placed(source, addresses=True)
    found = [(each, placed.at(each.start, each.end)) for each in marks]
    return placed.text, [
        replace(mark, start=place[0], end=place[1]) for mark, place in found if place is not None
    ]


def pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """The whole text in order; where marks overlap, the heavier one wins, a listed word over all.

    Offsets count characters; marks outside the text, and those that lowered the score, are ignored.
    """
    usable = [
        each for each in marks if each.share > 0 and max(0, each.start) < min(len(text), each.end)
    ]
    edges = (edge for each in usable for edge in (each.start, each.end))
    cuts = sorted({0, len(text), *(max(0, min(len(text), edge)) for edge in edges)})
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        covering = [each for each in usable if each.start <= start and end <= each.end]
        best = max(
            covering, key=lambda each: (each.label in (WORD, SPOT), each.share), default=None
        )
        found.append(
            Piece(text[start:end], best.label, _strength(best)) if best else Piece(text[start:end])
        )
    return found


def _strength(mark: Mark) -> int:
    if mark.label in (WORD, SPOT) or mark.share >= _STRONG:
        return 3
    return 2 if mark.share >= _MIDDLE else 1


# --- folding --------------------------------------------------------------------------------------


def folded(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a text, cut where a part begins or ends that only the whole text shows. A text is
    shown whole if it is short, or if too little of it would be hidden."""
    text = "".join(each.text for each in pieces)
    if _size(text) <= LONG:
        return list(pieces)
    hidden = _hidden(text, list(_units(text)), list(_marked(pieces)))
    if sum(_size(text[start:end]) for start, end in hidden) < _LEAST:
        return list(pieces)
    return list(_cut(pieces, hidden))


def _size(text: str) -> int:
    return len(text) + _LINE * text.count("\n")


def _units(text: str) -> Iterator[_Span]:
    """The sentences; longer ones are cut between words."""
    edges = sorted({0, len(text), *(each.end() for each in _END.finditer(text))})
    for start, end in pairwise(edges):
        while end - start > _UNIT:
            space = max(
                text.rfind(" ", start, start + _UNIT), text.rfind("\n", start, start + _UNIT)
            )
            cut = space + 1 if space > start else _between(text, start + _UNIT)
            yield start, cut
            start = cut
        if start < end:
            yield start, end


def _between(text: str, at: int) -> int:
    """A place near this one that separates no sign from what it belongs to."""
    while at < len(text) and (
        unicodedata.category(text[at])[0] == "M" or "\u200d" in text[at - 1 : at + 1]
    ):
        at += 1
    return at


def _marked(pieces: Sequence[Piece]) -> Iterator[_Span]:
    """Where the marks are, those that count most first."""
    places, at = [], 0
    for each in pieces:
        if each.label:
            weight = 4 if each.label in (WORD, SPOT) else each.strength
            places.append((-weight, at, at + len(each.text)))
        at += len(each.text)
    for _, start, end in sorted(places):
        yield start, end


def _hidden(text: str, units: list[_Span], marks: list[_Span]) -> list[_Span]:
    """The parts that only the whole text shows."""
    shown, used = set(), 0

    def show(at: int) -> None:
        nonlocal used
        if 0 <= at < len(units) and at not in shown:
            shown.add(at)
            used += _size(text[slice(*units[at])])

    for at, (start, _) in enumerate(units):
        if _size(text[:start]) < _FIRST:
            show(at)
    for start, end in marks:
        if used >= LONG:
            break
        hit = [at for at, unit in enumerate(units) if unit[0] < end and start < unit[1]]
        for at in hit:
            show(at)
        for at in (hit[0] - 1, hit[-1] + 1):
            show(at)
    return _runs(text, units, shown)


def _runs(text: str, units: list[_Span], shown: set[int]) -> list[_Span]:
    runs: list[_Span] = []
    for at, (start, end) in enumerate(units):
        if at in shown:
            continue
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return [each for each in runs if _size(text[slice(*each)]) >= _BETWEEN]


def _cut(pieces: Sequence[Piece], hidden: Sequence[_Span]) -> Iterator[Piece]:
    edges = {edge for span in hidden for edge in span}
    starts, at = {span[0] for span in hidden}, 0
    for each in pieces:
        end = at + len(each.text)
        cuts = [at, *sorted(edge for edge in edges if at < edge < end), end]
        for start, stop in pairwise(cuts):
            rest = any(span[0] <= start < span[1] for span in hidden)
            text = each.text[start - at : stop - at]
            yield replace(each, text=text, rest=rest, gap=start in starts)
        at = end
