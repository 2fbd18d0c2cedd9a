"""Badges that a site gives its readers: a code for tokens, a name, and optionally a color."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..core.errors import Invalid
from ..core.typed import clean_name
from .look.accent import shades

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .look.accent import Shade

MOST = 20
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,29})")
_MOST_NAME = 40


@dataclass(frozen=True)
class Badge:
    """A badge. Its color is adjusted to be readable in each color scheme."""

    code: str
    name: str
    color: str = ""

    @property
    def shades(self) -> tuple[Shade, ...]:
        """The color on light and dark pages; empty: the site's accent color."""
        return shades(self.color) if self.color else ()


def parse(line: str) -> Badge:
    """Parse `subscriber | Subscriber | #0b6e4f`; the color is optional. Raises `Invalid`."""
    code, name, color = ([each.strip() for each in line.split("|")] + ["", ""])[:3]
    if not _CODE.fullmatch(code) or not name or len(name) > _MOST_NAME or line.count("|") > 2:
        raise Invalid("invalid.badge", field="badges", line=line[:100])
    if color and not shades(color):
        raise Invalid("invalid.badge_color", field="badges", color=color[:60])
    return Badge(code, clean_name(name), color)


def check(lines: Sequence[str]) -> None:
    """Raises `Invalid` for an invalid line, and for more than `MOST` lines."""
    if len(lines) > MOST:
        raise Invalid("invalid.badges_many", field="badges", n=MOST)
    for line in lines:
        parse(line)


@lru_cache(maxsize=256)
def badges_of(lines: tuple[str, ...]) -> Mapping[str, Badge]:
    """A site's badges by code, without invalid lines."""
    found = {}
    for line in lines[:MOST]:
        try:
            badge = parse(line)
        except Invalid:
            continue
        found[badge.code] = badge
    return found


def badges_among(lines: tuple[str, ...], codes: Iterable[str]) -> tuple[Badge, ...]:
    """The site's badges with these codes, in the site's order."""
    wanted = set(codes)
    return tuple(each for each in badges_of(lines).values() if each.code in wanted)
