"""Whose words are in quotation marks: somebody else's, or the writer's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ....core.remembering import remembered

if TYPE_CHECKING:
    from .spans import Span

_QUOTED = re.compile(
    r"[\"\u201c\u201d\u201e\u00ab][^\"\u201c\u201d\u201e\u00ab\u00bb]{2,400}[\"\u201c\u201d\u00bb]|^>[^\n]*"
    r"|(?<!\w)['\u2018\u201a](?:[^'\u2018\u2019\n]|['\u2019](?=\w)){2,200}['\u2018\u2019](?!\w)",
    re.M,
)
_NEAR = 80
_BREAK = re.compile(r"[.!?\n\"\u201c\u201d\u201e\u00ab\u00bb]")
# The writer speaks to the reader.
_I = r"(?:I|we|ich|wir|yo|je|io|eu)"
_OWN_BEFORE = re.compile(
    rf"\b(?:(?:{_I} (?:\w+ ){{0,2}}?|digo|dico)(?:say|said|repeat|repeated|mean|meant|wrote|write"
    r"|tell|told|promise[ds]?|have|sage|sagte|schreibe|schrieb|wiederhole|dije|escrib\u00ed|dis"
    r"|\u00e9cris|ripeto)\b"
    r"|digo|dije|dico|ho detto|j[\u2019']ai dit|I[\u2019']ll say|I[\u2019']ve told"
    r"|my (?:motto|answer|opinion|advice|message|words?|reply|wish|promise|question)\b"
    r"|(?:heard|hear|read|after) me\b|quote myself\b|(?:for|to|at) you\b|f\u00fcr dich|an dich"
    r"|para ti|pour toi|per te)",
    re.IGNORECASE,
)
# An order to read, or a heading above a message to somebody.
_ADDRESSED = re.compile(
    r"^\W*(?:(?i:read|hear|listen|mark|remember|guess|lies|h\u00f6r|lee|lis|leggi)\b[^,]{0,30}"
    r"|(?i:(?:(?:a|the|my|another|last|short|little) )*"
    r"(?:message|quote|words?|note|letter|reminder|advice|greetings?|nachricht|mensaje|messaggio))\b"
    r"[\w ]{0,30} (?:(?i:for|to|an|f\u00fcr|para|pour|per) [A-Z]\w+(?: [A-Z]\w+)?|(?i:of the day))"
    r"|(?i:for|to|an|f\u00fcr|para|pour|per) [A-Z]\w+(?: [A-Z]\w+)?)[\s\W]*$"
)
_OTHERS = re.compile(
    r"\b(?:he|she|they|his|her|their|who|whoever|somebody|someone|people|man|woman|men|women|troll|fans|users?"
    r"|er|sie|jemand|\u00e9l|ella|ellos|alguien|il|elle|ils|on|lui|lei)\b",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"\b(?:never|not|didn\S?t|don\S?t|wouldn\S?t|nobody|nie|nicht|nunca|no|was|were|been|being|can\S?t|cannot"
    r"|us|(?<!quote )myself|mich|uns|wurde)\b|\btold me\b",
    re.IGNORECASE,
)
_OWN_AFTER = re.compile(
    r"^[\s,.:;!?\u2013-]*(?:(?:(?:is|was|are) (?:what|how|exactly what) (?:I|we)"
    r"|(?:says?|said|writes?|wrote) (?:I\b|me\b|yours truly|the author of this)"
    r"|(?:sagt|sagte|sage|schrieb|schreibe) ich|digo yo|dije yo|dis-je|ai-je dit"
    r"|(?:is|are) my (?:motto|opinion|answer|plan|advice|message)|from me\b|love,? me\b)"
    r"|[^.!?\n]{0,60}?\b(?:and|y|und|et|e) (?:I (?:will|do|mean|would|am)\b|I[\u2019']ll\b"
    r"|(?:as\u00ed )?lo har\u00e9|(?:das |genau das )?(?:werde|mache|tue|meine) ich|ich (?:werde"
    r"|mache|tue|meine)|je le ferai|lo far\u00f2)"
    r"|[^.!?\n]{0,60}?\bdidn[\u2019']t I\b)",
    re.IGNORECASE,
)
# Signs that agree with what precedes them.
_NODS = re.compile(
    r"^[\s\"\u201d\u00bb'.,!?\u2013-]*(?:\+ ?1\b|100 ?%|[\U0001f44d\U0001f4af\U0001f44f\U0001f64c\u270a"
    r"\U0001f4aa\U0001f525\u2764\U0001fae1\U0001f91d\u2705\u2714\U0001f64f\U0001f44c]|(?:^|\b)\^+(?:\s|$))"
)


@remembered(32, longest=5_000, few=1)
def in_marks(source: str) -> tuple[Span, ...]:
    """Spans in quotation marks, marks included. The last ones are kept: each rule asks again."""
    return tuple(each.span() for each in _QUOTED.finditer(source))


def quotations_in(source: str) -> list[Span]:
    """Spans that repeat somebody else's words; none if the text is hardly more than that."""
    found = in_marks(source)
    inside = sum(end - start for start, end in found)
    if inside + 8 >= len(source):
        return []
    return [each for each in found if not is_own(source, each)]


def is_own(source: str, place: Span) -> bool:
    """Whether the words in these quotation marks are the writer's own."""
    if source[place[0]] == ">":
        return False
    after = source[place[1] : place[1] + _NEAR]
    if _OWN_AFTER.match(after):
        return True
    before = _BREAK.split(source[max(0, place[0] - _NEAR) : place[0]])[-1]
    if _OTHERS.search(before) or _NOT_OWN.search(before):
        return False
    return bool(_OWN_BEFORE.search(before) or _ADDRESSED.match(before))


def nodded_at(source: str, place: Span) -> bool:
    """Whether a sign of agreement follows the quotation."""
    return _NODS.match(source[place[1] : place[1] + _NEAR]) is not None
