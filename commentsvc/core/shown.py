"""Keeps text from disturbing its surroundings: control characters, bidi controls, stacked marks."""

from __future__ import annotations

import re
import unicodedata

from .locale import direction

_BROKEN = re.compile(r"[\x00\ud800-\udfff]")  # only old imports can contain these
# Listed, never by `isprintable`, which would drop joiners, flags, new emoji and most spaces.
_NEWLINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")  # line ends of word processors and browsers
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # they reorder the rest of a line
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\n]+")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")

# Unicode Standard Annex 9: embeddings and overrides end with PDF, isolates with PDI.
_EMBED = "\u202a\u202b\u202d\u202e"
_ISOLATE = "\u2066\u2067\u2068"
_PDF, _PDI = "\u202c", "\u2069"
_BIDI = re.compile(f"[{_EMBED}{_ISOLATE}{_PDF}{_PDI}]")
_DEEPEST = 16  # further controls are dropped: no real text nests this deep

# No living script puts more marks on one letter; the limits allow Hebrew with its accents.
_MARKS = 8
_MARKS_ON_ONE_SIDE = 3


def neutral(text: str) -> str:
    """The text, changed so that it cannot disturb its surroundings but still says the same.

    Every line closes the bidi controls that it opens, and no others. No letter has more marks than
    any script needs. There are at most two blank lines in a row.
    """
    text = _BROKEN.sub("\ufffd", text)
    if not text.isascii():
        if _BIDI.search(text):
            text = "\n".join(map(_balanced, text.split("\n")))
        text = _few_marks(text)
    return _BLANK_LINES.sub("\n\n\n", text)


def without_controls(text: str) -> str:
    """The text without control characters, with \\n as the only line break.

    Surrogates, which cannot be stored, become U+FFFD.
    """
    if text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _NEWLINE.sub("\n", text)))


def one_line(text: str) -> str:
    """The text on one line, without bidi controls; Unicode spaces stay unchanged."""
    return _BLANKS.sub(" ", _TURNS.sub("", without_controls(text))).strip()


def isolated(text: str, locale: str | None) -> str:
    """A name or value for the middle of a sentence, in bidi isolates if it or the page is
    right-to-left, so that it does not reorder the words around it."""
    right = any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)
    right = right or (text != "" and direction(locale) == "rtl")
    return f"\u2068{text}\u2069" if right else text


def on_terminal(text: str) -> str:
    """Untrusted text, safe to print: control and bidi characters are shown as �."""
    for unsafe in (_NEWLINE, _CONTROL, _TURNS, _BROKEN):
        text = unsafe.sub("\ufffd", text)
    return text.replace("\t", " ").replace("\n", "\ufffd")


def _balanced(line: str) -> str:
    kept: list[str] = []
    open_: list[str] = []  # the closers still needed
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
            while open_.pop() != _PDI:  # closing an isolate closes everything opened within it
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
            # Marks of one combining class stack on one side; marks without a class (Thai vowels,
            # enclosing circles) only stack when repeated.
            side = unicodedata.combining(character) or character
            if len(pile) >= _MARKS or pile.count(side) >= _MARKS_ON_ONE_SIDE:
                continue
            pile.append(side)
        kept.append(character)
    return "".join(kept)


def masked(email: str) -> str:
    """An email address, masked so that only people who know it recognize it: `n…@example.org`."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
