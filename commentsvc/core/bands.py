"""Proportions with confidence intervals, for one sample or strata sampled at different rates."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Z = 1.959964  # standard deviations that cover 95% of a normal distribution


@dataclass(frozen=True)
class Band:
    """A proportion and its 95% confidence interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Stratum:
    """The number of comments, of those decided by people, and of those rejected."""

    size: int
    decided: int
    bad: int


def wilson(bad: int, decided: int) -> Band:
    """The proportion in one sample. With nothing decided, the interval is 0 to 1.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
    """
    if decided <= 0:
        return Band(0.5, 0.0, 1.0)
    share, square = bad / decided, Z * Z
    centre = (share + square / (2 * decided)) / (1 + square / decided)
    spread = share * (1 - share) / decided + square / (4 * decided * decided)
    half = Z * sqrt(spread) / (1 + square / decided)
    return Band(share, max(0.0, centre - half), min(1.0, centre + half))


def combined(strata: Sequence[Stratum]) -> Band:
    """The proportion across all strata, each weighted by its size: decided comments represent the
    undecided ones, so a rarely reviewed stratum still counts in full.

    The intervals are combined by recovering the variance from their limits (Zou & Donner 2008,
    https://doi.org/10.1002/sim.2889, "MOVER").
    """
    strata = [each for each in strata if each.size > 0]
    total = sum(each.size for each in strata)
    if not total:
        return Band(0.5, 0.0, 1.0)
    parts = [(each.size / total, wilson(each.bad, each.decided)) for each in strata]
    share = sum(weight * band.share for weight, band in parts)
    below = sqrt(sum((weight * (band.share - band.low)) ** 2 for weight, band in parts))
    above = sqrt(sum((weight * (band.high - band.share)) ** 2 for weight, band in parts))
    return Band(share, max(0.0, share - below), min(1.0, share + above))


def part_of(inside: Band, inside_size: int, outside: Band, outside_size: int) -> Band:
    """The proportion of all bad comments that is inside. The interval is wider than necessary: it
    assumes the worst case on both sides at once."""

    def share(within: float, without: float) -> float:
        all_bad = within * inside_size + without * outside_size
        return within * inside_size / all_bad if all_bad > 0 else 0.0

    return Band(
        share(inside.share, outside.share),
        share(inside.low, outside.high),
        share(inside.high, outside.low),
    )
