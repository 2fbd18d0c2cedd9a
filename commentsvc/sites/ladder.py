"""The ladder of limits: one number, the limit on `toxicity`, determines the limits of all labels.

Models give rare labels lower scores, so their limits are far below that on `toxicity`. Lower rungs
hold everything that higher ones do, and more.
"""

from __future__ import annotations

from typing import Any

from ..toxicity.labels import LABELS

#: Limits on `toxicity`, from the one that holds the fewest comments to the one that holds the most.
RUNGS = tuple(step / 100 for step in range(95, 15, -5))
#: The default rung of a new site, which suits comments on news.
NEWS = 0.60

_FLAG_BELOW = 0.10
_LEAST_FLAG = 0.10
_OBSCENE = 0.90
_SHARES = {
    "toxicity": 1.0,
    "severe_toxicity": 0.60,
    "threat": 1 / 6,
    "insult": 1.0,
    "identity_attack": 0.50,
}


def limits_at(toxicity: float) -> dict[str, Any]:
    """The fields of a policy for this rung: what is held, and what is published but flagged."""
    limits = {label: round(share * toxicity, 2) for label, share in _SHARES.items()}
    limits["obscene"] = max(_OBSCENE, toxicity)
    return {
        "hold_at": {label: limits[label] for label in LABELS},
        "flag_at": {"toxicity": round(max(_LEAST_FLAG, toxicity - _FLAG_BELOW), 2)},
    }
