"""The words of how staff share their work; templates say `desk("…")`."""

from __future__ import annotations

from typing import Any

from ...core.locale import say
from ..page import language


def desk_words(key: str, **values: Any) -> str:
    """A phrase in the page's language."""
    return say(f"desk.{key}", language(), **values)
