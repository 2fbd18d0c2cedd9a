"""Words written without spaces: “iwillkillyou”."""

from __future__ import annotations

from functools import cache

from ....core.remembering import remembered
from ....toxicity.readings.words import split
from .grammar import table

FAMILIES = ("threats", "self_harm", "self_harm_urged", "dehumanizing")
# Only the commonest of such short words: almost any word splits into pieces of two letters.
_SHORT = frozenset(
    """
    i u to be of in me my is it at on do go so we he up us an as if no by ur du um er es so zu ab an je tu te
    il le la de en un ti mi di si vi lo yo os al se ja ik ze
    """.split()  # noqa: SIM905
)
_LETTERS_A_WORD = 2.4  # at least, on average


@cache
def _words() -> frozenset[str]:
    """The words of the phrases."""
    words = frozenset[str]().union(*(table(each).words for each in FAMILIES))
    return frozenset(each for each in words if len(each) > 2 or each in _SHORT)


@remembered(4096, longest=64)
def apart(word: str) -> tuple[int, ...]:
    """Where each word after the first begins, if it splits into phrase words; the fewest."""
    known = _words()
    if word in known:
        return ()
    begins = split(word, known)
    return begins[1:] if len(begins) * _LETTERS_A_WORD <= len(word) else ()
