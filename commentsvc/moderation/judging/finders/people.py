"""Names of people and places that equal or contain a rude word, where they stand as names."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from ....toxicity.language import english_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .spans import Span

_FILE = "people.txt"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# What calls somebody by the word that follows: after it, nothing is taken for a name.
_CALLED = re.compile(
    r"\b(?:you|u|ya|ye|your|ur|you['’]?re|an?|such|what|piece of|these|those|them|fuck\w*|bloody|fat|ugly|old"
    r"|dirty|filthy|stupid|dumb|little|silly|lying|damn|du|ihr|tu|vous|eres|sei)[ ,]*$",
    re.IGNORECASE,
)
# What stands before a name, and what may follow then.
_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|dr|prof|professor|sir|lord|lady|mayor|senator|judge|sheriff|captain|coach|aunt|auntie|uncle|cousin|president|van|von|herr|frau"
    r"|madame|monsieur|señora?|signora?)\.? $",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:^|[.!?\n]\s{0,3})(?:hi|hello|hey|dear|thanks|thank you|many thanks|cheers|welcome"
    r"|congratulations|hallo|liebe[r]?|danke|merci|bonjour|hola|gracias|ciao|grazie|regards|best"
    r"|best wishes|yours|sincerely),?\s{1,3}$"
    r"|\bagree(?:d|s)? with $",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?:^|\s)@$")
_ENDS = re.compile(r"\s*(?:$|[.,!\n])")
# What is said of somebody whose name begins the sentence.
_DOES = re.compile(
    r"(?:['’]s)? (?:(?:is|was) (?:right|wrong|correct|here|mistaken)|wrote|writes|said|says"
    r"|ha[sd] a point|agrees|played|plays|scored|ran|sang)\b"
)
_BEGINS = re.compile(r"(?:^|[.!?]\s{1,3}|\n\s{0,3})$")
# A line of its own, at the end or all there is: a signature.
_BEFORE_LINE = re.compile(
    r"(?:^|[.!?,]\s{0,3}\n|\n\s{0,3}\n)[ \t]{0,3}(?:[-\u2013\u2014~]{1,2}[ \t]{0,3})?$"
)
_AFTER_LINE = re.compile(r"[.,]?\s*$")
_LINK = re.compile(r"^(?: | (?:van|von|de|van der|van den|di|del) )$", re.IGNORECASE)
# Whoever is sent away is not merely named: after it, or before it, a name is read as it stands.
_SENT_OFF = re.compile(
    r"\b(?:go (?:back )?home|go away|get (?:out|lost)|shut up|(?:piss|fuck|clear) off|drop dead|no clue)\b",
    re.IGNORECASE,
)


class _Names(NamedTuple):
    plain: frozenset[str]
    surname: frozenset[str]
    given: frozenset[str]
    slur: frozenset[str]
    place: frozenset[str]
    common: frozenset[str]
    family: frozenset[str]
    other: frozenset[str]
    wanted: frozenset[str]  # those that are looked for
    known: frozenset[str]  # those that may be a family's


def people_in(text: str) -> list[Span]:
    """Where such names stand in a text, in order. What calls somebody so is no name: “you dyke”."""
    names = _names()
    words = list(_WORD.finditer(text))
    return [
        each.span()
        for at, each in enumerate(words)
        if (word := each[0].casefold().removesuffix("'s").removesuffix("’s"))
        and word in names.wanted
        and not _CALLED.search(text[max(0, each.start() - 40) : each.start()])
        and (
            word in names.plain
            or not _SENT_OFF.search(text[max(0, each.start() - 30) : each.end() + 30])
        )
        and (
            word in names.plain
            or (word in names.place and each[0].istitle())
            or _is_name(text, words, at, word)
        )
    ]


def _is_name(text: str, words: list[re.Match[str]], at: int, word: str) -> bool:
    """Whether a word that is rude as well is a name here."""
    found = words[at]
    if _has_second(text, words, at, word):
        return True
    if word in _names().slur:
        return False
    before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() :][:60]
    if _AFTER_LINE.match(after) and _BEFORE_LINE.search(before):
        return found[0].istitle() or (found[0].isupper() and word not in _names().given)
    if not found[0].istitle():
        return False
    if (
        _TITLE.search(before)
        or _MENTION.search(before)
        or (_GREETING.search(before) and _ENDS.match(after))
    ):
        return True
    return bool(_BEGINS.search(before) and _DOES.match(after))


def _has_second(text: str, words: list[re.Match[str]], at: int, word: str) -> bool:
    """Whether the other name of a person stands beside it, written alike."""
    names = _names()
    for other, first, last in _neighbors(text, words, at):
        if not _written_alike(text, first, last):
            continue
        said = other[0].casefold()
        if (word in names.surname or word in names.slur) and (
            said in names.common or _is_initial(text, other)
        ):
            return True
        is_first = other.start() > words[at].start()
        if word in names.given and is_first and _may_be_family(said):
            return True
    return False


def _neighbors(
    text: str, words: list[re.Match[str]], at: int
) -> Iterator[tuple[re.Match[str], re.Match[str], re.Match[str]]]:
    """The words beside it that may be of the same name, each with the two in their order."""
    here = words[at]
    for beside in (at - 2, at - 1, at + 1, at + 2):
        if not 0 <= beside < len(words):
            continue
        first, last = sorted((words[beside], here), key=lambda each: each.start())
        between = text[first.end() : last.start()]
        if _LINK.match(between.removeprefix(".") if len(first[0]) == 1 else between):
            yield words[beside], first, last


def _written_alike(text: str, first: re.Match[str], last: re.Match[str]) -> bool:
    """Both with capitals, or both without where there is nothing else in the text."""
    if first[0][0].isupper() and last[0][0].isupper():
        return True
    return not text[: first.start()].strip() and not text[last.end() :].strip(" \t\n.,")


def _is_initial(text: str, word: re.Match[str]) -> bool:
    return len(word[0]) == 1 and word[0].isupper() and text[word.end() : word.end() + 1] == "."


def _may_be_family(word: str) -> bool:
    names = _names()
    if word in names.other:
        return False
    return word in names.known or (len(word) > 2 and word not in english_words())


@cache
def _names() -> _Names:
    lists: Mapping[str, list[str]] = defaultdict(list)
    words: list[str] = []
    for line in (files(__package__) / _FILE).read_text("utf-8").splitlines():
        if line.startswith("["):
            words = lists[line.strip("[]")]
        elif not line.startswith("#"):
            words.extend(line.split())
    found = {name: frozenset(each) for name, each in lists.items()}
    rude = found["plain"] | found["surname"] | found["slur"]
    wanted, known = rude | found["given"] | found["place"], rude | found["family"]
    return _Names(**found, wanted=wanted, known=known)
