"""The report on an old page: its boxes and counts, and notes about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...core.locale import say


@dataclass(frozen=True)
class Note:
    """Something to know or to do, phrased as `exchange.scan.…`. `stops`: otherwise it
    will not work."""

    code: str
    line: int | None = None
    stops: bool = False
    values: dict[str, str] = field(default_factory=dict)

    def sentence(self, locale: str | None = None) -> str:
        """The note in words."""
        return say(f"exchange.scan.{self.code}", locale, **self.values)


@dataclass(frozen=True)
class Spot:
    """A box or a count: its request, and the conversation it will show."""

    kind: str  # box | count
    line: int
    href: str  # as it will be requested
    thread: str | None  # the conversation's canonical address; None if unknown
    attributes: dict[str, str]
    numposts: int | None
    notes: tuple[Note, ...] = ()

    @property
    def shown(self) -> str | None:
        """The conversation's address as the page writes it: http stays http."""
        if self.thread and self.href.lower().startswith("http://"):
            return re.sub(r"^https:", "http:", self.thread)
        return self.thread


@dataclass(frozen=True)
class PageScan:
    """One page. `name` is the name it was given with, `url` is its address, if known."""

    name: str
    url: str | None
    spots: tuple[Spot, ...]
    notes: tuple[Note, ...]

    @property
    def matters(self) -> bool:
        return bool(self.spots or self.notes)


def note(code: str, line: int | None, *, stops: bool = False, **values: str) -> Note:
    """A note with the values for its sentence."""
    return Note(code, line, stops, values)
