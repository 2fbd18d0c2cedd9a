"""Training of the spam model: seeded logistic regression over hashed words and traits."""

from __future__ import annotations

import csv
import lzma
import random
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....toxicity.normalise import normalise
from ..traits import scan_links
from .model import BIAS, TRAIT, Model, reading_of, stretches
from .words import SIZE, scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

SEED = 12
_OWN = Path(__file__).parent / "own"
_ROUNDS = 300
_PACE = 0.05
_DECAY = 2e-4
_CALM = 6000  # comments from each of the other corpora
_LONGEST = 1500
_RARE = 2000  # a feature in fewer than one of this many harmless texts has rarity 1
_COMMON = 0.05


@dataclass(frozen=True)
class Example:
    """A text, whether it is spam, and the set it belongs to."""

    text: str
    spam: bool
    kind: str
    weight: float = 1.0


def examples(data: Path, *, seed: int = SEED) -> list[Example]:
    """All training data: YouTube comments, our own sentences, and calm comments."""
    return [*youtube(data), *own(), *_calm(data / "toxicity", random.Random(seed))]


def youtube(data: Path) -> list[Example]:
    """Comments under four YouTube videos, by video."""
    return [
        Example(row["text"], row["label"] == "spam", row["set"])
        for row in rows_of(data / "spam" / "comments.csv")
    ]


def own() -> list[Example]:
    """Sentences written for this model."""
    return [
        Example(line, name == "spam", "own")
        for name in ("spam", "harmless")
        for line in (_OWN / f"{name}.txt").read_text("utf-8").splitlines()
    ]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, compressed or not."""
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _calm(data: Path, chance: random.Random) -> list[Example]:
    """Comments on articles, on talk pages and in other languages: rude perhaps, but not spam."""
    english = [row["comment_text"] for row in rows_of(data / "civil_train.csv.xz")]
    talk = [
        row["comment_text"]
        for row in rows_of(data / "jigsaw_train.csv.xz")
        if row["form"] != "cleaned" and row["toxic"] == "0"
    ]
    others = [row["text"] for row in rows_of(data / "languages_train.csv.xz")]
    return [
        Example(text[:_LONGEST], False, "calm", 0.2)
        for texts in (english, talk, others)
        for text in chance.sample(texts, min(_CALM, len(texts)))
    ]


def fit(given: Sequence[Example]) -> Model:
    """A model fitted to these examples. The same examples give the same weights."""
    rows, columns, values, wanted, weights = _matrix(given)
    rarity = _rarity(rows, columns, wanted)
    spam = wanted > 0.5
    weights = np.where(spam, weights * weights[~spam].sum() / weights[spam].sum(), weights)
    weights = weights / weights.sum()
    found = np.zeros(SIZE)
    first, second = np.zeros(SIZE), np.zeros(SIZE)
    for step in range(1, _ROUNDS + 1):
        logits = np.bincount(rows, found[columns] * values, len(wanted))
        errors = (1 / (1 + np.exp(-logits)) - wanted) * weights
        slope = np.bincount(columns, errors[rows] * values, SIZE) + _DECAY * found * _KEPT
        first += 0.1 * (slope - first)
        second += 0.001 * (slope**2 - second)
        found -= _PACE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return Model(found.astype(np.float32), rarity)


def _rarity(
    rows: NDArray[np.int64], columns: NDArray[np.int64], wanted: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The rarity of each feature in harmless stretches; steeper than a logarithm, so that an
    unusual trait still outweighs common words."""
    harmless = wanted[rows] < 0.5
    pairs = np.unique(rows[harmless] * SIZE + columns[harmless])
    share = (np.bincount(pairs % SIZE, minlength=SIZE) + 0.5) / ((wanted < 0.5).sum() + 1)
    rarity: NDArray[np.float32] = np.clip(-np.log(share) / np.log(_RARE), _COMMON, 1) ** 1.5
    return rarity.astype(np.float32)


_KEPT = np.ones(SIZE)
_KEPT[BIAS] = 0.0


def _matrix(given: Iterable[Example]) -> tuple[NDArray[Any], ...]:
    rows: list[NDArray[Any]] = []
    columns: list[NDArray[Any]] = []
    values: list[NDArray[Any]] = []
    wanted: list[float] = []
    weights: list[float] = []
    for each in given:
        reading = reading_of(each.text, normalise(each.text))
        hosts = scan_links(each.text)
        for stretch in islice(stretches(reading, hosts), 1 if each.spam else 3):
            picked = reading.words.numbers[:, stretch.start : stretch.end].ravel()
            traits = np.array([BIAS, *stretch.traits, *stretch.links], np.int64)
            worth = np.full(len(traits), TRAIT)
            worth[0] = 1.0
            worth[1 + len(stretch.traits) :] *= stretch.share
            columns += [picked, traits]
            values += [np.full(len(picked), scale(stretch.end - stretch.start)), worth]
            rows.append(np.full(len(picked) + len(traits), len(wanted)))
            wanted.append(float(each.spam))
            weights.append(each.weight)
    joined = tuple(map(np.concatenate, (rows, columns, values)))
    return *joined, np.array(wanted), np.array(weights)
