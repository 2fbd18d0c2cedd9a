"""What the pages to steer by share (conversations, fairness, second looks, calibration): their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.locale import say
from ..page import language

if TYPE_CHECKING:
    from collections.abc import Callable


def tuning_words(key: str, **values: Any) -> str:
    """A phrase of these pages in the page's language."""
    return say(f"tuning.{key}", language(), **values)


def words_for() -> Callable[..., str]:
    """The function that templates call `s`."""
    locale = language()
    return lambda key, **values: say(f"tuning.{key}", locale, **values)
