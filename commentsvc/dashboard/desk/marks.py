"""Cut a text at the marks that raised its score, for a template to highlight. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ...threads.text import Placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...moderation.judging.weighing import Mark

WORD, SPOT = "word", "spot"  # labels of a mark from a word list, or from a rule
_STRONG, _MIDDLE = 0.4, 0.15


@dataclass(frozen=True)
class Piece:
    """Some text and its mark: a label, `word`, `spot`, or nothing. Strength is 1 to 3."""

    text: str
    label: str | None = None
    strength: int = 0


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
