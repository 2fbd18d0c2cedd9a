"""The spam model: a weight for each hashed word, word pair and trait, and the score of a text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..verdict import Found
from .traits import OF_ADDRESSES, of_links, of_text, together, trade_in
from .words import WINDOW, number_of, scale, windows, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ....toxicity.normalise import Normalised
    from .traits import Span
    from .words import Words

SHIPPED = Path(__file__).parent / "weights.npz"
BIAS = number_of("~bias")
TRAIT = 2.0  # the weight of a trait relative to a word
#: What a link in the author's name adds. Not learned, because no training data has names.
_LINKED_NAME = 2.0
_SIGNS = 6  # shown at most
_WORTH_SHOWING = 0.15
_HARMLESS = 0.3  # texts with a lower probability have no signs


@dataclass(frozen=True, eq=False)
class Reading:
    """The words of a text, and its traits with their places."""

    text: str
    words: Words
    traits: tuple[tuple[str, Span | None], ...]


def reading_of(text: str, undisguised: Normalised) -> Reading:
    """The reading of a text, usable with any model."""
    words = words_of(undisguised)
    traits = tuple(of_text(text))
    trade = trade_in(words.texts)
    if trade is not None:
        traits = (*traits, ("trade", words.place(trade)))
    return Reading(text, words, traits)


@dataclass(frozen=True)
class Stretch:
    """A window of words, and the feature numbers of its traits and of the text's links. Links weigh
    less (`share`) the longer the text is."""

    start: int
    end: int
    traits: list[int]
    links: list[int]
    share: float


def stretches(reading: Reading, hosts: Sequence[str]) -> Iterator[Stretch]:
    """The stretches of a text, each with the traits that are in it or have no place."""
    count = len(reading.words.spans)
    links = [number_of(f"~{name}") for name in of_links(hosts)]
    share = min(1.0, math.sqrt(2 * WINDOW / max(1, count)))
    found = [each for each in reading.traits if hosts or each[0] not in OF_ADDRESSES]
    for start, end in windows(count).T.tolist():
        names = [name for name, _ in found]
        if count > WINDOW:
            first, last = reading.words.place(start)[0], reading.words.place(end - 1)[1]
            names = [
                name
                for name, place in found
                if place is None or (place[0] < last and place[1] > first)
            ]
        traits = [number_of(f"~{name}") for name in (*names, *together(names, hosts))]
        yield Stretch(start, end, traits, links, share)


@dataclass(frozen=True, eq=False)
class Model:
    """The weights, and how rare each feature is in harmless texts, from 0 to 1: what a site learns
    about common words counts for little."""

    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]

    def said(
        self, reading: Reading, hosts: Sequence[str], *, linked_name: bool = False
    ) -> tuple[float, tuple[Found, ...]]:
        """How likely a text linking to these hosts is an advertisement, and the strongest signs."""
        worst, logit = self.worst(reading, hosts, linked_name=linked_name)
        share = share_of(logit)
        if share < _HARMLESS:
            return share, ()
        found = self.weights[reading.words.numbers].sum(axis=0, dtype=np.float64)
        return share, signs(reading, worst, found, self.weights * TRAIT)

    def worst(
        self, reading: Reading, hosts: Sequence[str], *, linked_name: bool = False
    ) -> tuple[Stretch, float]:
        """The stretch with the highest log-odds of being an advertisement, and those log-odds."""
        found = self.logits(reading, hosts, linked_name=linked_name)
        return max(found, key=lambda each: each[1])

    def logits(
        self, reading: Reading, hosts: Sequence[str], *, linked_name: bool = False
    ) -> Iterator[tuple[Stretch, float]]:
        """The stretches of a text, each with its log-odds."""
        found = self.weights[reading.words.numbers].sum(axis=0, dtype=np.float64)
        totals = np.concatenate(([0.0], np.cumsum(found)))
        always = float(self.weights[BIAS]) + _LINKED_NAME * linked_name
        for each in stretches(reading, hosts):
            words = float(totals[each.end] - totals[each.start]) * scale(each.end - each.start)
            traits = float(self.weights[each.traits].sum())
            links = each.share * float(self.weights[each.links].sum())
            yield each, words + TRAIT * (traits + links) + always


def share_of(logit: float) -> float:
    """Log-odds as a probability."""
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


def signs(
    reading: Reading,
    worst: Stretch,
    words: NDArray[np.float64],
    traits: NDArray[np.float32],
) -> tuple[Found, ...]:
    """The words and traits that weigh most in a stretch, the heaviest first, without overlaps.
    `words` has the weight of each word of the text, `traits` of each feature."""
    size = scale(worst.end - worst.start)
    heavy = [
        (float(words[at]) * size, reading.words.place(at)) for at in range(worst.start, worst.end)
    ]
    for name, place in reading.traits:
        number = number_of(f"~{name}")
        if place is not None and number in worst.traits:
            heavy.append((float(traits[number]), place))
    kept: list[Span] = []
    least = max(_WORTH_SHOWING, max((weight for weight, _ in heavy), default=0.0) / 4)
    for weight, place in sorted(heavy, key=lambda each: (-each[0], each[1])):
        if weight < least or len(kept) == _SIGNS:
            break
        if all(place[1] <= other[0] or place[0] >= other[1] for other in kept):
            kept.append(place)
    return tuple(Found(reading.text[slice(*each)][:40], *each) for each in kept)


@cache
def shipped() -> Model:
    """The model that comes with the program."""
    return load(SHIPPED)


def load(path: Path) -> Model:
    """A model from a file: weights as integers, and their unit."""
    with np.load(path, allow_pickle=False) as stored:
        weights = stored["weights"].astype(np.float32) * stored["unit"].astype(np.float32)
        return Model(weights, stored["rarity"].astype(np.float32) / 255)


def save(model: Model, path: Path) -> None:
    """Save the weights as integers, in a small file that is the same for the same weights."""
    unit = np.float32(np.abs(model.weights).max() / 32_000)
    whole = np.rint(model.weights / unit).astype(np.int16)
    rarity = np.rint(model.rarity * 255).astype(np.uint8)
    np.savez_compressed(path, weights=whole, unit=unit, rarity=rarity)
