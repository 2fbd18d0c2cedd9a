"""Swearing that attacks nobody: obscene, but no insult, threat or attack on a group. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...toxicity.identity import WORDS as GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Labels whose score means only swearing if the text is `untargeted`.
SWEARING = ("toxicity", "severe_toxicity", "obscene", "insult", "identity_attack")

_OBSCENE_FROM = 0.6
# A swear word alone scores a little as an attack on a group (“Fuck cancer.”); if the text names a
# group, it may well be one.
_ATTACK_BELOW = 0.5
_ATTACK_BELOW_NAMED = 0.2
_WORD = re.compile(r"[^\W\d_]+")
_THREAT_BELOW = 0.1
# A text that speaks to somebody has a target, so it takes less to count as an insult.
_INSULT_BELOW = 0.85
_INSULT_BELOW_SPOKEN_TO = 0.3
# Words for one person, and for several.
_ONE = re.compile(
    r"\b(?:you|your|yours|yourself|youre|ya|u|ur|he|him|his|himself|she|her|hers|herself)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:they|them|their|theirs|those|these|all|every\w*|people|folks?|kind|sort|yourselves|y['\u2019]?all|we|us)\b",
    re.IGNORECASE,
)
_SPOKEN_TO = re.compile(r"\b(?:you|your|yours|yourself|yourselves|youre|ya|u|ur)\b", re.IGNORECASE)


def untargeted(scores: Mapping[str, float], text: str) -> bool:
    """Whether these scores of this text come from a swear word and nothing worse. Needs a scorer
    with separate labels."""
    if scores.get("obscene", 0.0) < _OBSCENE_FROM or "insult" not in scores:
        return False
    attack_below = _ATTACK_BELOW_NAMED if _names_a_group(text) else _ATTACK_BELOW
    if (
        scores.get("threat", 0.0) >= _THREAT_BELOW
        or scores.get("identity_attack", 0.0) >= attack_below
    ):
        return False
    insult = scores["insult"]
    if insult < _INSULT_BELOW_SPOKEN_TO:
        return True
    return insult < _INSULT_BELOW and _SPOKEN_TO.search(text) is None


def _names_a_group(text: str) -> bool:
    return not GROUPS.isdisjoint(_WORD.findall(text.lower()))


def at_one_alone(text: str) -> bool:
    """Whether an English text speaks to or about one person and names no group."""
    return bool(_ONE.search(text)) and not _MANY.search(text) and not _names_a_group(text)
