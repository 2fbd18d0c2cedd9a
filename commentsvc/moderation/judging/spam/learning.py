"""What a site's own decisions add to the shipped model: a few weights, fitted to what its
moderators rejected as spam or approved.

The shipped log-odds are the starting point and every weight decays toward zero, so that a decision
changes only what the model did not know. The same lessons always give the same weights.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from ..verdict import Found
from .model import BIAS, TRAIT, share_of, shipped, signs
from .words import SIZE, number_of, scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from .model import Model, Reading, Stretch

#: Decisions needed before the filter is used; one text counts at most `_MOST_ALIKE` times.
MINIMUM = 15
_MOST_ALIKE = 3
_ROUNDS = 60
_POWERS = 8
_DECAY = 0.01
_TRAIT = 1.5  # the weight of a trait relative to a word
_HEAVIEST = 8.0
#: The most that all decisions can shift the log-odds, and how many it takes for half of that.
_FARTHEST = 12.0
_HALF = 10
_TINY = 0.01
_FEWEST_WORDS = 5  # shorter texts without a link match by chance
_WORTH_SAYING = 1.0  # the shift from which the words of a text are shown


@dataclass(frozen=True)
class Lesson:
    """A text that somebody decided about: feature numbers of its worst window, and of the hosts
    that it links. `text` is the same for the same words in any order."""

    spam: bool
    text: int | None
    words: Sequence[int]
    traits: Sequence[int]
    links: Sequence[int]
    hosts: Sequence[int]
    share: float  # the weight of the links


def lesson_of(model: Model, reading: Reading, hosts: Sequence[str], *, spam: bool) -> Lesson:
    """The lesson of a text."""
    worst, _ = model.worst(reading, hosts)
    return Lesson(
        spam=spam,
        text=alike(reading, hosts),
        words=reading.words.numbers[:, worst.start : worst.end].ravel().tolist(),
        traits=worst.traits,
        links=worst.links,
        hosts=_numbers(hosts),
        share=worst.share,
    )


def alike(reading: Reading, hosts: Sequence[str]) -> int | None:
    """A number shared by texts that differ only in digits, punctuation, disguises and word order;
    None for a text too short to identify."""
    words = sorted(set(reading.words.numbers[0].tolist()))
    if len(words) < _FEWEST_WORDS and not hosts:
        return None
    said = repr((words, sorted(set(hosts)))).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=7).digest(), "big")


def _numbers(hosts: Sequence[str]) -> list[int]:
    return [number_of(f"@{host}") for host in dict.fromkeys(hosts)]


@dataclass(frozen=True, eq=False)
class Learned:
    """What a site has learned from its decisions: weights on top of the shipped ones, and the texts
    rejected as spam."""

    weights: NDArray[np.float32]
    decisions: int
    rejected: frozenset[int]

    @property
    def speaks(self) -> bool:
        """Whether there are enough decisions to use the weights."""
        return self.decisions >= MINIMUM

    def said(
        self,
        reading: Reading,
        hosts: Sequence[str],
        *,
        linked_name: bool = False,
        model: Model | None = None,
    ) -> tuple[float, tuple[Found, ...]]:
        """How likely this site's moderators would reject a text as spam, and its telling words."""
        farthest = _FARTHEST * self.decisions / (self.decisions + _HALF)
        found = self.weights[reading.words.numbers].sum(axis=0, dtype=np.float64)
        shared = _numbers(hosts)
        best = None
        for each, logit in (model or shipped()).logits(reading, hosts, linked_name=linked_name):
            shift = self._shift(each, found, shared)
            shift = max(-farthest / 2, min(farthest, shift))
            if best is None or logit + shift > best[0]:
                best = logit + shift, shift, each
        assert best is not None  # even a text without words has a stretch
        total, shift, worst = best
        words = self._signs(reading, hosts, worst, found) if shift >= _WORTH_SAYING else ()
        return share_of(total), words

    def _shift(self, each: Stretch, found: NDArray[np.float64], hosts: Sequence[int]) -> float:
        words = float(found[each.start : each.end].sum()) * scale(each.end - each.start)
        traits = float(self.weights[each.traits].sum())
        links = each.share * float(self.weights[each.links].sum())
        return words + _TRAIT * (traits + links) + float(self.weights[list(hosts)].sum())

    def _signs(
        self, reading: Reading, hosts: Sequence[str], worst: Stretch, found: NDArray[np.float64]
    ) -> tuple[Found, ...]:
        linked = [
            Found(host, at, at + len(host))
            for host, number in zip(dict.fromkeys(hosts), _numbers(hosts), strict=True)
            if self.weights[number] > 0 and (at := reading.text.find(host)) >= 0
        ]
        said = signs(reading, worst, found, self.weights * _TRAIT)
        return (*linked[:2], *said)

    def was_rejected(self, reading: Reading, hosts: Sequence[str]) -> bool:
        """Whether the same text was rejected as spam and not approved since."""
        return bool(self.rejected) and alike(reading, hosts) in self.rejected


def learn(lessons: Iterable[Lesson], *, model: Model | None = None) -> Learned:
    """What these lessons teach. They come oldest first: the last one for a text counts."""
    model, given = model or shipped(), list(lessons)
    times = Counter(each.text for each in given)
    last = {each.text or id(each): each for each in given}
    distinct = sorted(last.values(), key=lambda each: (each.spam, each.text or 0, each.words))
    decisions = sum(
        count if text is None else min(count, _MOST_ALIKE) for text, count in times.items()
    )
    weights = _fitted(distinct, model) if decisions >= MINIMUM else np.zeros(SIZE, np.float32)
    rejected = frozenset(each.text for each in distinct if each.spam and each.text is not None)
    return Learned(weights, decisions, rejected)


def _fitted(lessons: Sequence[Lesson], model: Model) -> NDArray[np.float32]:
    """Logistic regression on top of the model, by Nesterov's accelerated gradient descent."""
    rows, columns, values, known = _matrix(lessons, model)
    wanted = np.array([each.spam for each in lessons], np.float64)
    used, at = np.unique(columns, return_inverse=True)
    pace = 1 / (_steepness(rows, at, values) / 4 + _DECAY)
    found = ahead = np.zeros(len(used))
    for step in range(1, _ROUNDS + 1):
        logits = known + np.bincount(rows, ahead[at] * values, len(lessons))
        errors = 1 / (1 + np.exp(-logits)) - wanted
        slope = np.bincount(at, errors[rows] * values, len(used)) + _DECAY * ahead
        before, found = found, ahead - pace * slope
        ahead = found + (step - 1) / (step + 2) * (found - before)
    weights = np.zeros(SIZE, np.float32)
    weights[used] = np.clip(found, -_HEAVIEST, _HEAVIEST) * model.rarity[used]
    weights[np.abs(weights) < _TINY] = 0
    return weights


def _steepness(
    rows: NDArray[np.int64], columns: NDArray[np.int64], values: NDArray[np.float64]
) -> float:
    """The largest eigenvalue of the features' Gram matrix, slightly overestimated."""
    found, size = np.ones(columns.max() + 1), 1.0
    for _ in range(_POWERS):
        seen = np.bincount(rows, found[columns] * values)
        found = np.bincount(columns, seen[rows] * values)
        size = float(np.linalg.norm(found)) or 1.0
        found = found / size
    return 1.1 * size


def _matrix(lessons: Sequence[Lesson], model: Model) -> tuple[NDArray[Any], ...]:
    """Row, column and value of each lesson's features, and its log-odds by the model alone."""
    rows, columns, values = [], [], []
    known = np.full(len(lessons), float(model.weights[BIAS]))
    for at, each in enumerate(lessons):
        numbers = np.array([*each.words, *each.traits, *each.links, *each.hosts], np.int64)
        counts = (len(each.words), len(each.traits), len(each.links), len(each.hosts))
        size = scale(len(each.words) // 3)
        shipped_values = np.repeat((size, TRAIT, TRAIT * each.share, 0.0), counts)
        known[at] += float(model.weights[numbers] @ shipped_values)
        rows.append(np.full(len(numbers), at))
        columns.append(numbers)
        values.append(
            np.repeat((size, _TRAIT, _TRAIT * each.share, 1.0), counts) * model.rarity[numbers]
        )
    return *map(np.concatenate, (rows, columns, values)), known
