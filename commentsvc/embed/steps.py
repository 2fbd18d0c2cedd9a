"""What the last form in a sign-in window led to, in the session: so that each of a few windows side by
side can be reloaded."""

from __future__ import annotations

from typing import Any

from flask import session

from ..core.ids import new_secret

_KEY = "sign_in_window"
_MOST = 3


def lead(nonce: str, page: dict[str, Any]) -> str:
    """Keep what a page of the window with this nonce shows; its name, for the address. The oldest
    beyond three is forgotten."""
    name = new_secret()[:8]
    session[_KEY] = [*_all(), [name, nonce, page]][-_MOST:]
    return name


def led(name: str, nonce: str) -> dict[str, Any] | None:
    """What the page with this name shows, in the window that it was kept for."""
    found = (page for one, window, page in _all() if (one, window) == (name, nonce))
    return next(found, None)


def _all() -> list[tuple[str, str, dict[str, Any]]]:
    """Name, nonce and page of each, oldest first."""
    found = session.get(_KEY, [])
    return found if isinstance(found, list) else []  # an older version kept one for all windows
