"""The states of an automaton at every place of a long text, computed for all places at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ....toxicity.points import Numbers, Points

_LARGEST = 2_000_000  # entries of a table; 8 MB
_MOST_STEPS = 8  # per character, on average


class Steps:
    """A table of the edges between states; state 0 is the first."""

    def __init__(self, edges: Sequence[Mapping[str, int]]) -> None:
        letters = sorted(set().union(*edges))
        self._letters = np.array([*map(ord, letters)], np.uint32)
        self.is_small = 0 < len(edges) * (len(letters) + 1) <= _LARGEST
        if not self.is_small:
            return
        columns = {letter: column for column, letter in enumerate(letters)}
        # The last column is for any other character: it leads nowhere.
        self._to: NDArray[np.int32] = np.zeros((len(edges), len(letters) + 1), np.int32)
        begins = np.repeat(np.arange(len(edges)), [*map(len, edges)])
        taken = [columns[letter] for each in edges for letter in each]
        self._to[begins, taken] = [to for each in edges for to in each.values()]

    def states(self, codes: Points) -> Numbers | None:
        """The state after each character: the longest way along edges that ends there. From every
        place a way begins, and all go on together. None if they are too long for that."""
        read = np.searchsorted(self._letters, codes).clip(0, len(self._letters) - 1)
        read[self._letters[read] != codes] = len(self._letters)
        found = np.zeros(len(codes), np.int64)
        ends, states = np.arange(len(codes)), np.zeros(len(codes), np.int32)
        left = _MOST_STEPS * len(codes)
        while len(ends) and left > 0:
            states = self._to[states, read[ends]]
            on = np.flatnonzero(states)
            states, ends = states[on], ends[on]
            found[ends] = states
            left -= len(ends)
            inside = len(ends) - int(len(ends) > 0 and ends[-1] == len(codes) - 1)
            states, ends = states[:inside], ends[:inside] + 1
        return None if len(ends) else found
