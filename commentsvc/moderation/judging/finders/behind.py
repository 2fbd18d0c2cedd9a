"""Words after a number that say what it is and whose: “… is his IP”, “…, c'est son numéro”."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_IS = (
    "is|was|s|belongs to|ist|war|gehört|est|était|appartient à|es|era|pertenece a|è|appartiene a|was|"
    "behoort tot|to|jest|należy do|é|pertence a|bu|это|принадлежит|هو|هذا"
)
_WHOSE = (
    "his|her|their|your|my|this|that|seine|ihre|deine|sein|ihr|dein|dieser|diesem|dieses|son|sa|ses|leur|ton|ta|"
    "su|sus|tu|suo|sua|loro|zijn|haar|hun|jouw|jego|jej|ich|twój|twoj|seu|dele|dela|onun|его|её|их|твой"
)
_OTHERS = (
    "that|this|it|the|a|of|new|old|real|private|home|own|das|dies|die|der|von|echte|c|ce|l|la|le|de|el|eso|esto|"
    "del|il|lo|quello|questo|di|dat|dit|de|het|van|ten|numer|o|isso|do|da"
)
_NAME = (
    r"(?!(?:google|cloudflare|server|(?:web)?site|company|router|host|bot|proxy|dns|school|office|shop|"
    r"network|provider|isp|vpn|police|council|team)['\u2019]s)[^\W\d_]+['\u2019]s"
)
#: Between a number and the word for it: a verb or a possessive, among words without meaning here.
TIE = (
    rf"(?=[^\n]{{0,40}}?\b(?:{_IS}|{_WHOSE}|{_NAME})\b)"
    rf"[\s,:;=()\-\u2013\u2014]{{0,4}}(?:\b(?:{_NAME}|{_IS}|{_WHOSE}|{_OTHERS})\b['\u2019\s,]{{1,2}}){{1,6}}$"
)
#: The same, with a possessive.
TIE_OF = (
    rf"(?=[^\n]{{0,40}}?\b(?:{_WHOSE}|{_NAME})\b)"
    rf"[\s,:;=()\-\u2013\u2014]{{0,4}}(?:\b(?:{_NAME}|{_IS}|{_WHOSE}|{_OTHERS})\b['\u2019\s,]{{1,2}}){{1,6}}$"
)
OWNED = re.compile(TIE_OF, re.IGNORECASE)
NAMED = re.compile(TIE, re.IGNORECASE)
#: The owner, after the word for the number.
OF_THEM = re.compile(
    r"\w{0,12}[ \-]?\w{0,8} (?:of (?:him|her|th(?:is|at|e) \w)|von (?:ihm|ihr|de[mr]|diese[mr])|de (?:él|"
    r"ella|lui|cette?|este|esta|ese)|di (?:lui|lei|quest)|van (?:hem|haar|die|deze)|dele|dela)\b",
    re.IGNORECASE,
)
_FARTHEST = 80


def behind(text: str, cue: re.Pattern[str], number: re.Pattern[str]) -> Iterator[Span]:
    """Spans of numbers that a following word names; `number` ends with a `TIE`."""
    for word in cue.finditer(text):
        begin = max(0, word.start() - _FARTHEST)
        for found in number.finditer(text[begin : word.start()]):
            yield begin + found.start("number"), begin + found.end("number")
