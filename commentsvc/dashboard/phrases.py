"""Phrases for templates, each looked up once a page, and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.locale import say, words

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


def of_scripts(locale: str) -> dict[str, str]:
    """The phrases that the dashboard's scripts say, by key."""
    marks = ("feature", "unfeature", "pin", "unpin")
    done = tuple(
        f"done.{each}" for each in ("thread_", "approve", "keep", "reject_for", "saved", *marks)
    )
    starts = ("js.", "act.", "keys.title", "bulk.state_undoing", *done)
    found = words("dashboard", locale).items()
    return {key: text for key, text in found if key.startswith(starts)}
