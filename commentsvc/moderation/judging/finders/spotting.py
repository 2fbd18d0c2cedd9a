"""All finders, run over one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....toxicity.normalise import normalise
from ..verdict import Spot
from .harm import disclosed, urged
from .private import private_data
from .quoting import in_marks
from .stream import out_of_disguise, stream_of
from .threats import dehumanizing, threats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ....toxicity.normalise import Normalised
    from .contacts import Contacts
    from .spans import Span
    from .stream import Stream

    Finder = Callable[[Stream], Iterable[tuple[str, Span, bool]]]

_MOST = 20
_MARKS = "\"'\u201c\u201d\u2018\u2019\u00bb"
#: Rules that look for phrases, each with its finder.
_PHRASES = (
    ("self_harm", disclosed),
    ("self_harm_urged", urged),
    ("threats", threats),
    ("dehumanizing", dehumanizing),
)


def spotted(text: str, normalised: Normalised | None = None) -> tuple[Spot, ...]:
    """What the finders find, in order for each rule, at most 20 per phrase rule and of private
    data. `normalised` is `normalise(text)` if the caller already has it."""
    plainly = stream_of(text)
    hidden = out_of_disguise(plainly, normalised or normalise(text))
    found = [Spot("private_data", *each) for each in private_data(text)]
    for rule, finder in _PHRASES:
        spots = {
            place: Spot(rule, kind, *place, quoted)
            for stream in (plainly, hidden)
            for kind, place, quoted in (finder(stream) if stream else ())
        }
        for each in _in_marks(plainly, rule, finder):
            spots.setdefault((each.start, each.end), each)
        found += [spots[place] for place in sorted(spots)[:_MOST]]
    return tuple(found)


def _in_marks(stream: Stream, rule: str, finder: Finder) -> Iterator[Spot]:
    """Finds within quotation marks, each read by itself, without somebody else's self-harm."""
    for begin, end in in_marks(stream.source)[:_MOST]:
        theirs = (begin, end) in stream.quotations and not stream.agrees
        if theirs and rule == "self_harm":
            continue
        for kind, (first, last), _ in finder(
            stream_of(stream.source[begin + 1 : end].rstrip(_MARKS))
        ):
            yield Spot(rule, kind, begin + 1 + first, begin + 1 + last, theirs)


def without(own: Contacts, found: tuple[Spot, ...], text: str) -> tuple[Spot, ...]:
    """The finds without the contacts that may be published here."""
    return tuple(
        each
        for each in found
        if each.rule != "private_data" or not own.allow(each.kind, text[each.start : each.end])
    )
