"""Dates as browsers write them in a language: in its own calendar and digits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from babel.dates import format_date

if TYPE_CHECKING:
    from babel import Locale

#: How long a date is: `Nov 30, 2026` or `November 30, 2026`.
Shape = Literal["medium", "long"]

#: Languages whose native digits browsers use, but Babel does not.
DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}
_BUDDHIST_YEARS = 543
_PERSIAN_EPOCH = date(622, 3, 21).toordinal()
_PERSIAN_LEAPS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))  # of each 33 years
_PERSIAN_CYCLE = 33 * 365 + len(_PERSIAN_LEAPS)  # days
_PERSIAN_MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)


def written(at: date, shape: Shape, babel: Locale) -> str:
    """The date as the language writes it: Solar Hijri in Persian, the Buddhist era in Thai."""
    if babel.language == "fa":
        year, month, day = persian(at)
        return in_digits(f"{day} {_PERSIAN_MONTHS[month - 1]} {year}", babel)
    if babel.language == "th":
        pattern = str(babel.date_formats[shape].pattern).replace("G ", "")
        year = at.year + _BUDDHIST_YEARS
        return str(format_date(at, pattern.replace("y", f"'{year}'"), locale=babel))
    return str(format_date(at, shape, locale=babel))


def in_digits(text: str, babel: Locale) -> str:
    """The text with the language's own digits, where browsers use them."""
    return text.translate(DIGITS.get(babel.language, {}))


def persian(at: date) -> tuple[int, int, int]:
    """Year, month and day of the Solar Hijri calendar, by its cycle of 33 years (right from 1800 to
    2256)."""
    cycles, days = divmod(at.toordinal() - _PERSIAN_EPOCH, _PERSIAN_CYCLE)
    year = 1
    while days >= (length := 366 if year in _PERSIAN_LEAPS else 365):
        days, year = days - length, year + 1
    month, day = divmod(days, 31) if days < 6 * 31 else divmod(days - 6 * 31, 30)
    return cycles * 33 + year, month + (1 if days < 6 * 31 else 7), day + 1
