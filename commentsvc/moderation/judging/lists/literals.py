"""Thousands of strings found in one pass: an Aho–Corasick automaton whose states are numbered so
that all matches of a string are one range of the sorted states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_NOTHING: dict[str, int] = {}
_MOST_REMEMBERED = 20_000  # cached transitions between states: a few MB at most
_MOST_WORDS = 8192  # cached walks, a MB or two
_LONGEST_REMEMBERED = 24  # letters

#: The state after a word, and the places in it where strings end, with their states.
_Walk = tuple[int, tuple[tuple[int, int], ...]]


class Literals:
    """Strings to search for all at once.

    A state is the longest prefix of any string that ends at the current position, so a string ends
    wherever its state, or one that ends with it, is reached. Those states are numbered
    consecutively, from the string's own number up to `last`.
    """

    def __init__(self, literals: Iterable[str]) -> None:
        #: String -> its number here.
        self.numbers: dict[str, int] = {}
        edges: list[dict[str, int]] = [{}]
        own: list[int] = []
        path, before = [0], ""
        for literal in sorted(set(literals)):
            del path[_shared(before, literal) + 1 :]
            for character in literal[len(path) - 1 :]:
                if edges[path[-1]] is _NOTHING:
                    edges[path[-1]] = {}
                edges[path[-1]][character] = len(edges)
                path.append(len(edges))
                edges.append(_NOTHING)
            self.numbers[literal] = len(own)
            own.append(path[-1])
            before = literal
        order, backs = _backs(edges)
        names, sizes = _numbered(order, backs)
        self._edges = [_NOTHING] * len(edges)
        self._backs = [0] * len(edges)
        for state, name in enumerate(names):
            if edges[state]:
                self._edges[name] = {key: names[to] for key, to in edges[state].items()}
            self._backs[name] = names[backs[state]]
        self._room = _MOST_REMEMBERED
        self.first = np.array([names[state] for state in own], np.int64)
        self.last = self.first + np.array([sizes[state] for state in own], np.int64)
        opened = np.zeros(len(edges) + 1, np.int64)
        np.add.at(opened, self.first, 1)
        np.add.at(opened, self.last, -1)
        self._is_ending = (np.cumsum(opened) > 0).tobytes()
        self._walked: dict[tuple[int, str], _Walk] = {}

    def ends(
        self, words: Iterable[str], between: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The states in which strings end in a text of these words, with `between` around each
        word; and for each state, how many characters of the words have been read by then."""
        known, states, places, read = self._walked, [], [], 0
        state, _ = known.get((0, "")) or self._walk(0, "", between)
        for word in words:
            state, ending = known.get((state, word)) or self._walk(state, word, between)
            for place, name in ending:
                places.append(read + place)
                states.append(name)
            read += len(word)
        return np.array(states, np.int64), np.array(places, np.int64)

    def _walk(self, state: int, word: str, between: str) -> _Walk:
        """The state after a word read from `state`, and where strings end in it. Cached."""
        begun, edges, ending = state, self._edges, []
        for place, character in enumerate(word + between, 1):
            to = edges[state].get(character)
            state = self._fallen(state, character) if to is None else to
            if self._is_ending[state]:
                ending.append((min(place, len(word)), state))
        walk = state, tuple(ending)
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self._walked) >= _MOST_WORDS:
                self._walked.clear()
            self._walked[begun, word] = walk
        return walk

    def _fallen(self, state: int, character: str) -> int:
        """The state after a character that continues no prefix here; cached while there is room,
        because this happens again and again."""
        edges, backs = self._edges, self._backs
        begun, to = state, None
        while to is None and state:
            state = backs[state]
            to = edges[state].get(character)
        if self._room > 0:
            self._room -= 1
            if edges[begun] is _NOTHING:
                edges[begun] = {}
            edges[begun][character] = to or 0
        return to or 0


def _shared(one: str, other: str) -> int:
    """The length of the common prefix of two strings."""
    if other.startswith(one):
        return len(one)
    return next(at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])


def _backs(edges: Sequence[Mapping[str, int]]) -> tuple[list[int], list[int]]:
    """The states by depth, and for each the longest other state that it ends with."""
    order, backs = [0], [0] * len(edges)
    for state in order:
        for character, child in edges[state].items():
            order.append(child)
            if not state:
                continue
            back = backs[state]
            while (to := edges[back].get(character)) is None and back:
                back = backs[back]
            backs[child] = to or 0
    return order, backs


def _numbered(order: Sequence[int], backs: Sequence[int]) -> tuple[list[int], list[int]]:
    """New numbers, so that the states that end with one directly follow it, and their counts."""
    sizes = [1] * len(order)
    for state in reversed(order[1:]):
        sizes[backs[state]] += sizes[state]
    names, free = [0] * len(order), [1] * len(order)
    for state in order[1:]:
        names[state] = free[backs[state]]
        free[backs[state]] += sizes[state]
        free[state] = names[state] + 1
    return names, sizes
