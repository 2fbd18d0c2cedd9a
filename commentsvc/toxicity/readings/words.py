"""The words of a text, which of them are known, and the shape of another reading."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ..language import english_words
from ..language_words import WORDS
from ..lookalikes import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..sentences import Span

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
HIDDEN = 4
"""So many letters has a word at least that may be meant by something else."""
_MOST = 400  # words of a text that are examined

# English words that other languages share, which `english_words` leaves out.
SHORT = frozenset(
    """
    i u a to be of in me my is it at on do go so we he up us an as if no by ur r hi or
    die man men face son war hat fast land art arm mine her for sale dog rat god sex
    """.split()  # noqa: SIM905
)

# German, French and Portuguese, which `WORDS` lacks.
_MORE = """
    ich du er sie es wir ihr ist bist sind war hast hat haben wird der die das den dem ein eine einen und oder
    aber nicht kein keine dich dir mich mir euch deine deiner dein seine ihre auf aus von mit zu zum im in am
    für wie was wer wenn weil dass auch nur noch schon sehr alle alles man hier da raus geh halt maul fresse
    dumm dumme dummer blöd hässlich scheiße scheisse arschloch idiot fick ficken hure sau schwein stirb tot
    je tu il elle nous vous ils est es sont suis êtes était a ai as ont le la les un une des de du et ou mais
    ne pas que qui te se me ton ta tes son sa ses mon ma mes sur dans avec pour par comme tout tous toute
    gros grosse sale con conne connard salope merde pute ferme gueule crève espèce
    eu você vocês ele ela é são o os as um uma uns de do da dos das em no na e ou mas não que seu sua meu
    minha com por para como todo tudo burro merda puta filho idiota cala boca
    """.split()  # noqa: SIM905


class Alternative(NamedTuple):
    """A text as it may be meant, the original place of each of its characters, and whether hardly a
    word of the original makes sense by itself."""

    text: str
    places: Sequence[int]
    most: bool

    def place(self, start: int, end: int) -> Span:
        """Where in the original a stretch stands."""
        here = self.places[start:end]
        return min(here), max(here) + 1


class Word(NamedTuple):
    """A lowercase word, its place, and whether a list contains it."""

    text: str
    start: int
    end: int
    known: bool


def first(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The first matches, up to the maximum."""
    return islice(found, _MOST)


_LONGEST = 16


def split(written: str, known: frozenset[str]) -> tuple[int, ...]:
    """Where the fewest words begin that make up a run of letters; empty if letters are left."""
    fewest: list[tuple[int, int] | None] = [(0, 0), *[None] * len(written)]
    for end in range(1, len(written) + 1):
        ways = [
            (before[0] + 1, begin)
            for begin in range(max(0, end - _LONGEST), end)
            if (before := fewest[begin]) and written[begin:end] in known
        ]
        fewest[end] = min(ways, default=None)
    begins: list[int] = []
    at = len(written)
    while at and (step := fewest[at]):
        at = step[1]
        begins.append(at)
    return tuple(reversed(begins))


@cache
def known_words() -> frozenset[str]:
    """Common words of all languages that the detector knows."""
    others = (word for words in WORDS.values() for word in words.split())
    return frozenset((*english_words(), *others, *_MORE, *SHORT, *KNOWN, "i", "a"))
