"""A moderator's own choices: single keys, the density of the queue, and what is blurred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..moderation.judging.reasons import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..accounts.models import User

#: What single keys do, and the default key for each.
USUAL = {
    "next": "j",
    "previous": "k",
    "approve": "f",
    "reject": "d",
    "ban_reject": "q",
    "wave": "y",
    "undo": "u",
    "reply": "r",
    "feature": "e",
    "close_thread": "l",
    "single": "z",
    "lift": "s",
    "precedents": ".",
    "claim": ",",
    "open": "o",
    "article": "a",
    "author": "n",
    "same_author": "p",
    "same_article": "v",
    "unfilter": "c",
    "search": "/",
    "filter": ";",
    "tick": "x",
    "bulk": "i",
    "warn": "w",
    "suspend": "h",
    "ban": "b",
    "premoderate": "m",
    "trust": "t",
    "go": "g",
    "help": "?",
}
_REASONS = [each.key for each in PEOPLE if each.key]
_DIGITS = [key for key in _REASONS if key.isdigit()]
_OTHERS = [key for key in _REASONS if not key.isdigit()]
PALETTE = "Ctrl-K"

DENSITIES = ("comfortable", "compact")
BLURS = ("severe", "all", "none")


@dataclass(frozen=True)
class Display:
    """How the queue looks to one person."""

    density: str = DENSITIES[0]
    blur: str = BLURS[0]

    def choices(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Each setting: its name, its options, and the chosen one."""
        return [("density", DENSITIES, self.density), ("blur", BLURS, self.blur)]

    def veils(self, *, severe: bool) -> bool:
        """Whether a text is blurred until a key shows it."""
        return self.blur == "all" or (self.blur == "severe" and severe)


def _kept(user: User | None, name: str) -> dict[str, str]:
    return ((user.settings or {}).get(name) if user else None) or {}


def display_of(user: User | None) -> Display:
    """The person's choices, else the defaults."""
    own = _kept(user, "display")
    usual = Display()
    return Display(
        density=own["density"] if own.get("density") in DENSITIES else usual.density,
        blur=own["blur"] if own.get("blur") in BLURS else usual.blur,
    )


def keys_of(user: User | None) -> dict[str, str]:
    """The person's keys, name -> key; "" if the default key has been given to another act."""
    own = _kept(user, "keys")
    taken = set(own.values())
    return {
        name: str(own.get(name) or ("" if key in taken else key)) for name, key in USUAL.items()
    }


@dataclass(frozen=True)
class Row:
    """A line of the table behind `?`: keys, and what they do. `name` is what scripts call it."""

    keys: tuple[str, ...]
    words: str
    name: str = ""


def listed(keys: Mapping[str, str], words_of: Callable[[str], str]) -> list[Row]:
    """The table behind `?`: keys and what they do, including those nobody can change."""
    fixed = {
        "reject": ((min(_DIGITS), "…", max(_DIGITS), *_OTHERS), "digit"),
        "ban_reject": (("Shift-1", "…", "Shift-9"), "own_reason"),
        "tick": ((f"Shift-{keys['tick']}",), "tick_to"),
        "suspend": (("1", "…", "4"), "length"),
        "go": ((PALETTE,), "palette"),
        "article": (("Esc",), "escape"),
    }
    rows: list[Row] = []
    for name, key in keys.items():
        if not key:
            continue
        caps = (key, "Ctrl-Z") if name == "undo" else (key, "…") if name == "go" else (key,)
        rows.append(Row(caps, words_of(f"keys.{name}"), "" if name == "go" else name))
        if name in fixed:
            rows.append(Row(fixed[name][0], words_of(f"keys.{fixed[name][1]}")))
    return rows
