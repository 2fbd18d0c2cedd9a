"""A text as a stream of plain words, single-spaced, with a dot at the end of a sentence, so that
phrases are found whatever their case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ....core.remembering import remembered
from ....toxicity.identity import PEOPLE
from .apart import apart
from .grammar import STEM, table
from .quoting import in_marks, is_own, nodded_at, quotations_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ....toxicity.normalise import Normalised
    from .spans import Span

_TOKEN = re.compile(
    r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*|\.(?!\w)|[!?;:,\u2026\u060c\u061b\u061f\u3002\uff01\uff0c\uff1f\n]"
)
_BEFORE = " . "
_TALL = re.compile(r"(?<=[a-z])I+(?=[a-zI]|\b)")  # “kiII”
_LONG = re.compile(r"[^\W\d_]{8,200}")
#: Words for groups of people, in the spelling of the stream.
GROUPS = frozenset(word for name in PEOPLE for word in name.split() if word.endswith("s")) | {
    *("auslander", "juden", "muslime", "turken", "fluchtlinge", "araber", "schwule", "zigeuner"),
    *("moros", "judios", "negros", "gitanos", "inmigrantes", "maricones", "musulmanes"),
    *(
        "poles",
        "gypsies",
        "romanians",
        "roma",
        "migrants",
        "foreigners",
        "juifs",
        "arabes",
        "musulmans",
    ),
    *("ebrei", "zingari", "musulmani", "ciganos", "judeus", "joden", "moslims", "zydow", "polen"),
}
_OF_GROUPS = "dehumanizing"  # the family whose phrases all name a group
AGREES = "agrees"
_AGREES_NOT = re.compile(
    r"\b(?:not|isnt|arent|wasnt|nobody|never|dont|no|nicht|kein)\b(?: \w+){0,2} $"
)
_AROUND = 120  # characters of context around a phrase
_GOES_ON = (", ", "and ", ", and ")  # between words repeated in a song or a shout
_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019`\u00b4"))
_LEET = str.maketrans("01345", "oieas")


def _bases() -> dict[int, str]:
    """Accented Latin letters -> plain ones, one for one, so that offsets stay."""
    found = {ord(letter): base for letter, base in zip("ıłŁøđİ", "illodi", strict=True)}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and code not in found:
            found[code] = base
    # Arabic: forms of alef, yeh and teh marbuta that writers do not distinguish
    return (
        found | {ord(each): "ا" for each in "أإآ"} | {ord("ى"): "ي", ord("ة"): "ه", ord("ё"): "е"}
    )


_BASES = _bases()


@dataclass(frozen=True)
class Stream:
    """`text` begins and ends like a sentence. `plain` is the source in lower case, offset for
    offset, or, with `offsets`, a reading of it with the source span of each character."""

    source: str
    plain: str
    text: str
    words: frozenset[str]
    offsets: Sequence[Span] | None = None
    new: frozenset[str] | None = None  # stems that only the reading has

    @cached_property
    def stems(self) -> frozenset[str]:
        """The first letters of its words."""
        return frozenset(each[:STEM] for each in self.words)

    @cached_property
    def _places(self) -> tuple[list[int], list[Span]]:
        """Where each word begins in the stream, and its span in `plain`."""
        begins, origins, at = [], [], len(_BEFORE)
        for found in _TOKEN.finditer(self.plain):
            begins.append(at)
            origins.append(found.span())
            at += len(_word(found[0])) + 1
        return begins, origins

    @cached_property
    def quotations(self) -> list[Span]:
        """Spans of the source that repeat somebody else's words."""
        return quotations_in(self.source)

    @cached_property
    def _own(self) -> list[Span]:
        return [each for each in in_marks(self.source) if is_own(self.source, each)]

    def origin(self, start: int, end: int) -> Span:
        """The source span of the words in a span of the stream."""
        begins, origins = self._places
        first = min(bisect_left(begins, start), len(begins) - 1)
        last = bisect_right(begins, end - 1) - 1
        begin, stop = origins[first][0], origins[max(first, last)][1]
        if self.offsets is None:
            return begin, stop
        return self.offsets[begin][0], self.offsets[stop - 1][1]

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a span of the source is somebody else's words."""
        return any(begin <= start and end <= stop for begin, stop in self.quotations)

    def is_own(self, start: int, end: int) -> bool:
        """Whether a span of the source is in quotation marks but in the writer's own words."""
        return any(begin <= start and end <= stop for begin, stop in self._own)

    @cached_property
    def agrees(self) -> bool:
        """Whether the writer agrees with what they quote."""
        return any(nodded_at(self.source, each) for each in self.quotations) or any(
            each.kind == AGREES and not _AGREES_NOT.search(each.before) for each in self.unmeant
        )

    @cached_property
    def unmeant(self) -> tuple[Spoken, ...]:
        """What is said but not meant, and by whom."""
        return tuple(everything(self, "unmeant"))


@remembered(32, longest=5_000, few=1)
def stream_of(source: str) -> Stream:
    """The stream of a text. The last ones are kept: finders and scores read the same texts."""
    seen = _TALL.sub(lambda found: "l" * len(found[0]), source) if "I" in source else source
    plain = (seen if seen.isascii() else seen.translate(_BASES)).lower()
    return _stream(source, plain, None)


def out_of_disguise(stream: Stream, normalised: Normalised) -> Stream | None:
    """The stream with disguises undone and run-together words split; None if nothing is new."""
    cuts = [
        found.start() + begin
        for found in _LONG.finditer(normalised.text)
        for begin in apart(found[0])
    ]
    pieces = [normalised.text[begin:end] for begin, end in pairwise([0, *cuts, None])]
    read = _stream(stream.source, " ".join(pieces), None)
    new = frozenset(each[:STEM] for each in read.words - stream.words)
    if not new:
        return None
    offsets = normalised.offsets
    spans = [*chain.from_iterable((*offsets[a:b], offsets[b]) for a, b in pairwise([0, *cuts]))]
    return replace(read, offsets=[*spans, *offsets[cuts[-1] if cuts else 0 :]], new=new)


def _stream(source: str, plain: str, offsets: Sequence[Span] | None) -> Stream:
    pieces = [
        each if each.isascii() and each.isalpha() else _word(each) for each in _TOKEN.findall(plain)
    ]
    text = f"{_BEFORE}{' '.join(pieces)} . "
    return Stream(source, plain, text, frozenset(pieces), offsets)


def _word(token: str) -> str:
    """A token in the spelling of the stream."""
    if token.isalpha():
        return token.replace("ß", "ss")
    if not token[0].isalnum():
        return "," if token in ",،，:;؛" else "."
    token = token.translate(_APOSTROPHES)
    return token.translate(_LEET) if any(map(str.isalpha, token)) else token


@dataclass(frozen=True)
class Hit:
    """A phrase that the writer says or quotes: kind, source span, words, and the text around it."""

    kind: str
    place: Span
    said: str
    around: str
    quoted: bool = False
    """Whether somebody else says so, and the writer does not agree."""

    @property
    def near(self) -> frozenset[str]:
        """Its words and those around it."""
        return frozenset(self.around.split())

    @property
    def sentence(self) -> str:
        """The sentence that it is in."""
        before, said, after = self.around.partition(self.said)
        return before.rpartition(". ")[2] + said + after.partition(". ")[0]


def find(stream: Stream, family: str) -> Iterator[Hit]:
    """The phrases of a family that the writer says or quotes."""
    phrases = table(family)
    for phrase in phrases.for_stems(stream.stems, stream.new):
        unmeant = ""  # the last phrase that was not meant, and its end
        unmeant_to = 0
        for found in phrase.pattern.finditer(stream.text):
            start, end = found.span()
            before = stream.text[max(0, start - _AROUND) : start]
            place = stream.origin(start, end)
            around = before + stream.text[start : end + _AROUND]
            repeats = found[0] == unmeant and stream.text[unmeant_to:start] in _GOES_ON
            theirs = stream.is_quoted(*place)
            own = stream.is_own(*place) or phrases.meant_after_all(before, stream.text, end)
            if not theirs and not own:
                theirs = phrases.reported(before, stream.text, end)
                of_a_group = family == _OF_GROUPS or not GROUPS.isdisjoint(found[0].split())
                idle = theirs and not of_a_group and not stream.agrees
                if idle or repeats or phrases.denied(before, stream.text, end):
                    unmeant, unmeant_to = found[0], end
                    continue
            yield Hit(phrase.kind, place, found[0], around, theirs and not stream.agrees)


class Spoken(NamedTuple):
    """A phrase, whoever says it: kind, source span, words, the text before it, and whether the text
    after it cancels a denial."""

    kind: str
    place: Span
    said: str
    before: str
    taken_back: bool


def everything(stream: Stream, family: str) -> Iterator[Spoken]:
    """All phrases of a family, even those that are not meant."""
    phrases = table(family)
    for phrase in phrases.for_stems(stream.stems):
        for found in phrase.pattern.finditer(stream.text):
            start, end = found.span()
            before = stream.text[max(0, start - _AROUND) : start]
            taken_back = phrases.taken_back(stream.text, end)
            yield Spoken(phrase.kind, stream.origin(start, end), found[0], before, taken_back)
