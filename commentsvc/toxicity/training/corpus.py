"""The texts to learn from: public rows, our own sentences, and variations of both."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .. import identity
from . import data, sentences
from . import text as training_text
from .data import UNKNOWN, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_NOTHING = (UNKNOWN,) * 6
_LONG, _SHORT = 1200, 160
"""Characters: an insult is one as well at the end of a long calm comment."""
_OFTEN, _TELLING = 10, 0.8
_RUDE = data.only_toxic(0.95)


@dataclass(frozen=True)
class Corpus:
    """Texts, their labels (NaN: unknown), where each came from, and which belong together."""

    texts: list[str]
    labels: NDArray[np.float32]
    sources: NDArray[np.str_]
    origins: NDArray[np.str_]
    kin: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Corpus:
        chosen = np.flatnonzero(mask)
        texts = [self.texts[i] for i in chosen]
        return Corpus(
            texts, self.labels[mask], self.sources[mask], self.origins[mask], self.kin[mask]
        )


def as_corpus(rows: Sequence[Row]) -> Corpus:
    """Rows as columns."""
    return Corpus(
        [r.text for r in rows],
        np.array([r.labels for r in rows], np.float32).reshape(-1, 6),
        np.array([r.source for r in rows]),
        np.array([r.origin for r in rows]),
        np.array([r.kin for r in rows]),
    )


def _clean(row: Row) -> bool:
    return row.labels[0] == 0.0 and not any(v > 0 for v in row.labels)


def _both(one: Row, other: Row) -> tuple[float, ...]:
    """Labels of two texts in one comment: as bad as the worse part, unknown if that is open."""
    return tuple(
        max(a, b) if a == a and b == b else (1.0 if 1.0 in (a, b) else UNKNOWN)
        for a, b in zip(one.labels, other.labels, strict=True)
    )


def _joined(one: Row, other: Row, pick: random.Random, source: str) -> Row:
    text = training_text.joined(one.text, other.text, pick)
    return replace(other, text=text, labels=_both(one, other), source=source)


def _some(rows: Sequence[Row], most: int, pick: random.Random) -> list[Row]:
    return pick.sample(rows, min(len(rows), most))


def _part(row: Row, pick: random.Random) -> Row | None:
    part = training_text.part_of(row.text, pick)
    if part is None:
        return None
    return replace(row, text=part, labels=row.labels if _clean(row) else _NOTHING, source="part")


def telling(rows: Sequence[Row]) -> frozenset[str]:
    """Words mostly found in toxic comments, except names of groups, which are there because of what
    is said about them."""
    toxic, all_in = Counter[str](), Counter[str]()
    for row in rows:
        if row.labels[0] == row.labels[0]:
            words = set(training_text.words_of(row.text))
            all_in.update(words)
            if row.labels[0] >= 0.5:
                toxic.update(words)
    return frozenset(
        word
        for word, often in toxic.items()
        if often >= _OFTEN and often >= _TELLING * all_in[word] and word not in identity.WORDS
    )


def _bit(rude: frozenset[str]) -> Callable[[Row, random.Random], Row | None]:
    """A few words of a comment as a comment: clean if the comment is clean and none of them is
    `rude`; toxic if the comment is toxic and one of them is."""

    def vary(row: Row, pick: random.Random) -> Row | None:
        clean = _clean(row)
        bit = training_text.bit_of(row.text, pick, None if clean else rude)
        if bit is None or (clean and training_text.names_any(bit, rude)):
            return None
        return replace(row, text=bit, labels=row.labels if clean else _RUDE, source="bit")

    return vary


def _swapped(row: Row, pick: random.Random) -> Row | None:
    text = identity.swapped(row.text, pick)
    return None if text is None else replace(row, text=text, source="swapped")


def _introduced(row: Row, pick: random.Random) -> Row | None:
    if len(row.text) > 600 or np.isnan(row.labels[0]):
        return None
    return replace(row, text=sentences.introduced(row.text, pick), source="introduced")


def _disguised(row: Row, pick: random.Random) -> Row | None:
    return replace(row, text=training_text.disguised(row.text, pick), source="disguised")


def _vary(
    rows: Sequence[Row],
    count: int,
    pick: random.Random,
    vary: Callable[[Row, random.Random], Row | None],
) -> list[Row]:
    """Up to `count` variations of random rows."""
    chosen = pick.sample(rows, min(len(rows), count * 4))
    made: list[Row] = []
    for row in chosen:
        varied = vary(row, pick)
        if varied is not None:
            made.append(varied)
            if len(made) >= count:
                break
    return made


@dataclass(frozen=True)
class Built:
    """The corpus to learn from, and the one held back for calibration."""

    learn: Corpus
    held: Corpus


def build(folder: Path, *, seed: int, share: float = 1.0, keep_out: Callable[[str], bool]) -> Built:
    """The whole corpus from the data in `folder`; `share` < 1 makes a small one for tests.

    Fully labeled Jigsaw rows whose text `keep_out` selects are held back with their variations.
    """
    pick = random.Random(seed)
    everything = data.load(folder, share=share)
    held = _held(everything, keep_out)
    apart = {id(r) for r in held}
    rows = [r for r in everything if id(r) not in apart]
    count = max(20, int(16000 * share))
    own = [
        Row(text, labels, "own", "own")
        for text, labels in sentences.sentences(count, seed=seed, sparing=True)
    ]

    made = own + _variations(rows, folder, pick, share)
    plain = [r for r in rows if len(r.text) < 1500] + own
    disguised = _vary(plain, _count(32000, share), pick, _disguised)
    return Built(as_corpus(rows + made + disguised), as_corpus(held))


def held_back(folder: Path, *, share: float, keep_out: Callable[[str], bool]) -> Corpus:
    """The rows that `build` holds back."""
    return as_corpus(_held(data.load(folder, share=share), keep_out))


def _held(rows: Sequence[Row], keep_out: Callable[[str], bool]) -> list[Row]:
    return [
        r
        for r in rows
        if r.source == "jigsaw_train" and keep_out(r.text) and not any(np.isnan(r.labels))
    ]


def _count(whole: int, share: float) -> int:
    return max(2, int(whole * share))


def snippets(comments: Sequence[Row], folder: Path, pick: random.Random, share: float) -> list[Row]:
    """A few words of comments, and of clean ones in other languages, as comments of their own."""
    bit = _bit(telling([r for r in comments if r.source == "jigsaw_train"]))
    made: list[Row] = []
    for rows, most in (
        ([r for r in comments if _clean(r)], 8000),
        ([r for r in comments if r.labels[0] == 1], 2000),
        (data.foreign(folder), 2000),
    ):
        made += _vary(rows, _count(most, share), pick, bit)
    return made


def _variations(rows: Sequence[Row], folder: Path, pick: random.Random, share: float) -> list[Row]:
    """Rows with swapped groups, introductions, cut short, joined and buried."""

    def count(whole: int) -> int:
        return _count(whole, share)

    comments = [r for r in rows if r.source.startswith(("jigsaw", "civil", "wiki"))]
    clean = [r for r in comments if _clean(r)]
    made = _vary(rows, count(12000), pick, _swapped)
    made += _vary(clean, count(6000), pick, _introduced)
    made += _vary(comments, count(3000), pick, _introduced)
    made += _vary(comments, count(24000), pick, _part)
    made += snippets(comments, folder, pick, share)
    long = [r for r in clean if len(r.text) > _LONG]
    short = [r for r in comments if r.labels[0] == 1 and len(r.text) < _SHORT]
    for source, calm, other, most in (
        ("joined", clean, rows, count(6000)),
        ("buried", long, short, count(2500)),
    ):
        pairs = zip(_some(calm, most, pick), _some(other, most, pick), strict=False)
        made += [_joined(a, b, pick, source) for a, b in pairs]
    return made
