"""All finders over one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....toxicity.normalise import normalise
from ..verdict import Spot
from .harm import disclosed, urged
from .private import private_data
from .stream import out_of_disguise, stream_of
from .threats import dehumanizing, threats

if TYPE_CHECKING:
    from ....toxicity.normalise import Normalised
    from .contacts import Contacts

_MOST = 20
#: Rules that look for phrases, each with its finder.
_PHRASES = (
    ("self_harm", disclosed),
    ("self_harm_urged", urged),
    ("threats", threats),
    ("dehumanizing", dehumanizing),
)


def spotted(text: str, normalised: Normalised | None = None) -> tuple[Spot, ...]:
    """What the finders come upon, in order for each rule, at most twenty each. `normalised` is
    `normalise(text)` where the caller has it already."""
    plainly = stream_of(text)
    hidden = out_of_disguise(plainly, normalised or normalise(text))
    found = [Spot("private_data", *each) for each in private_data(text)]
    for rule, finder in _PHRASES:
        places = {place: kind for kind, place in finder(plainly)}
        if hidden:
            places |= {place: kind for kind, place in finder(hidden)}
        found += [Spot(rule, places[place], *place) for place in sorted(places)[:_MOST]]
    return tuple(found)


def without(own: Contacts, found: tuple[Spot, ...], text: str) -> tuple[Spot, ...]:
    """What is left where the site's own contacts may be published."""
    return tuple(
        each
        for each in found
        if each.rule != "private_data" or not own.allow(each.kind, text[each.start : each.end])
    )
