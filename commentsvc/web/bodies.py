"""The largest request body: MOST_BYTES. Views that accept more register here, so that our server
knows before it reads."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Larger:
    """The limit of one view."""

    most: int
    sessions_only: bool


_LARGER: dict[str, Larger] = {}


def larger(endpoint: str, most: int, *, sessions_only: bool) -> None:
    """Let a view accept this many bytes; with `sessions_only`, only from people who are signed
    in."""
    _LARGER[endpoint] = Larger(most, sessions_only)


def larger_at(endpoint: str) -> Larger | None:
    """The limit of this view, if it has its own."""
    return _LARGER.get(endpoint)
