"""Charts as data: static/dashboard/charts.js draws them, and the page says the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Unit = Literal["count", "share", "seconds"]


@dataclass(frozen=True)
class Series:
    """One row of values, None if unknown. `at` are their positions from 0 to 1 if the chart has no
    labels; `low` and `high` the ends of a band around them."""

    name: str
    tone: Literal["accent", "good", "bad", "warn", "edge", "ink"]  # a color of base.css
    values: Sequence[float | None]
    shape: Literal["bar", "line", "dots"] = "bar"
    at: Sequence[float] | None = None
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """`days`: side by side, labels are dates. `rows`: one below the other, labels are names. `curve`:
    a share over a score. `spark`: a small line without axes."""

    kind: Literal["days", "rows", "curve", "spark"]
    series: Sequence[Series]
    labels: Sequence[str] | None = None
    unit: Unit = "count"
    stacked: bool = False


def spark(values: Sequence[float], *, limit: float = 1.0) -> Chart:
    """A small curve up to now, with a limit drawn across."""
    nothing = [0.0] * len(values)
    return Chart(
        "spark",
        [
            Series("", "accent", values, shape="line", low=nothing, high=values),
            Series("", "warn", [limit] * len(values), shape="line", dashed=True),
        ],
        labels=[""] * len(values),
        unit="share",
    )
