"""Thousands of strings found in one pass: Aho and Corasick's automaton, its states numbered so that
all places of a string are one stretch of the sorted states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_NOTHING: dict[str, int] = {}
_MOST_REMEMBERED = 20_000  # ways from one state to another: some MB at most
_MOST_WORDS = 8192  # that are remembered, a MB or two
_LONGEST_REMEMBERED = 24  # letters

#: The state behind a word, and the places in it where strings end, with their states.
_Walk = tuple[int, tuple[tuple[int, int], ...]]


class Literals:
    """Strings to be looked for all at once.

    A state is the longest beginning of any string that ends where we stand, so a string ends wherever
    its state, or one that ends with it, is reached. Such states are numbered in a row: from the
    string's own number up to `last`.
    """

    def __init__(self, literals: Iterable[str]) -> None:
        #: Each string with its number here.
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
        """The states in which strings end in a text of these words, `between` around each of them; and for
        each how much of the words has been read by then."""
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
        """The state behind a word that is read in some state, and where in it strings end; remembered, while
        there is room, because texts are made of the same words."""
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
        """The state behind a character that goes on with nothing begun here; remembered, while there is room,
        because a text does so again and again."""
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
    """How many characters two strings have in common at their beginning."""
    if other.startswith(one):
        return len(one)
    return next(at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])


def _backs(edges: Sequence[Mapping[str, int]]) -> tuple[list[int], list[int]]:
    """The states by depth; for each the longest other state that it ends with."""
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
    """New numbers, so that the states which end with one follow it; and how many they are with it."""
    sizes = [1] * len(order)
    for state in reversed(order[1:]):
        sizes[backs[state]] += sizes[state]
    names, free = [0] * len(order), [1] * len(order)
    for state in order[1:]:
        names[state] = free[backs[state]]
        free[backs[state]] += sizes[state]
        free[state] = names[state] + 1
    return names, sizes
