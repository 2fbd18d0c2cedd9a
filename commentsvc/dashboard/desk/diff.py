"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 3000  # a longer comparison takes too long; the texts are shown whole


@dataclass(frozen=True)
class Change:
    """Some text that is the same, was added, or was removed."""

    kind: str  # same | added | removed
    text: str


def changes(before: str, after: str) -> list[Change]:
    """The later text, with what was removed from the earlier one where it stood."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return [Change("removed", before), Change("added", after)]
    found: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Change("same", "".join(new[c:d])))
            continue
        if a < b:
            found.append(Change("removed", "".join(old[a:b])))
        if c < d:
            found.append(Change("added", "".join(new[c:d])))
    return found
