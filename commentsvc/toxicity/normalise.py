"""Undo disguises: from a text to what a reader makes of it, with offsets into the original.

Two stages. `fold` works on characters (case, accents, invisible and look-alike characters, letters
spelled apart); `plain_word` works on one run of non-space characters and is a pure function, so
that callers that need no offsets may cache it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .hidden import LONGEST, known
from .lookalikes import KNOWN, LEET, LOOKALIKES, fold_char
from .points import ByPoint, Rewritten, points, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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
_FLAGS = np.uint32(0x1F1E6), np.uint32(25)  # the first of their letters, and how many follow it
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
# The same for long texts, with one sign for each kind of character: “a” for a letter or a digit, “@” for
# what stands for one, a space for a gap. That finds nothing faster than a pattern does.
_KINDS = bytes(
    97 if chr(c).isalnum() else 64 if c in b"@$!" else 32 if c in b" .-_,~|/+" else 45
    for c in range(256)
)
_ALONE = [
    b"%ba%b%b " % (first, b" " * gap, second)
    for first in (b"-", b" ", b"@")
    for second in (b"a", b"@")
    for gap in (1, 2, 3)
]
_LONG = 400
_CORE = re.compile(r"(?<![\w@$!|+€£¥*#%&^~.\-'])[\w@$!|+€£¥*#%&^~.\-']*\w[\w@$|+€£¥*#%&^~.\-']*")
_ODD = re.compile(
    r"[^\W\d_][0-9@$!|+€£¥*#%&^~_.\-]+[^\W_]|[0-9@$!|+€£¥*#][a-z]|[a-z][*#@$]|([a-z])\1\1|[^\W_a-z0-9]"
)
_ADDRESS = re.compile(r"https?:|www\.|^@\w|\w@\w+\.\w|^#\w|\w\.(?:com|org|net|edu|gov|html?|php)\b")
_RUN = re.compile(r"([a-z])\1{2,}")
_ENDS = (".", ",", "!", "?", ":", ";")
_LEET_WORD = re.compile(r"[a-z0-9$]+")
_LEET_INSIDE = re.compile(r"(?<=[a-z])[01345780$]{1,2}(?=[a-z])")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|k|m|kg|km|x|cm|mm|gb|mb|bn|yo)?|[a-z]{1,2}\d+")


def _reads_as_latin(text: str) -> bool:
    """Whether look-alikes are likely a disguise: most letters are Latin."""
    others = len(_OTHER_LETTER.findall(text))
    return others > 0 and len(_LATIN_LETTER.findall(text)) >= others


def may_be_spelled(folded: str) -> bool:
    """Whether letters may be spelled apart in a folded text."""
    return _SPELLED_HINT.search(folded) is not None


def _hints(text: str) -> list[int]:
    """Where a single letter may begin letters spelled apart; empty for most texts."""
    if len(text) > _LONG and text.isascii() and "*" not in text:
        kinds = (b"-" + text.encode()).translate(_KINDS)
        if not any(each in kinds for each in _ALONE):
            return []
    return [found.start() - 1 for found in _SPELLED_HINT.finditer(text)]


def _spelled(text: str, hints: Iterable[int] | None = None) -> list[tuple[int, int, str]]:
    """Edits that join letters spelled apart: `i d i o t`, `i.d.i.o.t`. At least three letters."""
    edits = []
    behind = 0
    for at in _hints(text) if hints is None else hints:
        match = _SPELLED.match(text, at) if at >= behind else None
        if match is None:
            continue
        gap, behind = match["gap"], match.end()
        start, joined = at, match[0].replace(gap, "")
        if joined[0] in "ai" and joined not in KNOWN and known(joined[1:]):
            start, joined = start + 1 + len(gap), joined[1:]  # preceded by an article or a pronoun
        if sum(c.isalpha() for c in joined) >= 3:
            edits.append((start, behind, gap))
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


def unmoved(text: str, places: Iterable[Span]) -> str | None:
    """The folded text, if each of its characters stands where it stood, no look-alikes are to be read
    as Latin, and no letters are spelled apart in it or in these parts, which begin and end at gaps: each
    part is then folded as it is alone."""
    folded = _translated(text)
    if "`" in text:  # becomes an apostrophe only beside characters that plain text lacks
        moved = not (text.isascii() and text.isprintable())
    elif text.isascii():
        moved = len(folded) != len(text)
    else:
        codes = points(text)
        moved = bool((_SIZES[codes] != 2).any() or (codes - _FLAGS[0] <= _FLAGS[1]).any())
        moved = moved or (not folded.isascii() and _OTHER_LETTER.search(folded) is not None)
    if moved:
        return None
    if hints := _hints(folded):
        hinted = {(a, b) for a, b in places if bisect_left(hints, a) < bisect_left(hints, b)}
        if _spelled(folded, hints) or any(_spelled(folded[a:b]) for a, b in hinted):
            return None
    return folded


def plain_words(text: str) -> list[str]:
    """The words of the normalized text, punctuation still attached. Fast: no offsets."""
    folded, latin = fold(text)
    return [plain_word(chunk, latin) for chunk in folded.split()]


def plain_word(chunk: str, latin: bool) -> str:
    """One run of non-space characters, undisguised. `latin`: read look-alikes as Latin letters."""
    changed = _changed_once(chunk, latin) if len(chunk) <= LONGEST else _changed(chunk, latin)
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
    if _ADDRESS.search(chunk) and not known(chunk.rstrip(".,!?:;")):
        return [(chunk, 0, len(chunk))]
    pieces, at = [], 0
    for core in _CORE.finditer(chunk):
        start, end = core.span()
        if at < start:
            pieces.append((chunk[at:start], at, start))
        kept, read = _read_once(core[0]) if len(core[0]) <= LONGEST else _read(core[0])
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
        found = known(candidate)
        if found:
            return len(candidate), found
    if not trimmed or _ORDINAL.fullmatch(trimmed):
        return len(core), core
    read = trimmed
    if _LEET_WORD.fullmatch(read) and 2 * sum(c.isalpha() for c in read) >= len(read):
        read = _LEET_INSIDE.sub(lambda m: m[0].translate(LEET), read)
    read = _RUN.sub(r"\1\1", read)
    return len(trimmed), read


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
        pieces = _changed_once(chunk, latin) if len(chunk) <= LONGEST else _changed(chunk, latin)
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
