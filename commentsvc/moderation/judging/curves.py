"""A site's own calibration curves over a model's scores: pure functions, run for every comment.

Stored scores remain the model's own; rules see the calibrated ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...sites.models import Site

_EDGE = 1e-4  # a model's 0 and 1 are not certainties


def logit(score: float) -> float:
    """The log odds of a score, kept finite."""
    kept = min(max(score, _EDGE), 1 - _EDGE)
    return math.log(kept / (1 - kept))


@dataclass(frozen=True)
class Curve:
    """Slope (above 0, so that scores keep their order) and offset on the log odds (Platt 1999)."""

    slope: float
    offset: float

    def at(self, score: float) -> float:
        """The score as this site should read it."""
        return 1 / (1 + math.exp(-(self.slope * logit(score) + self.offset)))


def curve_of(site: Site, label: str, model: str | None) -> Curve | None:
    """The curve in force for this label, or None if it was fitted to another model."""
    kept = (site.calibration or {}).get(label)
    if not kept or kept["model"] != model:
        return None
    return Curve(kept["slope"], kept["offset"])


def calibrated(site: Site, scores: Mapping[str, float], model: str | None) -> dict[str, float]:
    """The scores that rules use on this site."""
    if not site.calibration:
        return dict(scores)
    found = {}
    for label, score in scores.items():
        curve = curve_of(site, label, model)
        found[label] = round(curve.at(score), 6) if curve else score
    return found
