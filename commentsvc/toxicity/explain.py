"""Which words carried a score: each is left out in turn and the change is measured."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from . import tokens
from .modelfile import Floats, Model
from .network import Vectors, logits
from .normalise import Normalised, normalise
from .scorer import LABELS, Weight

BUDGET = 96
"""Forward passes for one explanation; in longer texts whole stretches are left out first."""
_LEAST = 0.02


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    token: str


def _words(text: str) -> list[_Word]:
    """The tokens the model reads, each with its stretch of the original text."""
    seen = tokens.window(text)
    normal = normalise(seen)
    cut = len(text) - tokens.MAX_CHARS // 3  # where the tail of a long text begins
    shift = 0 if seen == text else cut - (tokens.MAX_CHARS * 2 // 3 + 1)
    found, at = [], 0
    for word in normal.text[: 2 * tokens.MAX_CHARS].split(" "):
        for token, start, end in tokens.split_spans(word):
            begin, stop = _original(normal, at + start, at + end)
            if begin > tokens.MAX_CHARS * 2 // 3:
                begin, stop = begin + shift, stop + shift
            found.append(_Word(begin, whole_end(text, stop), token))
        at += len(word) + 1
    return tokens.ends(found)


def _original(normal: Normalised, start: int, end: int) -> tuple[int, int]:
    return normal.offsets[start][0], normal.offsets[end - 1][1]


def whole_end(text: str, end: int) -> int:
    """The end of the character that `end` falls into: accents, joiners and tones stay with it."""
    while end < len(text) and (
        unicodedata.category(text[end]) in ("Mn", "Me", "Mc")
        or text[end] == "\u200d"
        or text[end - 1] == "\u200d"
        or "\U0001f3fb" <= text[end] <= "\U0001f3ff"
    ):
        end += 1
    return end


def explain(model: Model, vectors: Vectors, text: str, label: str) -> list[Weight]:
    """Weights of the words, heaviest first. Words that change next to nothing are left out."""
    words = _words(text)
    if not words:
        return []
    matrix = vectors.of_tokens([w.token for w in words])
    shape = tokens.shape(text, len(words))
    column = LABELS.index(label)

    def without(keep: np.ndarray) -> float:
        rest: Floats = matrix[keep] if keep.any() else np.zeros_like(matrix[:1])
        return float(logits(model, rest, shape)[column])

    whole = without(np.ones(len(words), bool))
    lost = np.zeros(len(words))
    for start, end in _stretches(len(words), whole, without):
        keep = np.ones(len(words), bool)
        keep[start:end] = False
        lost[start:end] = (whole - without(keep)) / (end - start)
    total = float(np.abs(lost).sum())
    if total == 0:
        return []
    weights = [
        Weight(w.start, w.end, float(d / total), label)
        for w, d in zip(words, lost, strict=True)
        if abs(d) / total >= _LEAST and any(c.isalnum() or ord(c) > 0x2000 for c in w.token)
    ]
    return sorted(weights, key=lambda w: -w.share)


def _stretches(count: int, whole: float, without) -> list[tuple[int, int]]:
    """What to leave out: every word, or in a long text the words of the weightiest stretches."""
    if count <= BUDGET:
        return [(i, i + 1) for i in range(count)]
    size = 8
    blocks = [(i, min(i + size, count)) for i in range(0, count, size)]
    effects = []
    for start, end in blocks:
        keep = np.ones(count, bool)
        keep[start:end] = False
        effects.append(abs(whole - without(keep)))
    fine = sorted(range(len(blocks)), key=lambda i: -effects[i])[: (BUDGET - len(blocks)) // size]
    return [
        (at, at + 1) if i in fine else (at, end)
        for i, (start, end) in enumerate(blocks)
        for at in (range(start, end) if i in fine else (start,))
    ]
