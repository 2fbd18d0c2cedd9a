"""What keeps a text in its place: controls dropped, bidi controls closed, piles of marks cut."""

from __future__ import annotations

import re
import unicodedata

from .locale import direction

_BROKEN = re.compile(r"[\x00\ud800-\udfff]")  # only old imports can hold these
# By name, never by `isprintable`: that would drop joiners, flags, new emoji and most kinds of space.
_NEWLINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")  # word processors' and browsers' line ends
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # what reorders the rest of a line
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\n]+")
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


def without_controls(text: str) -> str:
    """The text without what no text needs: control characters; every line ended by \\n.

    Half a character, which nothing can store, is shown as one that was lost.
    """
    if text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _NEWLINE.sub("\n", text)))


def one_line(text: str) -> str:
    """The text on one line that nothing turns around; spaces of every kind stay what they are."""
    return _BLANKS.sub(" ", _TURNS.sub("", without_controls(text))).strip()


def isolated(text: str, locale: str | None) -> str:
    """A name or a value in the middle of a sentence, kept from turning the words around it: invisible marks
    where the page or the text is written from right to left."""
    right = any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)
    right = right or (text != "" and direction(locale) == "rtl")
    return f"\u2068{text}\u2069" if right else text


def on_terminal(text: str) -> str:
    """Text from elsewhere, safe to print: what a terminal could obey or turn around is shown as �."""
    for unsafe in (_NEWLINE, _CONTROL, _TURNS, _BROKEN):
        text = unsafe.sub("\ufffd", text)
    return text.replace("\t", " ").replace("\n", "\ufffd")


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


def masked(email: str) -> str:
    """An address as those know it who know it anyway: `n…@example.org`."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
