"""What is refused of a style sheet: why, and the words that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 60


class Refused(Exception):
    """`why` is the end of a key in errors.json."""

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(why)
        self.why, self.text = why, text


def written(tokens: Iterable[Any]) -> str:
    """Tokens as one may have typed them, on one line."""
    return " ".join("".join(each.serialize() for each in tokens).split())


def cut(text: str) -> str:
    """Short enough to stand in a sentence."""
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def plain(tokens: Iterable[Any]) -> list[Any]:
    """Without what means nothing."""
    return [each for each in tokens if each.type not in ("whitespace", "comment")]


def groups(tokens: Iterable[Any], literal: str = ",") -> list[list[Any]]:
    """Between the commas."""
    found: list[list[Any]] = [[]]
    for each in tokens:
        if each.type == "literal" and each.value == literal:
            found.append([])
        else:
            found[-1].append(each)
    return found
