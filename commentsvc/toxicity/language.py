"""Which language a text is in, from evidence that each of its tokens adds; local and quick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .language_words import SCRIPTS
from .modelfile import Floats, Model
from .tokens import WORD_ROWS

SURE = 0.9
"""A text counts as another language only from this probability on: `ok` and `lol` do not."""
DEFAULT = "en"
_SCRIPT_WEIGHT = 1.6
_LONGEST = 10


def script_of(token: str) -> str | None:
    """The language that a token's script stands for; None for Latin letters and non-letters."""
    char = token[0]
    if char < "\u0370" or not char.isalpha():
        return None
    code = ord(char)
    for name, first, last in SCRIPTS:
        if first <= code <= last:
            return name
    return None


def evidence(model: Model, tokens: Sequence[str], rows: np.ndarray, starts: np.ndarray) -> Floats:
    """What each token says about each language: logits that add up over a text.

    `rows` and `starts` are those of `tokens.rows`; the detector's table is smaller, so rows are
    folded into it, words into the first half, pieces into the second.
    """
    half = len(model.language_table) // 2
    folded = np.where(rows < WORD_ROWS, rows & (half - 1), half + (rows & (half - 1)))
    values = model.language_table[folded].astype(np.float32)
    counts = np.diff(starts, append=len(rows))[:, None] - 1
    whole = values[starts]
    made = (whole + (np.add.reduceat(values, starts) - whole) / counts) * model.language_step
    for i, token in enumerate(tokens):
        if not any(c.isalpha() for c in token):
            made[i] = 0
        elif not token.isascii():
            script = script_of(token)
            if script is not None:
                made[i] = 0
                made[i, model.languages.index(script)] = _SCRIPT_WEIGHT * min(len(token), _LONGEST)
    return made


def detect(model: Model, each: Floats) -> str:
    """The language of a text from the evidence of its tokens; the default unless it is sure."""
    total = each.sum(0) + model.language_bias
    total -= total.max()
    np.exp(total, out=total)
    best = int(total.argmax())
    name = model.languages[best]
    home = model.languages.index(DEFAULT)
    if name == DEFAULT or total[home] / total.sum() > 1 - SURE:
        return DEFAULT
    return name
