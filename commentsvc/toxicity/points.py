"""Texts as arrays of code points, so that a long text needs no loop over its characters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike, NDArray

    Numbers = NDArray[np.int64]
    Truths = NDArray[np.bool_]
    Points = NDArray[np.uint32]


def points(text: str) -> Points:
    """The code point of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def text_of(codes: Points) -> str:
    """The text of these code points."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


class ByPoint:
    """A number for each character, computed once per character: 0 stands for "not yet"."""

    def __init__(self, value: Callable[[str], int], kind: DTypeLike) -> None:
        self._value = value
        self._known = np.zeros(sys.maxunicode + 1, kind)

    def __getitem__(self, codes: Points) -> NDArray[Any]:
        found: NDArray[Any] = self._known[codes]
        if found.all():
            return found
        for code in np.unique(codes[found == 0]).tolist():
            self._known[code] = self._value(chr(code))
        return self._known[codes]


def stretched(begins: Numbers, sizes: Numbers) -> Numbers:
    """The numbers of all runs, one after the other: `sizes[0]` numbers from `begins[0]` on, and so
    on."""
    behind = np.cumsum(sizes)
    total = int(behind[-1]) if len(behind) else 0
    found: Numbers = np.arange(total) + np.repeat(begins - behind + sizes, sizes)
    return found


class Rewritten:
    """A text with parts of it replaced, in order, and what each new character stands for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._runs: list[int] = []  # where each part begins and ends in the text, and its size
        self._done = 0

    def becomes(self, letters: str, start: int, end: int) -> None:
        """Replace a part, and keep what is between it and the one before."""
        if self._done < start:
            self._keep(start)
        self._parts.append(letters)
        self._runs += start, end, len(letters)
        self._done = end

    def _keep(self, end: int) -> None:
        self._parts.append(self._text[self._done : end])
        self._runs += self._done, end, end - self._done

    def up_to(self, end: int) -> tuple[str, Numbers, Numbers]:
        """The new text, and for each of its characters the first and the last that it stands for. A
        part of another size stands as a whole for all that it replaces."""
        if self._done < end:
            self._keep(end)
        if len(self._runs) == 3 and self._runs[2] == self._runs[1] - self._runs[0]:  # one part kept
            places = np.arange(self._runs[0], self._runs[1])
            return self._parts[0], places, places
        starts, ends, sizes = np.array(self._runs, np.int64).reshape(-1, 3).T
        each = stretched(starts, sizes)
        alike = np.repeat(ends - starts == sizes, sizes)
        firsts = np.where(alike, each, np.repeat(starts, sizes))
        lasts = np.where(alike, each, np.repeat(ends - 1, sizes))
        return "".join(self._parts), firsts, lasts
