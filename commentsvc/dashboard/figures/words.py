"""The words of the pages about heated conversations, fairness, second looks and calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.locale import percent, say
from ..page import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...core.bands import Band


def tuning_words(key: str, **values: Any) -> str:
    """A phrase of these pages in the page's language."""
    return say(f"tuning.{key}", language(), **values)


def words_for() -> Callable[..., str]:
    """The function that templates call `s`."""
    locale = language()
    return lambda key, **values: say(f"tuning.{key}", locale, **values)


def band_in_words(band: Band, digits: int = 0) -> str:
    """The bounds of a share, as the page's language writes them: `39% – 48%`."""
    low, high = (percent(each, language(), digits=digits) for each in (band.low, band.high))
    return f"{low}\u2009–\u2009{high}"
