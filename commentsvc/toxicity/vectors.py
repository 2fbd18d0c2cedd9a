"""Vectors and language evidence of tokens, cached for known words; the tokens of a text and of its
parts are looked up once."""

from __future__ import annotations

from itertools import accumulate, chain, islice
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import language, tokens
from .language import mean_of_pieces
from .normalise import plain_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from .modelfile import Floats, Model
    from .sentences import Span

    Order = NDArray[np.intp]
    _Kept = tuple[NDArray[np.int16], Order | None, list[Span]]

KEPT_TOKENS = 32768
KEPT_WORDS = 40960
_LONGEST = 12_000
"""Characters: all new words of such a text fit into half of the cache at once."""
_FEW = 100
"""So many tokens are not worth finding out which are the same."""


class Laid(NamedTuple):
    """The tokens of a text as a whole and of its parts, side by side."""

    vectors: Floats
    """[distinct tokens, width]"""
    order: Order
    """Which of these vectors each token has."""
    ranges: list[Span]
    """Where in the order the whole and each part begin and end."""
    said: Floats
    """The summed language evidence of the whole."""

    @property
    def size(self) -> int:
        """The number of tokens of the whole."""
        return self.ranges[0][1] - self.ranges[0][0]

    @property
    def whole(self) -> Floats:
        """The vectors of the tokens of the whole."""
        return self.vectors.take(self.order[slice(*self.ranges[0])], 0)


class Vectors:
    """Vectors and language evidence of tokens, in a bounded cache.

    Thread-safe: rows are looked up and copied out under one lock.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._width = model.table.shape[1]
        # Integers halve the memory and are read faster than half floats. A token is at most twice a
        # row of a table: its own row, plus the mean of its pieces' rows.
        most = 2 * 127 * float(np.abs(model.scale).max()), 2 * 127 * model.language_step
        limit = np.iinfo(np.int16).max
        self._step = np.float32(most[0] / limit or 1.0)
        self._evidence_step = np.float32(max(most[1], language.STRONGEST) / limit)
        width = self._width + len(model.languages)
        self._rows = np.zeros((KEPT_TOKENS, width), np.int16)
        self._token_row: dict[str, int] = {}
        self._word_rows: dict[str, tuple[int, ...]] = {}
        self._latin_rows: dict[str, tuple[int, ...]] = {}
        self._lock = Lock()

    def of_text(self, text: str) -> tuple[Floats, Floats]:
        """Vectors of the tokens that are read of a text, and their summed language evidence."""
        chunks, latin = tokens.chunks(text)
        with self._lock:
            kept = self._rows.take(self._which(chunks, latin), 0)
        return np.multiply(kept[:, : self._width], self._step), self._said(kept)

    def laid_out(self, text: str, places: Sequence[Span] = ()) -> Laid:
        """The tokens of a text and of these parts of it, each looked up once where that is the same."""
        few = not places or len(text) > _LONGEST
        words = None if few else tokens.words_apart(text, places)
        with self._lock:
            found = None if words is None else self._together(words)
            kept, order, ranges = found or self._apart([text, *(text[a:b] for a, b in places)])
        here = slice(*ranges[0])
        whole = kept[here] if order is None else kept.take(order[here], 0)
        return Laid(
            np.multiply(kept[:, : self._width], self._step),
            np.arange(len(kept)) if order is None else order,
            ranges,
            self._said(whole),
        )

    def _said(self, kept: NDArray[np.int16]) -> Floats:
        said: Floats = np.add.reduce(kept[:, self._width :], 0, np.float32) * self._evidence_step
        return said

    def _together(self, words: tokens.Apart) -> _Kept | None:
        """The cached rows of all tokens, and where each text's are; None if a part has too many."""
        found = self._looked_up([*chain.from_iterable(words.pieces), *(words.whole or ())], False)
        every = [0, *accumulate(map(len, found))]
        bounds = [every[at] for at in accumulate(map(len, words.pieces), initial=0)]
        ranges = [(bounds[first], bounds[last]) for first, last in words.places]
        if any(end - begin > tokens.MOST for begin, end in ranges):
            return None
        rows, last = [*chain.from_iterable(found)], bounds[-1]
        if words.whole is not None:
            rows[last:] = tokens.ends(rows[last:])
            ranges.insert(0, (last, len(rows)))
        elif last <= tokens.MOST:
            ranges.insert(0, (0, last))
        else:
            rows += tokens.ends(rows)
            ranges.insert(0, (last, len(rows)))
        if len(rows) <= _FEW:
            return self._rows.take(rows, 0), None, ranges
        distinct, order = np.unique(np.array(rows, np.intp), return_inverse=True)
        return self._rows.take(distinct, 0), order, ranges

    def _apart(self, texts: Sequence[str]) -> _Kept:
        """The same for texts that are looked up one by one."""
        if len(texts) == 1:
            rows = self._which(*tokens.chunks(texts[0]))
            return self._rows.take(rows, 0), None, [(0, len(rows))]
        kept = self._rows_of(texts)
        ends = [*accumulate(map(len, kept))]
        return np.concatenate(kept), None, [*zip([0, *ends[:-1]], ends, strict=True)]

    def evidence_of_parts(self, texts: Iterable[str]) -> list[tuple[Floats, int]]:
        """The summed language evidence and the number of tokens of each of several texts."""
        with self._lock:
            kept = self._rows_of(texts)
        return [(self._said(rows), len(rows)) for rows in kept]

    def _rows_of(self, texts: Iterable[str]) -> list[NDArray[np.int16]]:
        """The cached rows of the tokens of each text."""
        read = [*map(tokens.chunks, texts)]
        self._learn_together(read)
        kept = []
        for chunks, latin in read:
            which = self._which(chunks, latin)
            # now: the next text may evict these rows
            kept.append(self._rows.take(which, 0) if which else self._rows[:0])
        return kept

    def _learn_together(self, read: Sequence[tuple[list[str], bool]]) -> None:
        """Learn the new words of several texts at once: a computation costs far more than a word.
        Too many for half of the cache are left to be learned text by text."""
        for latin in (False, True):
            words = chain.from_iterable(chunks for chunks, same in read if same is latin)
            known = self._known(latin)
            new = [word for word in dict.fromkeys(words) if word not in known]
            if new and sum(map(len, new)) <= KEPT_TOKENS // 2:
                self._learn(new, latin)

    def of_tokens(self, names: Sequence[str]) -> Floats:
        """Vectors of ready-made tokens."""
        with self._lock:
            self._make_room(len(names))
            self._add(names)
            kept = self._rows.take([self._token_row[name] for name in names], 0)
        return np.multiply(kept[:, : self._width], self._step)

    def _which(self, chunks: Sequence[str], latin: bool) -> list[int]:
        """The row numbers of a text's tokens."""
        return tokens.ends([*chain.from_iterable(self._looked_up(chunks, latin))])

    def _looked_up(self, chunks: Sequence[str], latin: bool) -> list[tuple[int, ...]]:
        """The row numbers of each word's tokens."""
        try:
            return [*map((self._latin_rows if latin else self._word_rows).__getitem__, chunks)]
        except KeyError:
            return self._learn(chunks, latin)

    def _learn(self, chunks: Sequence[str], latin: bool) -> list[tuple[int, ...]]:
        """Rows of all chunks; new ones are computed together."""
        known = self._known(latin)
        new = [c for c in dict.fromkeys(chunks) if c not in known]
        if self._make_room(sum(map(len, new))):
            known = self._known(latin)
            new = [c for c in dict.fromkeys(chunks) if c not in known]
        cut = [tokens.split(plain_word(chunk, latin)) for chunk in new]
        self._add([token for names in cut for token in names])
        row_of = self._token_row.__getitem__
        known.update(zip(new, [tuple(map(row_of, names)) for names in cut], strict=True))
        return list(map(known.__getitem__, chunks))

    def _known(self, latin: bool) -> dict[str, tuple[int, ...]]:
        return self._latin_rows if latin else self._word_rows

    def _make_room(self, count: int) -> bool:
        """Evict the newest rows if those left might not suffice for `count` more tokens: the first
        ones in the cache are the frequent words."""
        kept = len(self._word_rows) + len(self._latin_rows)
        if len(self._token_row) + count <= KEPT_TOKENS and kept <= KEPT_WORDS:
            return False
        first = KEPT_TOKENS // 2  # more than any text has tokens
        self._token_row = {name: row for name, row in self._token_row.items() if row < first}
        self._word_rows, self._latin_rows = (
            {
                word: rows
                for word, rows in islice(known.items(), KEPT_WORDS // 4)
                if max(rows, default=0) < first
            }
            for known in (self._word_rows, self._latin_rows)
        )
        return True

    def _add(self, names: Sequence[str]) -> None:
        """Ensure that all these tokens have a row."""
        new = [name for name in dict.fromkeys(names) if name not in self._token_row]
        if new:
            at = len(self._token_row)
            self._compute(new, self._rows[at : at + len(new)])
            self._token_row.update(zip(new, range(at, at + len(new)), strict=True))

    def _compute(self, names: Sequence[str], out: NDArray[np.int16]) -> None:
        """Fill the rows of tokens; a vector is the word's row plus the mean of its pieces' rows."""
        model = self._model
        rows, starts, counts = tokens.rows(names)
        values = model.table.take(rows, 0) * (model.scale.take(rows) / self._step)[:, None]
        out[:, : self._width] = np.rint(mean_of_pieces(values, starts, counts))
        said = language.evidence(model, names, rows, starts, counts)
        out[:, self._width :] = np.rint(said / self._evidence_step)
