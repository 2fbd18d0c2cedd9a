"""Address patterns with `*`: matching and substitution."""

from __future__ import annotations

import re


def whole(address: str, origin: str) -> str:
    """A path as an address of this origin."""
    return origin + address if address.startswith("/") else address


def parted(key: str) -> tuple[str, str]:
    """The page, and everything after its path."""
    found = re.search(r"[?#]", key)
    return (key[: found.start()], key[found.start() :]) if found else (key, "")


def match(pattern: str, text: str) -> list[str] | None:
    """The text that each `*` matches, the first ones as short as possible; None without a match."""
    first, *rest = pattern.split("*")
    if not rest:
        return [] if text == pattern else None
    *middle, last = rest
    if not first or not text.startswith(first) or not text.endswith(last):
        return None
    taken, at, end = [], len(first), len(text) - len(last)
    for literal in middle:
        found = text.find(literal, at, end)
        if found < 0:
            return None
        taken.append(text[at:found])
        at = found + len(literal)
    return [*taken, text[at:end]] if at <= end else None


def filled(target: str, taken: list[str]) -> str:
    """The target with each `*` replaced by the matched text."""
    parts = target.split("*")
    values = [*taken, *[""] * len(parts)]
    return "".join(part + (values[i] if i < len(parts) - 1 else "") for i, part in enumerate(parts))
