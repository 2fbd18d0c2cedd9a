"""Undo disguises: from a text to what a reader makes of it, with offsets into the original.

Two stages. `fold` works on characters (case, accents, invisible and look-alike characters, letters
spelled apart); `plain_word` works on one run of non-space characters and is a pure function, so
that callers that need no offsets may cache it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .lookalikes import KNOWN, KNOWN_BY_FIRST, LEET, LEET_L, LOOKALIKES, fold_char

Span = tuple[int, int]


@dataclass(frozen=True)
class Normalised:
    """A text without disguise; `offsets[i]` is the span of its i-th character in the original.

    Spans are half-open, ascend, and cover whole characters: an accent, a joiner or a variation
    selector belongs to the character before it.
    """

    text: str
    offsets: list[Span]


class _Fold(dict[int, str]):
    """A self-filling `str.translate` table; every value comes from `fold_char`."""

    def __missing__(self, code: int) -> str:
        value = self[code] = fold_char(chr(code))
        return value


_FOLD = _Fold()
_LONE_FLAG_LETTER = re.compile(
    "(?<![\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff](?![\U0001f1e6-\U0001f1ff])"
)
_OTHER_LETTER = re.compile("[\u0370-\u058f\u13a0-\u13ff\u1400-\u167f\ua4d0-\ua4ff]")
_LATIN_LETTER = re.compile("[a-z]")
_SPELLED = re.compile(
    r"(?<![^\W_])(?<![@$])[^\W\d_](?P<gap>[ ]{1,3}|,|[ ]?[.\-_*~|/·+][ ]?)"
    r"(?:[a-z0-9@$!*](?P=gap))+[^\W_](?![^\W_])"
)
# A single letter, a gap and another; found from the gap, which is rarer than a letter.
_SPELLED_HINT = re.compile(
    r"[ .\-_*,~|/·+](?<=[^\W\d_].)(?<![^\W_][^\W\d_].)[ .\-_*,~|/·+]{0,2}[a-z0-9@$!*][ .\-_*,~|/·+]"
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
    folded = _translated(text)
    for start, end, gap in reversed(_spelled(folded)):
        folded = folded[:start] + folded[start:end].replace(gap, "") + folded[end:]
    return folded, not folded.isascii() and _reads_as_latin(folded)


def plain_words(text: str) -> list[str]:
    """The words of the normalized text, punctuation still attached. Fast: no offsets."""
    folded, latin = fold(text)
    return [plain_word(chunk, latin) for chunk in folded.split()]


@lru_cache(maxsize=4096)
def plain_word(chunk: str, latin: bool) -> str:
    """One run of non-space characters, undisguised. `latin`: read look-alikes as Latin letters."""
    word = chunk[:-1] if chunk[-1:] in _ENDS else chunk
    if word.isalpha() and word.isascii() and word.islower() and not _RUN.search(word):
        return chunk  # most words; `_ODD` matches nothing in them either
    return "".join(letters for letters, _, _ in _pieces(chunk, latin))


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
    folded, spans = _folded_with_spans(text)
    latin = not folded.isascii() and _reads_as_latin(folded)
    out: list[str] = []
    offsets: list[Span] = []
    gap = 0
    for chunk in _CHUNK.finditer(folded):
        base = chunk.start()
        if out:
            out.append(" ")
            offsets.append((spans[gap][0], spans[base - 1][1]))
        for letters, start, end in _pieces(chunk[0], latin):
            out.append(letters)
            offsets.extend(_spread(spans[base + start : base + end], len(letters)))
        gap = chunk.end()
    return Normalised("".join(out), offsets)


def _spread(spans: list[Span], count: int) -> list[Span]:
    """Spans for `count` new characters that replace the characters at `spans`."""
    if count == len(spans):
        return spans
    whole = (spans[0][0], spans[-1][1])
    return [whole] * count


def _folded_with_spans(text: str) -> tuple[str, list[Span]]:
    """The character stage with offsets; the text equals that of `fold`."""
    if text.isascii() and text.isprintable():
        folded, spans = text.lower(), [(i, i + 1) for i in range(len(text))]
    else:
        source = _LONE_FLAG_LETTER.sub(lambda m: chr(ord(m[0]) - 0x1F1E6 + 97), text)
        parts: list[str] = []
        spans = []
        for i, char in enumerate(source):
            value = _FOLD[ord(char)]
            parts.append(value)
            if value:
                spans.extend([(i, i + 1)] * len(value))
            elif spans and spans[-1][1] == i:
                last = spans[-1]
                k = len(spans)
                while k and spans[k - 1] == last:
                    k -= 1
                spans[k:] = [(last[0], i + 1)] * (len(spans) - k)
        folded = "".join(parts)
    for start, end, gap in reversed(_spelled(folded)):
        keep, at = [], start
        while at < end:
            if folded.startswith(gap, at) and at > start:
                at += len(gap)
            else:
                keep.append(at)
                at += 1
        spans[start:end] = [spans[k] for k in keep]
        folded = folded[:start] + "".join(folded[k] for k in keep) + folded[end:]
    return folded, spans
