"""Shares with confidence bands: of one sample, and of strata that were sampled at different rates."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Z = 1.959964  # 95 % of a normal distribution lie within so many deviations


@dataclass(frozen=True)
class Band:
    """A share, and where the true one lies with 95 % confidence."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Stratum:
    """So many comments, of which so many were decided by people, of which so many rejected."""

    size: int
    decided: int
    bad: int


def wilson(bad: int, decided: int) -> Band:
    """The share of one sample. Nothing decided: anything is possible.

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
    """The share among all comments of the strata, each weighed by its size: what was decided stands
    for what was not, so a stratum read rarely counts for as much as it holds.

    The bands are joined by the variance recovered from each one's limits (Zou & Donner 2008,
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
    """Which part of all bad comments is inside. The band is wider than it needs to be: it lets both
    ends be wrong at once."""

    def share(within: float, without: float) -> float:
        all_bad = within * inside_size + without * outside_size
        return within * inside_size / all_bad if all_bad > 0 else 0.0

    return Band(
        share(inside.share, outside.share),
        share(inside.low, outside.high),
        share(inside.high, outside.low),
    )
