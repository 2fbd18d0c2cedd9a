"""The language of the phrase files, compiled to regular expressions over the stream.

    word fusilles? hang* sterili[sz]e (burn|blow)s   a word: letters left out (?) or chosen; * any more
    ( a | b c )  [ maybe ]  [ maybe | or this ]3     one of these; optional; up to three of these
    _  _3  -(a|b)                                    any word; up to three of any; any word but these
    .  ,  ;  ^                                       a full stop; a comma; either; where a clause begins
    =( a | b )  !( a | b )                           only if this follows; only if it does not
    a <> ( b | c )                                   the two in either order: "ich will", "will ich"
    NAME                                             the definition in the line `NAME = …`

An indented line continues the one before it. `kind:` starts the phrases of a kind. Sections of
context: `unless before:` and `unless after:` mean that a phrase is not meant, `said before:` and
`said after:` that somebody else says it, and `taken back:` cancels a denial before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BEFORE, AFTER = "unless before", "unless after"
SAID_BEFORE, SAID_AFTER = "said before", "said after"
TAKEN_BACK = "taken back"
_AROUND_IT = (BEFORE, AFTER, SAID_BEFORE, SAID_AFTER, TAKEN_BACK)
#: How many first letters of a word are looked up, to find quickly which phrases a text may have.
STEM = 4

_CLOSING = frozenset((")", "]", *(f"]{times}" for times in range(10))))
_INNER = re.compile(r"\(([^()]*)\)(\??)|\[([^\[\]]+)\](\??)|(\w)\?")
_SIGNS = {".": r"\. ", ",": ", ", ";": "[.,] ", "^": r"(?<=[.,] )"}
_HEADING = re.compile(r"([a-z][a-z ]*):")
_MACRO = re.compile(r"([A-Z]+) = (.+)")
# Words that most texts have, so that they say little about which phrases a text may have.
_COMMON = frozenset(
    each[:STEM]
    for each in """
    a an and are be been but by can do dont for from get go had has have he her him his how i if im in is it
    its just like me my no not of on one or our out she so some than that the their them there they this to
    up was we were what when where who why will with would you your youre people all
    das dass dem den der des dich du ein eine er es hat ich ihr im in ist mich mir nicht sie sind so und von
    was wenn wer wie wir zu au aux ce de des du elle en est et il ils je la le les ne on ou pas que qui
    sa se si ton tu un une vous al con del el en es esta la las lo los me no por que se si su te un una y
    che chi con da di e ha il in io la le lo mi ma non per se si sono ti tu un una
    """.split()  # noqa: SIM905
)


class Part(NamedTuple):
    """A piece of a phrase as an expression, and sets of stems: a match has one of each."""

    pattern: str
    needs: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Phrase:
    """One phrase of a kind."""

    kind: str
    part: Part

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression that finds it in a stream, compiled on first use."""
        return re.compile(rf"(?<= ){self.part.pattern}")

    @property
    def rarest(self) -> frozenset[str]:
        """The most selective of its sets of stems."""
        return min(self.part.needs, key=_commonness)


@dataclass(frozen=True)
class Table:
    """The phrases of one folder, an index from stem to phrases, and contexts that void them."""

    phrases: tuple[Phrase, ...]
    likely: Mapping[str, list[int]]
    around: tuple[re.Pattern[str], ...]  # by `_AROUND_IT`
    words: frozenset[str]

    def denied(self, before: str, text: str, end: int) -> bool:
        """Whether the text `before` a phrase or from its `end` says that it is not meant."""
        return bool(self.around[1].match(text, end) or self.around[0].search(before))

    def taken_back(self, text: str, end: int) -> bool:
        """Whether the text after a phrase cancels a denial."""
        return self.around[4].match(text, end) is not None

    def reported(self, before: str, text: str, end: int) -> bool:
        """Whether the text around a phrase says that somebody else says it."""
        return bool(self.around[3].match(text, end) or self.around[2].search(before))

    def meant_after_all(self, before: str, text: str, end: int) -> bool:
        """Whether the phrase is denied and the denial then canceled."""
        return self.taken_back(text, end) and self.around[0].search(before) is not None

    def for_stems(self, stems: frozenset[str], new: frozenset[str] | None = None) -> list[Phrase]:
        """The phrases that a text with these stems may have, in file order; with `new`, only those
        that need one of these."""
        found = sorted({at for stem in stems & self.likely.keys() for at in self.likely[stem]})
        likely = [self.phrases[at] for at in found]
        return [
            each
            for each in likely
            if not any(map(stems.isdisjoint, each.part.needs))
            and (new is None or not all(map(new.isdisjoint, each.part.needs)))
        ]


@dataclass(frozen=True)
class _Reading:
    """The state of reading: parts by kind, and the definitions and words so far."""

    found: dict[str, list[Part]]
    known: dict[str, Part]  # macro or word -> its part
    words: set[str]


@lru_cache(maxsize=16)
def table(name: str) -> Table:
    """The phrases of a folder, read on first use."""
    shared = _shared()
    found = {kind: list(parts) for kind, parts in shared.found.items()}
    reading = _Reading(found, dict(shared.known), set(shared.words))
    _read_folder(name, reading)
    around = tuple(_around(each, found.pop(each)) for each in _AROUND_IT)
    phrases = tuple(Phrase(kind, part) for kind, parts in found.items() for part in parts)
    likely: dict[str, list[int]] = {}
    for at, phrase in enumerate(phrases):
        for stem in phrase.rarest:
            likely.setdefault(stem, []).append(at)
    return Table(
        phrases,
        likely,
        around,
        frozenset(reading.words),
    )


@cache
def _shared() -> _Reading:
    """The definitions that all folders share."""
    reading = _Reading({each: [] for each in _AROUND_IT}, {}, set())
    _read_folder("shared", reading)
    return reading


def _read_folder(folder: str, into: _Reading) -> None:
    kind = ""
    for line in _lines(folder):
        if heading := _HEADING.fullmatch(line):
            kind = heading[1]
        elif defined := _MACRO.fullmatch(line):
            into.known[defined[1]] = _read(defined[2], into)
        else:
            part = _read(line, into)
            if not part.needs and kind not in _AROUND_IT:
                raise ValueError(f"no word that a text must have: {line}")
            into.found.setdefault(kind, []).append(part)


def _around(name: str, parts: list[Part]) -> re.Pattern[str]:
    either = "|".join(each.pattern for each in parts) or "(?!)"
    return re.compile(rf"(?<= )(?:{either})$" if name.endswith("before") else either)


def _lines(folder: str) -> Iterator[str]:
    """The lines of a folder's files, with continuation lines joined and comments dropped."""
    whole = ""
    texts = sorted(files(__package__).joinpath("phrases", folder).iterdir(), key=lambda at: at.name)
    for line in "\n".join(each.read_text("utf-8") for each in texts).splitlines():
        if whole and line.startswith("    "):
            whole += " " + line.strip()
            continue
        if whole:
            yield whole
        whole = "" if line.lstrip().startswith("#") else line.strip()
    if whole:
        yield whole


def _read(line: str, reading: _Reading) -> Part:
    tokens = line.split()
    try:
        part, at = _alternatives(tokens, 0, reading)
    except (IndexError, KeyError) as error:
        raise ValueError(f"unreadable: {line}") from error
    if at != len(tokens):
        raise ValueError(f"a bracket too many: {line}")
    return part


def _alternatives(tokens: list[str], at: int, reading: _Reading) -> tuple[Part, int]:
    """The alternatives from `at` to the closing bracket, and the position of that bracket."""
    rows: list[list[Part]] = [[]]
    while at < len(tokens) and tokens[at] not in _CLOSING:
        if tokens[at] == "|":
            rows.append([])
            at += 1
        elif tokens[at] == "<>":
            first = rows[-1].pop()
            second, at = _unit(tokens, at + 1, reading)
            rows[-1].append(_one_of([_row([first, second]), _row([second, first])]))
        else:
            part, at = _unit(tokens, at, reading)
            rows[-1].append(part)
    return _one_of([_row(each) for each in rows]), at


def _unit(tokens: list[str], at: int, reading: _Reading) -> tuple[Part, int]:
    """One word, sign or bracketed group, and the position after it."""
    token = tokens[at]
    if token not in ("(", "[", "=(", "!("):
        part = reading.known.get(token)
        if part is None:  # most words occur in many phrases
            part = reading.known[token] = _simple(token, reading.words)
        return part, at + 1
    inner, end = _alternatives(tokens, at + 1, reading)
    return _bracket(token, inner, tokens[end]), end + 1


def _bracket(opening: str, inner: Part, closing: str) -> Part:
    if (opening[-1] == "[") is (closing == ")"):
        raise KeyError(closing)
    if opening == "(":
        return inner
    if opening == "[":
        return Part(f"(?:{inner.pattern})" + (f"{{0,{closing[1:]}}}" if closing[1:] else "?"))
    return Part(f"(?{opening[0]}{inner.pattern})")


def _row(parts: list[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    needs = tuple(each for part in parts for each in part.needs)
    return Part("".join(each.pattern for each in parts), needs)


def _one_of(rows: list[Part]) -> Part:
    if len(rows) == 1:
        return rows[0]
    best = [min(each.needs, key=_commonness, default=frozenset[str]()) for each in rows]
    needs = (frozenset[str]().union(*best),) if all(best) else ()
    return Part(f"(?:{'|'.join(each.pattern for each in rows)})", needs)


def _commonness(stems: frozenset[str]) -> tuple[int, int]:
    return len(stems & _COMMON), len(stems)


def _simple(token: str, words: set[str]) -> Part:
    """The part for a token that is neither a bracket nor a defined macro."""
    if token.isupper() and token.isascii():
        raise KeyError(token)
    if token in _SIGNS:
        return Part(_SIGNS[token])
    if token[0] == "_":
        return Part(rf"(?:\w+ ){{0,{token[1:]}}}?" if token[1:] else r"\w+ ")
    if token.startswith("-("):
        return Part(rf"(?!(?:{token[2:-1]}) )\w+ ".replace("*", r"\w*"))
    written = set(_variants(token))
    words.update(each for each in written if each.isalpha())
    stems = frozenset(each.partition("*")[0][:STEM] for each in written)
    known = all("*" not in each[:STEM] for each in written)
    return Part(token.replace("(", "(?:").replace("*", r"\w*") + " ", (stems,) if known else ())


def _variants(word: str) -> list[str]:
    """All spellings of a word."""
    found = _INNER.search(word)
    if not found:
        return [word]
    group, maybe_group, letters, maybe_letter, letter = found.groups()
    ways = group.split("|") if group is not None else list(letters or letter)
    if maybe_group or maybe_letter or letter:
        ways.append("")
    start, end = found.span()
    return [each for way in ways for each in _variants(word[:start] + way + word[end:])]
