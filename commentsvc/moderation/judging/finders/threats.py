"""Threats in words: violence against people that is announced, wished or called for, or hinted at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .stream import find, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span
    from .stream import Stream

# Somebody else's words, or a denial: "he said I will kill you", "nobody should be hanged".
_NOT_MEANT = re.compile(
    r" (?:not|never|nobody|no one|dont|doesnt|didnt|wont|wouldnt|nor|cannot|cant|isnt|arent|said|says|saying|"
    r"told|tells|shouted|screamed|yelled|texted|wrote|writes|threatened|threatening|threatens|called for|"
    r"lyrics?|quote|line|song|movie|film|novel|if)(?: (?:that|to|like|of|one|me|him|her|them|us|you|is|was|"
    r"goes|anybody|anyone|people|,|the))* $"
)
# Those words with a target that is no person, and games.
_GAMES = frozenset(
    """
    slugs slug weeds weed wasps wasp mosquitoes mosquito moles mole ants bugs bug aphids snails fleas ticks
    cockroach termites pigeons foxes process processes daemon server thread zombie zombies vampire vampires
    orc orcs npc villain character characters level fifa chess minecraft fortnite poker scrabble quiz derby
    playoffs semifinal quarterfinal innings goalkeeper striker defence plot episode sequel season
    """.split()  # noqa: SIM905
)


def threats(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where people are threatened; the kind says whether openly."""
    game = not _GAMES.isdisjoint(stream.words)
    for kind, (start, end), place in find(stream, phrases("threats")):
        said = stream.text[start:end]
        if game and not re.search(r"\b(?:your?|u)\b", said):
            continue
        if not _NOT_MEANT.search(stream.text[max(0, start - 40) : start]):
            yield kind, place


def dehumanizing(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where groups of people are called animals, vermin or a disease, or are to be got rid of like them."""
    for kind, (start, _), place in find(stream, phrases("dehumanizing")):
        if not _NOT_MEANT.search(stream.text[max(0, start - 40) : start]):
            yield kind, place
