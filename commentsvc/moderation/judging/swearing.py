"""Swearing that attacks nobody: obscene, but no insult, no threat and no attack on a group. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Labels whose score says no more than that somebody swears, where the text is `untargeted`.
SWEARING = ("toxicity", "severe_toxicity", "obscene", "insult")

_OBSCENE_FROM = 0.6
_ATTACK_BELOW = 0.5
_THREAT_BELOW = 0.1
# A text that speaks to somebody has a target, so it takes less to count as an insult.
_INSULT_BELOW = 0.85
_INSULT_BELOW_SPOKEN_TO = 0.3
_SPOKEN_TO = re.compile(r"\b(?:you|your|yours|yourself|yourselves|youre|ya|u|ur)\b", re.IGNORECASE)


def untargeted(scores: Mapping[str, float], text: str) -> bool:
    """Whether these scores of this text are those of a swear word and nothing worse. Needs a scorer that
    tells the labels apart."""
    if scores.get("obscene", 0.0) < _OBSCENE_FROM or "insult" not in scores:
        return False
    if (
        scores.get("threat", 0.0) >= _THREAT_BELOW
        or scores.get("identity_attack", 0.0) >= _ATTACK_BELOW
    ):
        return False
    insult = scores["insult"]
    if insult < _INSULT_BELOW_SPOKEN_TO:
        return True
    return insult < _INSULT_BELOW and _SPOKEN_TO.search(text) is None
