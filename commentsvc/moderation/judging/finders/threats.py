"""Verbal threats: violence against people announced, wished, called for or hinted at; and groups of
people called animals, vermin or a disease."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .stream import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span
    from .stream import Stream

# Targets that are not people: pests, illnesses, programs, games.
_GAMES = frozenset(
    """
    slugs slug weeds weed wasps wasp mosquitoes mosquito moles mole ants bugs bug aphids snails
    fleas ticks cockroach termites pigeons foxes process processes daemon server thread zombie
    zombies vampire vampires orc orcs npc villain character characters level fifa chess minecraft
    fortnite poker scrabble quiz derby playoffs semifinal quarterfinal innings goalkeeper striker
    defence plot episode sequel season herbicide pesticide bacteria antibiotics germs viruses hens
    seeds roots tumour tumor cells
    """.split()  # noqa: SIM905
)
# Words that nobody uses when hinting at violence: sports, road weather, small talk, politics.
_CALM = frozenset(
    """
    final finals cup trophy league wembley champions stadium match semifinals playoff finale coppa
    copa pokal icy ice snow snowy fog foggy floods flooded slippery glatt glatteis verglas hielo
    ghiacciata ghiaccio slisko glad hello hi cheers flowers cake wine lunch dinner coffee picnic bbq
    party birthday tea pie biscuits cookies cousin aunt uncle grandma grandmother granny sister
    tante schwester onkel oma opa cousine soeur oncle tia tio prima hermana zia zio cugina sorella
    vecina vecino nachbarn nachbarin nachbar voisin voisine voisins neighbours neighbors neighbour
    neighbor gegend quartier barrio quartiere zona buurt dzielnica straat hedgehogs hedgehog
    landslide ballot polls voted resigned voters concert holiday holidays vacation congratulations
    greetings gluckwunsch felicitations blumen kuchen fleurs gateau fiori torta sunscreen cream
    sonne soleil sol sole
    """.split()  # noqa: SIM905
)
# Triple parentheses mark somebody as Jewish; what follows is wished on them.
_ECHO = re.compile(
    r"\({3}[^()\n]{2,40}\){3}[^.!?\n]{0,20}\b(?:will|must|should|shall|have to|need to|going to"
    r"|gonna) (?:\w+ )?"
    r"(?:(?:be|get) (?:dealt with|taken care of|removed|gone|sorted|stopped|hanged|gassed)|pay|hang"
    r"|burn|disappear)\b",
    re.IGNORECASE,
)
# A figure of speech, then a person: “murder that burger and then Anna”.
_WHOM = r"(?:[A-Z][a-z\u00e0-\u00ff]+|you|him|her|them)\b"
_THEN_SOMEBODY = re.compile(
    rf"\b(?:[Kk]ill|[Mm]urder|[Bb]utcher|[Ss]laughter|[Ss]trangle|[Ss]hoot|[Ss]tab)(?:ing)? (?:\w+ ){{1,3}}"
    rf"(?:(?:and|but) (?:then|after that|next|afterwards) (?:it[\u2019']s )?|means (?:killing|murdering) )"
    rf"{_WHOM}(?=\W*(?:$|[.!?\n]|and\b|too\b|next\b))"
)
_TO_SOMEBODY = re.compile(r"\b(?:your?|u)\b")


def threats(stream: Stream) -> Iterator[tuple[str, Span, bool]]:
    """Where people are threatened: kind (`open` or `hinted`), span, and whether it is quoted."""
    for hit in find(stream, "threats"):
        if hit.kind == "hinted":
            harmless = not _CALM.isdisjoint(hit.near)
        else:
            harmless = not _GAMES.isdisjoint(hit.near) and not _TO_SOMEBODY.search(hit.said)
        if not harmless:
            yield hit.kind, hit.place, hit.quoted
    for kind, pattern in (("hinted", _ECHO), ("open", _THEN_SOMEBODY)):
        for found in pattern.finditer(stream.source):
            quoted = stream.is_quoted(*found.span()) and not stream.agrees
            yield kind, found.span(), quoted


def dehumanizing(stream: Stream) -> Iterator[tuple[str, Span, bool]]:
    """Where groups of people are called, or to be treated as, animals, vermin or a disease."""
    for hit in find(stream, "dehumanizing"):
        yield hit.kind, hit.place, hit.quoted
