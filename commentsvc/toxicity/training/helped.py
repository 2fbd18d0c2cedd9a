"""Languages with little labeled data: they also learn from comments and words of our own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import heads, tokens
from . import own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data import Spoken

_ROWS = tokens.WORD_ROWS + tokens.PIECE_ROWS
_SYMBOLS = (*range(0x2600, 0x27C0), *range(0x1F300, 0x1F650), *range(0x1F900, 0x1FA00))
"""Hearts, faces and the like. A listed word that shares its row with one would make it an insult."""


@dataclass(frozen=True)
class Help:
    """What a head learns from besides labeled comments, and what each source counts."""

    shares: Mapping[str, float] = field(default_factory=dict)
    """By source of labeled comments; 1 for others. Those that count less follow another standard:
    they teach, but say nothing about how well the head ranks comments."""
    comments: float = 1.0
    """What each of our own comments counts."""
    kinds: float = 0.0
    """How freely a kind of words counts as a whole: so many times as freely as a single word."""


HELPED: dict[str, Help] = {"fr": Help(shares={"MLMA": 0.3}, comments=0.5, kinds=4.0)}


def texts(code: str) -> list[tuple[Spoken, float]]:
    """Our own comments in a language, and what each counts."""
    given = HELPED.get(code)
    return [(each, given.comments) for each in own.comments(code)] if given else []


def share_of(code: str, source: str) -> float:
    """What a labeled comment of a source counts."""
    given = HELPED.get(code)
    return given.shares.get(source, 1.0) if given else 1.0


def kinds(code: str) -> Any:
    """[rows, kinds]: the rows of the listed words of each kind, as a sparse matrix of what each
    counts, so that a listed word that no comment has counts too; None for languages without lists."""
    from scipy import sparse

    given = HELPED.get(code)
    if given is None or not given.kinds:
        return None
    listed = own.words(code)
    made = np.zeros((_ROWS, len(listed)))
    for at, words in enumerate(listed.values()):
        for word in words:
            if len(found := heads.words(tokens.tokenise(word))) == 1:
                made[_row(found[0]), at] = 1
    made[[_row(chr(each)) for each in _SYMBOLS]] = 0
    return sparse.csr_matrix(made * given.kinds)


def _row(token: str) -> int:
    return tokens.token_rows(token, tokens.WORD_ROWS, tokens.PIECE_ROWS)[0]
