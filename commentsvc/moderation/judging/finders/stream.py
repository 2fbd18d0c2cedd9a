"""A text as a stream of plain words: one space between two, a dot where a sentence ends, so that phrases
are looked for as phrases, whatever case, accents and punctuation they are written with."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .spans import Span

_TOKEN = re.compile(
    r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*|[.!?;:,\u2026\u060c\u061b\u061f\u3002\uff01\uff0c\uff1f\n]"
)
_BEFORE = " . "
_HEADING = re.compile(r"\[(\w+)\] (.+)")
_MACRO = re.compile(r"([A-Z]+) = (.+)")
_LITERAL = re.compile(r"(?<![\\[\w])[^\W\d_]{4,}(?![\w\]])")
_NAME = re.compile(r"\{([A-Z]+)\}")
_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019`\u00b4"))
_LEET = str.maketrans("01345", "oieas")
_QUOTED = re.compile(
    r"[\"\u201c\u201d\u201e\u00ab][^\"\u201c\u201d\u201e\u00ab\u00bb]{2,400}[\"\u201c\u201d\u00bb]|^>[^\n]*",
    re.M,
)


def _bases() -> dict[int, str]:
    """Latin letters with marks -> without, one for one, so that places stay."""
    found = {ord(letter): base for letter, base in zip("ıłŁøßđİ", "illosdi", strict=True)}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and code not in found:
            found[code] = base
    # Arabic: forms of alef, yeh and teh marbuta that writers do not tell apart
    return (
        found | {ord(each): "ا" for each in "أإآ"} | {ord("ى"): "ي", ord("ة"): "ه", ord("ё"): "е"}
    )


_BASES = _bases()


@dataclass(frozen=True)
class Stream:
    """`text` begins and ends like a sentence; `plain` is the source in small letters, place for place."""

    source: str
    plain: str
    text: str
    words: frozenset[str]

    @cached_property
    def _places(self) -> tuple[list[int], list[Span]]:
        """Where each word begins in the stream, and its place in the source."""
        begins, origins, at = [], [], len(_BEFORE)
        for found in _TOKEN.finditer(self.plain):
            begins.append(at)
            origins.append(found.span())
            at += len(_word(found[0])) + 1
        return begins, origins

    @cached_property
    def _quoted(self) -> list[Span]:
        """Stretches that repeat somebody else's words; a text that is nothing else says it itself."""
        found = [each.span() for each in _QUOTED.finditer(self.source)]
        inside = sum(end - start for start, end in found)
        return found if inside + 8 < len(self.source) else []

    def origin(self, start: int, end: int) -> Span:
        """Where the words of this stretch stand in the source."""
        begins, origins = self._places
        first = min(bisect_left(begins, start), len(begins) - 1)
        last = bisect_right(begins, end - 1) - 1
        return origins[first][0], origins[max(first, last)][1]

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a stretch of the source is somebody else's words."""
        return any(begin <= start and end <= stop for begin, stop in self._quoted)


def stream_of(source: str) -> Stream:
    """The words of a text."""
    plain = (source if source.isascii() else source.translate(_BASES)).lower()
    pieces = [each if each.isalpha() else _word(each) for each in _TOKEN.findall(plain)]
    return Stream(source, plain, f"{_BEFORE}{' '.join(pieces)} . ", frozenset(pieces))


def _word(token: str) -> str:
    """A token as the stream spells it."""
    if token.isalpha():
        return token
    if not token[0].isalnum():
        return "," if token in ",،，:;؛" else "."
    token = token.translate(_APOSTROPHES)
    return token.translate(_LEET) if any(map(str.isalpha, token)) else token


@dataclass(frozen=True)
class Phrase:
    """One kind of phrase: a text that has it has a word of each of `needs`; `pattern` finds it."""

    kind: str
    needs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Table:
    """The phrases of one file, and by word those that it makes likely."""

    phrases: tuple[Phrase, ...]
    likely: Mapping[str, list[Phrase]]

    @classmethod
    def of(cls, phrases: tuple[Phrase, ...]) -> Table:
        """With its index, by the words of each phrase's smallest need."""
        likely: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            for word in min(phrase.needs, key=len):
                likely.setdefault(word, []).append(phrase)
        return cls(phrases, likely)

    def for_words(self, words: frozenset[str]) -> list[Phrase]:
        """The phrases that a text with these words may have, in the order of the file."""
        found = {id(each) for word in words for each in self.likely.get(word, ())}
        likely = [each for each in self.phrases if id(each) in found] if found else []
        return [each for each in likely if not any(map(words.isdisjoint, each.needs))]


@lru_cache(maxsize=16)
def phrases(name: str) -> Table:
    """The phrases of a file beside this one, read when they are first looked for. `NAME = …` is put in
    for `{NAME}`; `[kind] a b + c d` begins those that need one of a and b and one of c and d; each other
    line is one of them. `…` stands for all words of those lines."""
    file = files(__package__) / "phrases" / f"{name}.txt"
    macros: dict[str, str] = {}
    found: list[tuple[str, str, list[str]]] = []
    for line in file.read_text("utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            found.append((heading[1], heading[2], []))
        elif defined := _MACRO.fullmatch(line):
            macros[defined[1]] = f"(?:{_filled(defined[2], macros)})"
        elif line and not line.startswith("#"):
            found[-1][2].append(_filled(line, macros))
    return Table.of(
        tuple(
            Phrase(kind, _needs(needs, each), re.compile(f"(?<= )(?:{'|'.join(each)})(?= )"))
            for kind, needs, each in found
        )
    )


def _needs(line: str, patterns: Iterable[str]) -> tuple[frozenset[str], ...]:
    literal = {word for each in patterns for word in _LITERAL.findall(each)}
    wanted = [frozenset(words.split()) for words in line.split(" + ")]
    return tuple(words | literal if "…" in words else words for words in wanted)


def _filled(line: str, macros: Mapping[str, str]) -> str:
    return _NAME.sub(lambda name: macros[name[1]], line)


def find(stream: Stream, table: Table) -> Iterator[tuple[str, Span, Span]]:
    """Kind, place in the stream and place in the source of each phrase that the writer says themselves."""
    for phrase in table.for_words(stream.words):
        for found in phrase.pattern.finditer(stream.text):
            place = stream.origin(*found.span())
            if not stream.is_quoted(*place):
                yield phrase.kind, found.span(), place
