"""Thousands of strings found in one pass: an Aho–Corasick automaton whose states are numbered so
that all matches of a string are one range of the sorted states."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from .steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ....toxicity.points import Numbers, Points, Truths

_NOTHING: dict[str, int] = {}
_NOWHERE = np.zeros(0, np.int64)
_MOST_WORDS = 8192  # cached walks, a MB or two
_LONGEST_REMEMBERED = 24  # letters

#: The places in a word where strings end, and the states there.
_Ending = tuple[Sequence[int], Sequence[int]]


class _Walks(dict[str, "_Walk"]):
    """The walks from one state: word -> where it leads."""

    def __init__(self, state: int) -> None:
        super().__init__()
        self.state = state


#: The walks from the state after a word, and where strings end in it; None if nowhere.
_Walk = tuple[_Walks, _Ending | None]


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
        self.first = np.array([names[state] for state in own], np.int64)
        self.last = self.first + np.array([sizes[state] for state in own], np.int64)
        opened = np.zeros(len(edges) + 1, np.int64)
        np.add.at(opened, self.first, 1)
        np.add.at(opened, self.last, -1)
        self._is_ending = (np.cumsum(opened) > 0).tobytes()
        # What can follow a state without edges is what can follow the longest that it ends with.
        self._onward = [0] * len(edges)
        for state in order:
            at, back = names[state], self._backs[names[state]]
            self._onward[at] = at if self._edges[at] else self._onward[back]
        self._walks = {0: _Walks(0)}
        self._cached = 0

    def ends(
        self, words: Sequence[str], behind: Callable[[], Numbers], between: str
    ) -> tuple[Numbers, Numbers]:
        """The states in which strings end in a text of these words, with `between` around each
        word; and for each state, how many characters of the words have been read by then.
        `behind()`: how many characters each word and all before it have."""
        walks, _ = self._walk(self._walks[0], "", between)
        found: list[int] = []
        endings: list[_Ending] = []
        for at, word in enumerate(words):
            walks, ending = walks.get(word) or self._walk(walks, word, between)
            if ending is not None:
                found.append(at)
                endings.append(ending)
        if not found:
            return _NOWHERE, _NOWHERE
        places = [where for where, _ in endings]
        read = np.repeat(behind()[np.array(found, np.int64)], [*map(len, places)])
        ends = np.array([*chain.from_iterable(places)], np.int64) + read
        return np.array([*chain.from_iterable(which for _, which in endings)], np.int64), ends

    def ends_in(self, codes: Points, cuts: Truths, between: str) -> tuple[Numbers, Numbers] | None:
        """The same for a long text, given the code points of its characters and, for each place,
        whether it is between words. None if it has to be read word by word."""
        if not self._steps.is_small:
            return None
        characters = np.arange(len(codes)) + np.cumsum(cuts)[:-1]
        places = np.flatnonzero(cuts)
        marks = places + np.arange(len(places))
        whole = np.full(len(codes) + len(places), ord(between), np.uint32)
        whole[characters] = codes
        states = self._steps.states(whole)
        if states is None:
            return None
        read = np.empty(len(whole), np.int64)
        read[characters], read[marks] = np.arange(1, len(codes) + 1), places
        at = np.flatnonzero(np.frombuffer(self._is_ending, np.bool_)[states])
        return states[at], read[at]

    @cached_property
    def _steps(self) -> Steps:
        return Steps(self._edges)

    def _walk(self, walks: _Walks, word: str, between: str) -> _Walk:
        """The walk for a word, which is not cached yet or is too long to be. Its places count from
        the end of the word."""
        edges, backs, is_ending, state = self._edges, self._backs, self._is_ending, walks.state
        places: list[int] = []
        states: list[int] = []
        for place, character in enumerate(word + between, 1 - len(word)):
            to = edges[state].get(character)
            while to is None and state:
                state = backs[state]
                to = edges[state].get(character)
            state = to or 0
            if is_ending[state]:
                places.append(place if place < 0 else 0)
                states.append(state)
        ending = (places, states) if places else None
        return self._kept(walks, word, (self._from(self._onward[state]), ending))

    def _from(self, state: int) -> _Walks:
        """The cached walks from a state."""
        if state not in self._walks:
            self._walks[state] = _Walks(state)
        return self._walks[state]

    def _kept(self, walks: _Walks, word: str, walk: _Walk) -> _Walk:
        """A walk, cached if its word is short; all are dropped once there are too many."""
        if len(word) > _LONGEST_REMEMBERED:
            return walk
        if self._cached >= _MOST_WORDS:
            self._cached = 0
            for each in [*self._walks.values()]:
                each.clear()
        self._cached += 1
        walks[word] = walk
        return walk


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
