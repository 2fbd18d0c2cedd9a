"""The error for refused parts of a style sheet, and helpers for tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 60


class Refused(Exception):
    """`why` is the end of a key in errors.json; `text` is the refused part."""

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(why)
        self.why, self.text = why, text


def written(tokens: Iterable[Any]) -> str:
    """The tokens as CSS text on one line."""
    return " ".join("".join(each.serialize() for each in tokens).split())


def cut(text: str) -> str:
    """The text, cut to fit into a sentence."""
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def plain(tokens: Iterable[Any]) -> list[Any]:
    """The tokens without whitespace and comments."""
    return [each for each in tokens if each.type not in ("whitespace", "comment")]


def groups(tokens: Iterable[Any], literal: str = ",") -> list[list[Any]]:
    """The tokens split at commas."""
    found: list[list[Any]] = [[]]
    for each in tokens:
        if each.type == "literal" and each.value == literal:
            found.append([])
        else:
            found[-1].append(each)
    return found
