"""The words about how staff share their work; templates get them from `desk("…")`."""

from __future__ import annotations

from typing import Any

from ...core.locale import say
from ..page import language


def desk_words(key: str, **values: Any) -> str:
    """A phrase in the page's language."""
    return say(f"desk.{key}", language(), **values)
