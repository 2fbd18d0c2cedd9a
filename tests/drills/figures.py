"""What a drill measured: `figure("kills", 100)`; all of them as a table at the end of the run."""

from __future__ import annotations

from typing import Any

_FIGURES: list[tuple[str, str, str]] = []


def figure(drill: str, what: str, value: Any) -> None:
    """Remember one measured figure."""
    _FIGURES.append((drill, what, f"{value:.3g}" if isinstance(value, float) else str(value)))


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table() -> list[str]:
    """The lines of the table, in the order in which things were measured."""
    if not _FIGURES:
        return []
    widths = [max(len(row[column]) for row in _FIGURES) for column in range(2)]
    return [f"{one:{widths[0]}}  {two:{widths[1]}}  {three}" for one, two, three in _FIGURES]
