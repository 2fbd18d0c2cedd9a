"""Undo disguises: from a text to what a reader makes of it, with offsets into the original.

Two stages. `fold` works on characters (case, accents, invisible and look-alike characters, letters
spelled apart); `plain_word` works on one run of non-space characters and is a pure function, so
that callers that need no offsets may cache it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .lookalikes import KNOWN, KNOWN_BY_FIRST, LEET, LEET_L, LOOKALIKES, fold_char
from .points import ByPoint, Rewritten, points, text_of

if TYPE_CHECKING:
    from .points import Numbers, Truths

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Normalised:
    """A text without disguise; its i-th character comes from `starts[i]` to `ends[i]` in the
    original.

    Spans are half-open, ascend, and cover whole characters: an accent, a joiner or a variation
    selector belongs to the character before it.
    """

    text: str
    starts: Numbers
    ends: Numbers

    @cached_property
    def offsets(self) -> list[Span]:
        """The span of each character in the original."""
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))


class _Fold(dict[int, str]):
    """A self-filling `str.translate` table; every value comes from `fold_char`."""

    def __missing__(self, code: int) -> str:
        value = self[code] = fold_char(chr(code))
        return value


_FOLD = _Fold()
_SIZES = ByPoint(lambda char: len(_FOLD[ord(char)]) + 1, np.uint8)  # of what it folds to; plus 1
_LONE_FLAG_LETTER = re.compile(
    "(?<![\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff](?![\U0001f1e6-\U0001f1ff])"
)
_OTHER_LETTER = re.compile("[\u0370-\u058f\u13a0-\u13ff\u1400-\u167f\ua4d0-\ua4ff]")
_LATIN_LETTER = re.compile("[a-z]")
_SPELLED = re.compile(
    r"(?<![^\W_])(?<![@$])[^\W\d_](?P<gap>[ ]{1,3}|,|[ ]?[.\-_*~|/·+][ ]?)"
    r"(?:[a-z0-9@$!*](?P=gap))+[^\W_](?![^\W_])"
)
# A single letter, a gap and another; found from the gap, which is rarer than a letter, and first by
# what is behind it, which tells most.
_SPELLED_HINT = re.compile(
    r"[ .\-_*,~|/·+](?=[ .\-_*,~|/·+]{0,2}[a-z0-9@$!*][ .\-_*,~|/·+])"
    r"(?<=[^\W\d_].)(?<![^\W_][^\W\d_].)"
)
_CHUNK = re.compile(r"\S+")
_CORE = re.compile(r"(?<![\w@$!|+€£¥*#%&^~.\-'])[\w@$!|+€£¥*#%&^~.\-']*\w[\w@$|+€£¥*#%&^~.\-']*")
_ODD = re.compile(
    r"[^\W\d_][0-9@$!|+€£¥*#%&^~_.\-]+[^\W_]|[0-9@$!|+€£¥*#][a-z]|[a-z][*#@$]|([a-z])\1\1|[^\W_a-z0-9]"
)
_ADDRESS = re.compile(r"https?:|www\.|^@\w|\w@\w+\.\w|^#\w|\w\.(?:com|org|net|edu|gov|html?|php)\b")
_MASK = re.compile(r"[*#@$%!&^~_.\-]+")
_INNER = re.compile(r"(?<=[a-z])[*._~^`|\-+']+(?=[a-z])")
_RUN = re.compile(r"([a-z])\1{2,}")
_LONGEST = 40  # of words that are looked up
_ENDS = (".", ",", "!", "?", ":", ";")
_DOUBLE = re.compile(r"([a-z])\1+")
_LEET_WORD = re.compile(r"[a-z0-9$]+")
_LEET_INSIDE = re.compile(r"(?<=[a-z])[01345780$]{1,2}(?=[a-z])")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|k|m|kg|km|x|cm|mm|gb|mb|bn|yo)?|[a-z]{1,2}\d+")


def _reads_as_latin(text: str) -> bool:
    """Whether look-alikes are likely a disguise: most letters are Latin."""
    others = len(_OTHER_LETTER.findall(text))
    return others > 0 and len(_LATIN_LETTER.findall(text)) >= others


def _spelled(text: str) -> list[tuple[int, int, str]]:
    """Edits that join letters spelled apart: `i d i o t`, `i.d.i.o.t`. At least three letters."""
    if not _SPELLED_HINT.search(text):
        return []
    edits = []
    for match in _SPELLED.finditer(text):
        gap = match["gap"]
        start, joined = match.start(), match[0].replace(gap, "")
        if joined[0] in "ai" and joined not in KNOWN and _known(joined[1:]):
            start, joined = start + 1 + len(gap), joined[1:]  # preceded by an article or a pronoun
        if sum(c.isalpha() for c in joined) >= 3:
            edits.append((start, match.end(), gap))
    return edits


def _translated(text: str) -> str:
    """The character stage without offsets."""
    if text.isascii():
        return text.translate(_FOLD) if not text.isprintable() else text.lower()
    text = _LONE_FLAG_LETTER.sub(lambda m: chr(ord(m[0]) - 0x1F1E6 + 97), text)
    return text.translate(_FOLD)


def fold(text: str) -> tuple[str, bool]:
    """The character stage: the folded text, and whether to read look-alikes as Latin letters."""
    folded, at = _translated(text), 0
    parts: list[str] = []
    for start, end, gap in _spelled(folded):
        parts += folded[at:start], folded[start:end].replace(gap, "")
        at = end
    folded = "".join([*parts, folded[at:]])
    return folded, not folded.isascii() and _reads_as_latin(folded)


def plain_words(text: str) -> list[str]:
    """The words of the normalized text, punctuation still attached. Fast: no offsets."""
    folded, latin = fold(text)
    return [plain_word(chunk, latin) for chunk in folded.split()]


def plain_word(chunk: str, latin: bool) -> str:
    """One run of non-space characters, undisguised. `latin`: read look-alikes as Latin letters."""
    changed = _changed_once(chunk, latin) if len(chunk) <= _LONGEST else _changed(chunk, latin)
    return chunk if changed is None else "".join([letters for letters, _, _ in changed])


def _changed(chunk: str, latin: bool) -> tuple[tuple[str, int, int], ...] | None:
    """The pieces of an undisguised chunk; None if it stays as it is."""
    word = chunk[:-1] if chunk[-1:] in _ENDS else chunk
    if word.isalpha() and word.isascii() and word.islower() and not _RUN.search(word):
        return None  # most words; `_ODD` matches nothing in them either
    pieces = _pieces(chunk, latin)
    return None if pieces == [(chunk, 0, len(chunk))] else tuple(pieces)


_changed_once = lru_cache(maxsize=4096)(_changed)


def _pieces(chunk: str, latin: bool) -> list[tuple[str, int, int]]:
    """The undisguised chunk in pieces, each with its span in the chunk."""
    if not _ODD.search(chunk):
        return [(chunk, 0, len(chunk))]
    if not chunk.isascii():
        chunk = _read_as_latin(chunk, latin)
    if _ADDRESS.search(chunk) and not _known(chunk.rstrip(".,!?:;")):
        return [(chunk, 0, len(chunk))]
    pieces, at = [], 0
    for core in _CORE.finditer(chunk):
        start, end = core.span()
        if at < start:
            pieces.append((chunk[at:start], at, start))
        kept, read = _read_once(core[0]) if len(core[0]) <= _LONGEST else _read(core[0])
        pieces.append((read, start, start + kept))
        at = start + kept
        if at < end:
            pieces.append((chunk[at:end], at, end))
            at = end
    if at < len(chunk):
        pieces.append((chunk[at:], at, len(chunk)))
    return pieces


def _read_as_latin(chunk: str, latin: bool) -> str:
    """The chunk with look-alikes as Latin letters, if it mixes scripts or, in Latin text, consists
    only of look-alikes."""
    if not _LATIN_LETTER.search(chunk) and not (
        latin and all(c in LOOKALIKES for c in chunk if c.isalpha())
    ):
        return chunk
    return "".join(LOOKALIKES.get(c, c) for c in chunk)


@lru_cache(maxsize=4096)
def _read_once(core: str) -> tuple[int, str]:
    return _read(core)


def _read(core: str) -> tuple[int, str]:
    """One word read: how many of its characters were read, and the reading."""
    trimmed = core.rstrip(".-!'~^&+|%")
    for candidate in dict.fromkeys((core, trimmed, trimmed.rstrip("*#@$_"))):
        found = _known(candidate)
        if found:
            return len(candidate), found
    if not trimmed or _ORDINAL.fullmatch(trimmed):
        return len(core), core
    read = trimmed
    if _LEET_WORD.fullmatch(read) and 2 * sum(c.isalpha() for c in read) >= len(read):
        read = _LEET_INSIDE.sub(lambda m: m[0].translate(LEET), read)
    read = _RUN.sub(r"\1\1", read)
    return len(trimmed), read


def _known(word: str) -> str | None:
    """The word that `word` most likely hides, if it is one that people hide."""
    if not 2 < len(word) <= _LONGEST or word in KNOWN:
        return word if word in KNOWN else None
    for table in (LEET, LEET_L):
        read = _INNER.sub("", word.translate(table))
        if read in KNOWN:
            return read
        if _DOUBLE.search(read):
            for variant in _shortened(read):
                if variant in KNOWN:
                    return variant
    return _unmasked(word)


def _shortened(word: str) -> list[str]:
    """Readings of a word with drawn-out letters: each run as two letters or as one."""
    runs = _DOUBLE.findall(word)
    if len(runs) > 4:
        return [_DOUBLE.sub(r"\1", word)]
    variants = [""]
    at = 0
    for run in _DOUBLE.finditer(word):
        before = word[at : run.start()]
        variants = [v + before + run[1] * n for v in variants for n in (2, 1)]
        at = run.end()
    return [v + word[at:] for v in variants]


def _unmasked(word: str) -> str | None:
    """`f**k`, `sh*t`, `b***h`: the first known word that fits around the mask."""
    runs = _MASK.findall(word)
    letters = len(word) - sum(map(len, runs))
    if not runs or not word[0].isalpha() or letters < 1 or (letters == 1 and len(runs[0]) < 2):
        return None
    if not any(c in "*#@$%" for run in runs for c in run) or len(word) > 16:
        return None
    pieces = _MASK.split(word)
    found = [
        each
        for each in KNOWN_BY_FIRST.get(word[0], ())
        if each.startswith(pieces[0]) and len(word) <= len(each) <= len(word) + len(runs)
        if _fits(pieces, list(map(len, runs)), each)
    ]
    return min(found, key=lambda w: len(w) != len(word), default=None)


def _fits(pieces: list[str], hidden: list[int], word: str) -> bool:
    """Whether the pieces stand in `word` in order, apart by each mask's length or one more."""
    places = {len(pieces[0])}
    for size, piece in zip(hidden, pieces[1:], strict=True):
        behind = {place + n for place in places for n in (size, size + 1)}
        places = {place + len(piece) for place in behind if word.startswith(piece, place)}
    return len(word) in places


def normalise(text: str) -> Normalised:
    """The text without disguise, and the origin of each of its characters.

    Words are separated by single spaces. `normalise(t).text == " ".join(plain_words(t))`.
    """
    folded, starts, ends = _folded_with_places(text)
    read = Rewritten(folded)
    latin = not folded.isascii() and _reads_as_latin(folded)
    gap, at = -1, 0  # the end of the last chunk, and the begin of the next
    for chunk in folded.split(" "):
        base, at = at, at + len(chunk) + 1
        if not chunk:
            continue
        if base - gap > 1:  # not after exactly one space
            read.becomes(" " if gap >= 0 else "", max(gap, 0), base)
        gap = at - 1
        pieces = _changed_once(chunk, latin) if len(chunk) <= _LONGEST else _changed(chunk, latin)
        for letters, start, end in pieces or ():
            if letters != chunk[start:end]:
                read.becomes(letters, base + start, base + end)
    kept, firsts, lasts = read.up_to(max(gap, 0))
    return Normalised(kept, starts[firsts], ends[lasts])


def _folded_with_places(text: str) -> tuple[str, Numbers, Numbers]:
    """The character stage, and where each character begins and ends in the original; the text
    equals that of `fold`."""
    if text.isascii() and text.isprintable():
        folded, starts = text.lower(), np.arange(len(text))
        ends = starts + 1
    else:
        source = _LONE_FLAG_LETTER.sub(lambda m: chr(ord(m[0]) - 0x1F1E6 + 97), text)
        folded, sizes = source.translate(_FOLD), _SIZES[points(source)] - 1
        seen = np.flatnonzero(sizes)  # what becomes nothing belongs to the character before it
        starts = np.repeat(seen, sizes[seen])
        ends = np.repeat(np.append(seen, len(source))[1:], sizes[seen])
    if spelled := _spelled(folded):
        kept = _without_gaps(folded, spelled)
        starts, ends = starts[kept], ends[kept]
        folded = text_of(points(folded)[kept])
    return folded, starts, ends


def _without_gaps(folded: str, edits: list[tuple[int, int, str]]) -> Truths:
    """Which characters stay where letters spelled apart are joined."""
    kept = np.ones(len(folded), np.bool_)
    for start, end, gap in edits:
        at = start + 1
        while (at := folded.find(gap, at, end)) >= 0:
            kept[at : at + len(gap)] = False
            at += len(gap)
    return kept
