"""Which words carried a score: each is left out in turn, and the change is measured."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import heads, tokens
from .labels import LABELS
from .network import logits
from .normalise import Normalised, normalise
from .scorer import Weight

if TYPE_CHECKING:
    from collections.abc import Callable

    from .heads import Head
    from .modelfile import Floats, Model
    from .vectors import Vectors

BUDGET = 96
"""Forward passes for one explanation; in longer texts whole stretches are left out first."""
_STRETCH = 8
_LEAST = 0.02
_JOINER = "\u200d"


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    token: str


def _words(text: str) -> list[_Word]:
    """The tokens the model reads, each with its span in the original text."""
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
            found.append(_Word(*whole(text, begin, stop), token))
        at += len(word) + 1
    return tokens.ends(found)


def _original(normal: Normalised, start: int, end: int) -> tuple[int, int]:
    return normal.offsets[start][0], normal.offsets[end - 1][1]


def _inside(text: str, at: int) -> bool:
    """Whether `at` falls inside a visible character: before an accent, a joiner, a tone."""
    if not 0 < at < len(text):
        return False
    return (
        unicodedata.category(text[at]) in ("Mn", "Me", "Mc")
        or _JOINER in (text[at], text[at - 1])
        or "\U0001f3fb" <= text[at] <= "\U0001f3ff"
        or (_is_flag(text[at]) and _is_flag(text[at - 1]) and _flags_before(text, at) % 2 == 1)
    )


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag(text[at - count - 1]):
        count += 1
    return count


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole characters, so that marking it never splits one."""
    while _inside(text, start):
        start -= 1
    while _inside(text, end):
        end += 1
    return start, end


def explain(model: Model, vectors: Vectors, text: str, label: str) -> list[Weight]:
    """Weights of the words for a label of the network, heaviest first; see `_weights`."""
    words = _words(text)
    if not words:
        return []
    matrix = vectors.of_tokens([w.token for w in words])
    shape = tokens.shape(text, len(words))
    column = LABELS.index(label)

    def of(keep: np.ndarray) -> float:
        rest: Floats = matrix[keep] if keep.any() else np.zeros_like(matrix[:1])
        return float(logits(model, rest, shape)[column])

    return _weights(words, label, of)


def explain_by_head(head: Head, text: str) -> list[Weight]:
    """Weights of the words for a language's own head, which has one label."""
    words = _words(text)
    names = [w.token for w in words]

    def of(keep: np.ndarray) -> float:
        return head.logit([name for name, kept in zip(names, keep, strict=True) if kept])

    return _weights(words, heads.LABEL, of) if words else []


def _weights(words: list[_Word], label: str, of: Callable[[np.ndarray], float]) -> list[Weight]:
    """Weights from `of`, the logit of a subset of words, without words of next to no effect."""
    lost = _losses(len(words), of)
    total = float(np.abs(lost).sum())
    if total == 0:
        return []
    shares: dict[tuple[int, int], float] = {}
    for word, part in zip(words, lost, strict=True):
        if any(c.isalnum() or c > "\u2000" for c in word.token):
            place = (word.start, word.end)
            shares[place] = shares.get(place, 0.0) + float(part) / total
    weights = [
        Weight(start, end, share, label)
        for (start, end), share in shares.items()
        if abs(share) >= _LEAST
    ]
    return sorted(weights, key=lambda w: -w.share)


def _losses(count: int, score: Callable[[np.ndarray], float]) -> np.ndarray:
    """What the score loses without each word; in a long text whole stretches are left out first,
    and only those that mattered most are split into words."""
    everything = np.ones(count, bool)
    full = score(everything)

    def loss(start: int, end: int) -> float:
        keep = everything.copy()
        keep[start:end] = False
        return (full - score(keep)) / (end - start)

    if count <= BUDGET:
        return np.array([loss(i, i + 1) for i in range(count)])
    stretches = [(at, min(at + _STRETCH, count)) for at in range(0, count, _STRETCH)]
    found = np.zeros(count)
    for start, end in stretches:
        found[start:end] = loss(start, end)
    left = (BUDGET - len(stretches)) // _STRETCH
    for start, _ in sorted(stretches, key=lambda s: -abs(found[s[0]]))[:left]:
        for at in range(start, min(start + _STRETCH, count)):
            found[at] = loss(at, at + 1)
    return found
