"""Which language a text is in, from evidence that each of its tokens adds; local and quick."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .language_words import NO_NAME, OTHER_SCRIPTS, SCRIPTS, SILENT
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
"""A text of fewer words tells its language only where that is `SURE`, and is not taken for English where a
language that is not scored has a share of `RATHER`, and twice as much as English."""
RATHER = 0.3
ACCENTED = 1 / 3
"""With letters that English has in names and loanwords only, it must have this share itself."""
DEFAULT = "en"
_PRIOR = 2.0  # what a likely language has in advance
_SCRIPT_WEIGHT = 1.6
_HAN, _KANJI_TOO = "zh", "ja"
_KANA = re.compile("[\u3041-\u30ff]")
_LONGEST = 10
STRONGEST = _SCRIPT_WEIGHT * _LONGEST
"""What a token's script says at most."""
_WRITTEN = frozenset(name for name, _, _ in SCRIPTS)


def script_of(token: str) -> str | None:
    """The language that a token's script stands for; None for Latin letters and non-letters."""
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
    """The language that one letter's script stands for, where English never writes with it."""
    code = ord(char)
    if code < 0x370 or unicodedata.name(char, "LATIN").startswith("LATIN"):
        return None
    for name, first, last in (*SCRIPTS, *OTHER_SCRIPTS):
        if first <= code <= last:
            return name
    return NO_NAME


def by_script(text: str) -> str | None:
    """The language of a text of which most letters, look-alikes read as what they look like, are of
    scripts that English never writes with; None for others."""
    if max(text, default="") < "\u0370":
        return None
    found = Counter(_foreign(char) for word in tokenise(text) for char in word if char.isalpha())
    latin = found.pop(None, 0)
    if found.total() <= latin:
        return None
    name = found.most_common(1)[0][0]
    return _KANJI_TOO if name == _HAN and _KANJI_TOO in found else name


def of_text(model: Model, text: str, said: Floats, count: int, likely: Collection[str] = ()) -> str:
    """The language of a text: by its script where that tells, else by what its `count` tokens say."""
    name = detect(model, said, count, likely)
    return name if name in _WRITTEN else by_script(text) or name


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
    """What each token says about each language: logits that add up over a text.

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
    """The language of a text from what all its `count` tokens say; the default unless it is sure, or the
    language is one of those that are likely there."""
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
    """The languages besides the one found that a short text may be in."""
    if count >= SHORT or not said.any():
        return []
    shares = _shares(model, said, likely)
    return [
        name
        for name, share in zip(model.languages, shares, strict=True)
        if share >= POSSIBLE and name != found
    ]


def is_doubtful(
    model: Model, text: str, said: Floats, count: int, *, found: str, likely: Collection[str] = ()
) -> bool:
    """Whether a text of fewer than `BRIEF` words, taken for a language that is scored, is rather in no
    known one, or in one that is not scored: what it scores then says nothing."""
    if count >= BRIEF or found in likely or found in _WRITTEN or not said.any():
        return False
    shares = _shares(model, said, likely)
    held = shares[model.languages.index(found)]
    if found != DEFAULT:
        return bool(held < SURE)
    if held < ACCENTED and any("\u00c0" <= char < "\u0250" for char in text):
        return True
    read = {DEFAULT, *model.network_languages, *model.heads}
    best = int(shares.argmax())
    is_other = model.languages[best] not in read and said[model.languages.index(DEFAULT)] < 0
    return bool(is_other and shares[best] >= max(RATHER, 2 * held))


def _shares(model: Model, said: Floats, likely: Collection[str]) -> Floats:
    total: Floats = said + model.language_bias
    if likely:
        total += [_PRIOR * (name in likely) for name in model.languages]
    total -= total.max()
    np.exp(total, out=total)
    total /= total.sum()
    return total
