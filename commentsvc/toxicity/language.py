"""Detect a text's language, from evidence that each of its tokens adds; local and fast."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .language_words import NO_NAME, OTHER_SCRIPTS, SCRIPTS, SILENT
from .lookalikes import only_latin
from .modelfile import SHIPPED
from .tokens import WORD_ROWS, tokenise

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from .modelfile import Floats, Model

SURE, SURE_OF_FEW = 0.7, 0.9
"""A text counts as another language only from this probability on, one of fewer than `FEW` words from the
second: `ok` and `lol` do not."""
FEW = 4
SHORT = 8
"""A text of fewer words may be in another language too, if that has a share of `POSSIBLE`."""
POSSIBLE = 0.1
BRIEF = 5
"""A text of fewer words tells its language only where that is `SURE`."""
ACCENTED = 1 / 3
"""With letters that English has in names and loanwords only, it must have this share itself."""
HALF, THIRD = 1 / 2, 1 / 3
"""A text that is not surely English is taken for it only if half of its words are English, or a third of
them where they are more than a few."""
LEADS = 2
"""… or where English has so many times the share of any other language."""
KNOWN = 16
"""A text of more words is not asked which it has."""
DEFAULT = "en"
_PRIOR = 2.0  # bonus for a likely language
_SCRIPT_WEIGHT = 1.6
_HAN, _KANJI_TOO = "zh", "ja"
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_DIGIT = re.compile(r"\d")
_KANA = re.compile("[\u3041-\u30ff]")
_LONGEST = 10
STRONGEST = _SCRIPT_WEIGHT * _LONGEST
"""What a token's script says at most."""
_WRITTEN = frozenset(name for name, _, _ in SCRIPTS)


def script_of(token: str) -> str | None:
    """The language that a token's script implies; None for Latin letters and non-letters."""
    char = token[0]
    if char < "\u0370" or not char.isalpha():
        return None
    code = ord(char)
    for name, first, last in SCRIPTS:
        if first <= code <= last:
            return _KANJI_TOO if name == _HAN and _KANA.search(token) else name
    return None


@lru_cache(maxsize=4096)
def _foreign(char: str) -> str | None:
    """The language that one letter's script implies, if English never uses that script."""
    code = ord(char)
    if code < 0x370 or unicodedata.name(char, "LATIN").startswith("LATIN"):
        return None
    for name, first, last in (*SCRIPTS, *OTHER_SCRIPTS):
        if first <= code <= last:
            return name
    return NO_NAME


def by_script(text: str) -> str | None:
    """The language of a text whose letters, look-alikes resolved, are mostly of scripts that
    English never uses; None for others."""
    if text.isascii() or only_latin(text):
        return None
    found = Counter(_foreign(char) for word in tokenise(text) for char in word if char.isalpha())
    latin = found.pop(None, 0)
    if found.total() <= latin:
        return None
    name = found.most_common(1)[0][0]
    return _KANJI_TOO if name == _HAN and _KANJI_TOO in found else name


@cache
def english_words() -> frozenset[str]:
    """Words that are common in English, and in no other language that uses its letters."""
    return frozenset(SHIPPED.with_name("english.txt").read_text("utf-8").split())


def known_share(text: str) -> float:
    """The share of words that are common in English, and in no other language that uses its
    letters. Names do not count, and a text of numbers counts as English."""
    english = english_words()
    found = [each for each in _WORDS.findall(text) if each.lower() not in SILENT]
    told = [
        each.lower().replace("\u2019", "'") in english
        for at, each in enumerate(found)
        if not (at and each.istitle())
    ]
    numbers = 2 * len(_DIGIT.findall(text)) >= sum(map(len, found))
    return sum(told) / len(told) if told and not numbers else 1.0


def of_text(model: Model, text: str, said: Floats, count: int, likely: Collection[str] = ()) -> str:
    """The language of a text: by its script if that decides, else by the evidence of its `count`
    tokens. A short text of English words and names is English, unless it is surely something else.
    """
    name = detect(model, said, count, likely)
    if name in _WRITTEN:
        return name
    if (script := by_script(text)) is not None:
        return script
    if name != DEFAULT and name not in likely and count < SHORT and known_share(text) >= HALF:
        return name if _shares(model, said, likely).max() >= SURE else DEFAULT
    return name


def mean_of_pieces(
    values: NDArray[np.int8] | Floats, starts: NDArray[np.int64], counts: NDArray[np.int64]
) -> Floats:
    """For each token its first row plus the mean of its other rows."""
    whole = values.take(starts, 0)
    made: Floats = np.add.reduceat(values, starts, dtype=np.float32)
    made -= whole
    made /= (counts - 1)[:, None]
    made += whole
    return made


def evidence(
    model: Model,
    tokens: Sequence[str],
    rows: NDArray[np.int32],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Floats:
    """The evidence of each token for each language: logits that add up over a text.

    `rows`, `starts` and `counts` are those of `tokens.rows`; the detector's table is smaller, so
    rows are folded into it, words into the first half, pieces into the second.
    """
    half = len(model.language_table) // 2
    folded = (rows & (half - 1)) + half * (rows >= WORD_ROWS)
    made = mean_of_pieces(model.language_table.take(folded, 0), starts, counts)
    made *= model.language_step
    for i, token in enumerate(tokens):
        if token.isascii():
            if token in SILENT or not (token.isalpha() or any(map(str.isalpha, token))):
                made[i] = 0
        elif (script := script_of(token)) is not None:
            made[i] = 0
            made[i, model.languages.index(script)] = _SCRIPT_WEIGHT * min(len(token), _LONGEST)
        elif not any(map(str.isalpha, token)):
            made[i] = 0
    return made


def detect(model: Model, said: Floats, count: int, likely: Collection[str] = ()) -> str:
    """The language of a text by the evidence of its `count` tokens; the default unless another one
    is sure, or is one of the `likely` ones."""
    sums: Floats = said + model.language_bias
    if not likely and model.languages[sums.argmax()] == DEFAULT:
        return DEFAULT
    total = _shares(model, said, likely)
    sure = SURE_OF_FEW if count < FEW else SURE
    best = int(total.argmax())
    name = model.languages[best]
    if name == _HAN and said[model.languages.index(_KANJI_TOO)] > 0:
        return _KANJI_TOO
    home = model.languages.index(DEFAULT)
    if name in likely and said[best] > said[home]:
        return name
    if name == DEFAULT or total[home] > 1 - sure:
        return DEFAULT
    return name


def others(
    model: Model, said: Floats, count: int, *, found: str, likely: Collection[str] = ()
) -> list[str]:
    """The other languages that a short text may be in."""
    if count >= SHORT or not said.any():
        return []
    return _possible(model, _shares(model, said, likely), found)


def others_of_parts(
    model: Model,
    told: Sequence[tuple[Floats, int]],
    found: Sequence[str],
    likely: Collection[str] = (),
) -> list[list[str]]:
    """The same for several texts, from the evidence and the number of tokens of each."""
    if not told:
        return []
    shares = _shares(model, np.array([said for said, _ in told]), likely)
    return [
        _possible(model, shares[at], code) if count < SHORT and said.any() else []
        for at, ((said, count), code) in enumerate(zip(told, found, strict=True))
    ]


def _possible(model: Model, shares: Floats, found: str) -> list[str]:
    return [
        name
        for at, share in enumerate(shares.tolist())
        if share >= POSSIBLE
        if (name := model.languages[at]) != found
    ]


def is_doubtful(
    model: Model, text: str, said: Floats, count: int, *, found: str, likely: Collection[str] = ()
) -> bool:
    """Whether a short text, detected as a scored language, is more likely in an unknown language or
    in one that is not scored: its scores are then meaningless."""
    if count >= KNOWN or found in _WRITTEN or not said.any():
        return False
    shares = _shares(model, said, [each for each in likely if each != DEFAULT])
    held = shares[model.languages.index(found)]
    if found != DEFAULT:
        return bool(count < BRIEF and found not in likely and held < SURE)
    if held >= SURE:
        return False
    leads = held >= LEADS * max(np.delete(shares, model.languages.index(DEFAULT)))
    if known_share(text) < (THIRD if leads or count >= BRIEF else HALF):
        return True
    return held < ACCENTED and any("\u00c0" <= char < "\u0250" for char in text)


def _shares(model: Model, said: Floats, likely: Collection[str]) -> Floats:
    """The probability of each language: the last axis."""
    total: Floats = said + model.language_bias
    if likely:
        total += [_PRIOR * (name in likely) for name in model.languages]
    total -= np.maximum.reduce(
        total, -1, keepdims=True
    )  # quicker than `max`, which scoring would feel
    np.exp(total, out=total)
    total /= np.add.reduce(total, -1, keepdims=True)
    return total
