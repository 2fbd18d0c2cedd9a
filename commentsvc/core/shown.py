"""What keeps a text within its own place on a page: bidi controls closed, piles of marks cut."""

from __future__ import annotations

import re
import unicodedata

_BROKEN = re.compile(r"[\x00\ud800-\udfff]")  # only old imports can hold these
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")

# Unicode Standard Annex 9: embeddings and overrides end with PDF, isolates with PDI.
_EMBED = "\u202a\u202b\u202d\u202e"
_ISOLATE = "\u2066\u2067\u2068"
_PDF, _PDI = "\u202c", "\u2069"
_BIDI = re.compile(f"[{_EMBED}{_ISOLATE}{_PDF}{_PDI}]")
_DEEPEST = 16  # beyond this, further controls are dropped: no honest text nests so deep

# No living script puts more on one letter; the counts leave room for Hebrew with its accents.
_MARKS = 8
_MARKS_ON_ONE_SIDE = 3


def neutral(text: str) -> str:
    """The text such that it can disturb nothing around it; what it says stays the same.

    Every line closes the bidi controls that it opened and closes none that it did not; no letter
    carries more marks than any script needs; never more than two blank lines follow each other.
    """
    text = _BROKEN.sub("\ufffd", text)
    if not text.isascii():
        if _BIDI.search(text):
            text = "\n".join(map(_balanced, text.split("\n")))
        text = _few_marks(text)
    return _BLANK_LINES.sub("\n\n\n", text)


def _balanced(line: str) -> str:
    kept: list[str] = []
    open_: list[str] = []  # the closers that are still owed
    for character in line:
        if character in _EMBED or character in _ISOLATE:
            if len(open_) == _DEEPEST:
                continue
            open_.append(_PDF if character in _EMBED else _PDI)
        elif character == _PDF:
            if not open_ or open_[-1] != _PDF:
                continue
            open_.pop()
        elif character == _PDI:
            if _PDI not in open_:
                continue
            while open_.pop() != _PDI:  # an isolate's end ends what was opened within it
                pass
        kept.append(character)
    return "".join(kept + open_[::-1])


def _few_marks(text: str) -> str:
    kept: list[str] = []
    pile: list[int | str] = []
    for character in text:
        if character < "\u0300" or unicodedata.category(character) not in ("Mn", "Me"):
            pile.clear()
        else:
            # Marks of one combining class stack on one side; those without a class (Thai vowels,
            # enclosing circles) only stack when one is repeated.
            side = unicodedata.combining(character) or character
            if len(pile) >= _MARKS or pile.count(side) >= _MARKS_ON_ONE_SIDE:
                continue
            pile.append(side)
        kept.append(character)
    return "".join(kept)
