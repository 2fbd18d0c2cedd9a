"""What is told of an old page: its boxes and counts, and what to know about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...core.locale import say


@dataclass(frozen=True)
class Note:
    """Something to know or to do, said as `exchange.scan.…`. `stops`: without that it will not work."""

    code: str
    line: int | None = None
    stops: bool = False
    values: dict[str, str] = field(default_factory=dict)

    def sentence(self, locale: str | None = None) -> str:
        """In words."""
        return say(f"exchange.scan.{self.code}", locale, **self.values)


@dataclass(frozen=True)
class Spot:
    """A box or a count: what it asks for, and the conversation it will show."""

    kind: str  # box | count
    line: int
    href: str  # as it will be asked for
    thread: str | None  # the conversation's canonical address; None where it cannot be known
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
    """One page. `name` is how it was called, `url` where it is, if that is known."""

    name: str
    url: str | None
    spots: tuple[Spot, ...]
    notes: tuple[Note, ...]

    @property
    def matters(self) -> bool:
        return bool(self.spots or self.notes)


def note(code: str, line: int | None, *, stops: bool = False, **values: str) -> Note:
    """A note with what its sentence needs."""
    return Note(code, line, stops, values)
