"""How much a request may send: MOST_BYTES; a view that takes more says so here, so that our server knows
it before it reads."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Larger:
    """What one view takes."""

    most: int
    sessions_only: bool


_LARGER: dict[str, Larger] = {}


def larger(endpoint: str, most: int, *, sessions_only: bool) -> None:
    """Let a view take this many bytes; with `sessions_only` of nobody who is not signed in."""
    _LARGER[endpoint] = Larger(most, sessions_only)


def larger_at(endpoint: str) -> Larger | None:
    """What was said of this view."""
    return _LARGER.get(endpoint)
