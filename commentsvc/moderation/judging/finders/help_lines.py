"""Helplines for people who want to die: the best-known ones, by country.

Checked against their owners' pages (see docs/moderating.md). A site may list its own instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVERYWHERE = "findahelpline.com"
#: Language of the text -> lines of the countries where it is spoken.
_LINES: dict[str, tuple[str, ...]] = {
    "en": ("US, Canada: 988", "UK, Ireland: 116 123", "Australia: 13 11 14", "New Zealand: 1737"),
    "de": ("Deutschland: 0800 111 0 111", "Österreich: 142", "Schweiz: 143"),
    "fr": ("France : 3114", "Suisse : 143"),
    "es": ("España: 024", "Estados Unidos: 988"),
    "it": ("Italia: 02 2327 2327", "Svizzera: 143"),
    "nl": ("Nederland: 113", "België: 1813"),
    "pl": ("Polska: 116 123",),
    "pt": ("Brasil: 188",),
    "da": ("Danmark: 70 201 201",),
}


#: A phone number, or a page, in a line as a site writes it.
_NUMBER = re.compile(r"\+?\d(?:[ \u00a0./()-]{0,2}\d)+")
_PAGE = re.compile(
    r"(?:https?://)?(?<![a-z0-9-])(?<![a-z0-9-]\.)((?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s,;]*)?)",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(rf"{_PAGE.pattern}|24 ?/ ?7", re.IGNORECASE)
_LEAST_DIGITS = 3


def address_of(line: str) -> str | None:
    """The link for a line: `tel:` with its number, or else its page; None if it has neither."""
    page = _PAGE.search(line)
    numbers = [re.sub(r"[^\d+]", "", each) for each in _NUMBER.findall(_NO_NUMBER.sub(" ", line))]
    number = max(numbers, key=len, default="")
    if len(number) >= _LEAST_DIGITS:
        return f"tel:{number}"
    return f"https://{page[1]}" if page else None


def built_in() -> list[str]:
    """Every line that is shown if a site lists none, each once."""
    return [*dict.fromkeys(line for lines in _LINES.values() for line in lines), _EVERYWHERE]


def help_lines(languages: Iterable[str], own: Iterable[str]) -> list[str]:
    """The site's own lines, or else those for the languages of a text."""
    listed = [each for each in own if each.strip()]
    if listed:
        return listed
    found = [line for language in languages for line in _LINES.get(language, ())]
    return [*dict.fromkeys(found), _EVERYWHERE]
