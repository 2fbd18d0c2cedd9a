"""Charts as SVG coordinates: the page draws them without a script, and a table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 32


@dataclass(frozen=True)
class Chart:
    """A line with a band, both as points of SVG; `marks` are places on the axis from 0 to 1."""

    line: str
    band: str
    now: float | None
    x_marks: Sequence[tuple[float, float]]  # value, place
    y_marks: Sequence[tuple[float, float]]


def shares(
    points: Sequence[tuple[float, float, float, float]], *, now: float | None = None
) -> Chart:
    """Points of (place from 0 to 1, share, lower, upper end of its band); `now` is drawn upright."""
    upper = [_at(x, high) for x, _, _, high in points]
    lower = [_at(x, low) for x, _, low, _ in reversed(points)]
    marks = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    return Chart(
        line=" ".join(_at(x, share) for x, share, _, _ in points),
        band=" ".join(upper + lower),
        now=None if now is None else _x(now),
        x_marks=[(mark, _x(mark)) for mark in marks],
        y_marks=[(mark, _y(mark)) for mark in marks],
    )


@dataclass(frozen=True)
class Bar:
    """One bar of a row of bars, with what it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int


def bars(values: Sequence[int]) -> list[Bar]:
    """Bars side by side, the highest as high as the chart."""
    most = max([*values, 1])
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    return [
        Bar(
            x=round(LEFT + step * at + step * 0.1, 1),
            y=round(_y(value / most), 1),
            width=round(step * 0.8, 1),
            height=round(_y(0) - _y(value / most), 1),
            value=value,
        )
        for at, value in enumerate(values)
    ]


@dataclass(frozen=True)
class Spark:
    """A small curve from long ago to now, with a limit drawn across; `most` is its highest value."""

    width: int
    height: int
    line: str
    area: str
    limit: float
    most: float


def spark(values: Sequence[float], *, limit: float = 1.0) -> Spark:
    """The values side by side; the limit is always in the picture."""
    width, height, most = 320, 72, max(values, default=0.0)
    top = max(most, limit) * 1.1
    step = width / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return round(height - 2 - value / top * (height - 4), 1)

    line = " ".join(f"{round(at * step, 1)},{y(value)}" for at, value in enumerate(values))
    return Spark(width, height, line, f"0,{height} {line} {width},{height}", y(limit), most)


def _x(value: float) -> float:
    return round(LEFT + value * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float) -> float:
    return round(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM), 1)


def _at(x: float, y: float) -> str:
    return f"{_x(x)},{_y(y)}"
