"""What was typed, checked: kept as it is but for what a reader cannot see, or refused in words."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from .errors import Invalid
from .shown import neutral

# A word processor's and a browser's ways to end a line.
_NEWLINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_EDGES = " \t\n"
# Two names that look the same must be the same: one kind of space (and Japan's), one at a time.
_SPACES = re.compile(r"[ \u3000]{2}|[\u00a0\u1680\u2000-\u200a\u202f\u205f]")

# Letters and symbols without a picture, next to what its category says is invisible.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
# Longer piles of marks than any script has; putting them in order would take quadratic time.
_MARKS_AT_ALL = 64
_JOINERS = "\u200c\u200d"  # Persian words and joined emoji need them, between two characters
_STRAY_JOINER = re.compile(f"^[{_JOINERS}]|[{_JOINERS}](?:[{_JOINERS}]|$)")
MAX_NAME = 60


def clean(source: str, *, max_length: int, min_length: int = 1) -> str:
    """A comment's text as it is stored: NFC, lines ended by \\n, no white space around it.

    Nothing else is changed; what cannot be kept or read is refused. Raises `Invalid` whose detail
    says so in the author's words and whose code is `too_long`, `too_short`, `empty`,
    `control_character`, `broken_text` or `marks`.
    """
    # NFC makes at most one character out of three or four, so this refuses nothing that would fit.
    if len(source) > 8 * max_length:
        raise _too_long(len(source), max_length)
    text = _NEWLINE.sub("\n", _readable(source, "text")).strip(_EDGES)
    if found := _CONTROL.search(text):
        raise _control(found[0], "text")
    if not is_visible(text):
        raise Invalid("empty.text", field="text")
    if len(text) > max_length:
        raise _too_long(len(text), max_length)
    if len(text) < min_length:
        raise Invalid("too_short", n=min_length, field="text")
    return text


def clean_name(name: str) -> str:
    """A person's name as it is stored: one line of 1 to 60 characters that one can see, in NFC.

    Raises `Invalid` for what is invisible, reorders the line or has more than single spaces.
    """
    text = _readable(name[:1000], "name").strip()
    if found := _CONTROL.search(text) or re.search(r"[\t\n\v\f\r\x85\u2028\u2029]", text):
        raise _control(found[0], "name")
    for character in text:
        if unicodedata.category(character) == "Cf" and character not in _JOINERS:
            raise _control(character, "name")
    if _SPACES.search(text):
        raise Invalid("spaces", field="name")
    if _STRAY_JOINER.search(text):
        raise Invalid("hidden", field="name")
    if not is_visible(text):
        raise Invalid("empty.name", field="name")
    if neutral(text) != text:
        raise _too_many_marks("name")
    length = sum(not unicodedata.category(character).startswith("M") for character in text)
    if length > MAX_NAME or len(name) > 1000:
        raise Invalid("too_long.name", n=MAX_NAME, field="name")
    return text


def is_visible(text: str) -> bool:
    """Whether a reader sees anything at all."""
    return any(map(_seen, text))


def _seen(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind[0] in "LNPS":
        return character not in _BLANK
    if kind == "Cn":  # newer than this Python's tables: most likely an emoji
        point = ord(character)
        ignorable = 0xE0000 <= point <= 0xE0FFF or 0xFFF0 <= point <= 0xFFF8 or point == 0x2065
        return not ignorable and point & 0xFFFE != 0xFFFE and not 0xFDD0 <= point <= 0xFDEF
    return kind in ("Mc", "Co")


def _readable(text: str, field: str) -> str:
    """In NFC, after refusing what is no text: halves of characters, endless piles of marks."""
    if text.isascii():
        return text
    if _SURROGATE.search(text):
        raise Invalid("broken_text", field=field)
    pile = 0
    for character in text:
        pile = pile + 1 if unicodedata.combining(character) else 0
        if pile > _MARKS_AT_ALL:
            raise _too_many_marks(field)
    return unicodedata.normalize("NFC", text)


def _too_many_marks(field: str) -> Invalid:
    return Invalid("marks", field=field)


def _control(character: str, field: Literal["text", "name"]) -> Invalid:
    written = f"U+{ord(character):04X}"
    return Invalid(f"control_character.{field}", field=field, character=written)


def _too_long(length: int, limit: int) -> Invalid:
    return Invalid("too_long.text", n=length, most=limit, field="text")
