"""Phrases for templates, each looked up once a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.locale import say

if TYPE_CHECKING:
    from collections.abc import Callable


def saying(catalog: str, locale: str) -> Callable[..., str]:
    """The function for phrases of a catalog. Those without values are looked up once a page: a page
    of cards has the same for each."""
    known: dict[str, str] = {}

    def phrase(key: str, **given: Any) -> str:
        if given:
            return say(f"{catalog}.{key}", locale, **given)
        if key not in known:
            known[key] = say(f"{catalog}.{key}", locale)
        return known[key]

    return phrase
