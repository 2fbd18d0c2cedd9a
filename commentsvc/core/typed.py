"""The only cleaner of typed text: removes what is invisible, refuses what cannot be stored."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, Literal

from .errors import Invalid
from .locale import Named
from .shown import neutral, one_line, without_controls

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_EDGES = " \t\n"
_CODE = re.compile(r"(?: {4}| {0,3}\t)[ \t]*")  # what every Markdown reads as a line of code

# In names: invisible characters, which would make two names that look the same different.
_HIDDEN = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e007a]{1,8}\U000e007f)"  # except tags that select a flag emoji
    "|[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
# Only scripts from Hebrew on, and joined emoji, need a joiner between two characters, and just one.
_JOINED = "[\u0590-\u1fff\u2100-\u2fff\u3001-\U0010ffff]"
_JOINERS = re.compile(r"([\u200c\u200d])[\u200c\u200d]+")
_STRAY_JOINER = re.compile(f"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")
# Names that look the same must be the same: single spaces of one kind (and the ideographic space).
_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_SPACES = re.compile(r"([ \u3000])[ \u3000]+")

# Invisible letters and symbols, which their Unicode category does not reveal.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
_FILLER = re.compile(f"[{''.join(BLANK)}]")
# No script stacks more marks; normalizing longer stacks would take quadratic time.
_MARKS_AT_ALL = 64
MAX_NAME = 60

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}(?:[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{1,12}})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)

Field = Literal["text", "name"]


def digits_of(text: str) -> str:
    """The digits in the text, of any script, as 0 to 9."""
    return "".join(str(int(each)) for each in text if each.isdecimal())


def clean(
    source: str, *, max_length: int, min_length: int = 1, of: str = "", field: str = ""
) -> str:
    """A text (a comment, or `of` another kind) as it is stored: trimmed, in NFC, with \\n as line
    break.

    Control characters are removed silently. Indentation that makes the first line code is kept.
    Raises `Invalid` for text that cannot be stored or read, with a message for its author and the
    code `too_long`, `too_short`, `empty`, `control_character`, `broken_text` or `marks`.
    """
    field = field or of or "text"
    # NFC combines at most four characters into one, so this refuses nothing that would fit.
    if len(source) > 8 * max_length:
        raise _too_long(len(source), max_length, of, field)
    text = trimmed(tidy(source))
    if not is_visible(text):
        raise Invalid("empty.text", field=field)
    if len(text) > max_length:
        raise _too_long(len(text), max_length, of, field)
    if len(text) < min_length:
        raise _too_short(min_length, of, field)
    return text


def clean_name(name: str) -> str:
    """A person's name as it is stored: one line of 1 to 60 characters in NFC, not all invisible.

    Bidi controls and hidden characters are removed, and spaces unified. Raises `Invalid` for a name
    that is invisible, too long, or not text.
    """
    text = _SPACE.sub(" ", _FILLER.sub(" ", tidy_line(name[:1000], "name")))
    text = _STRAY_JOINER.sub("", _JOINERS.sub(r"\1", _HIDDEN.sub(r"\1", text)))
    text = unicodedata.normalize("NFC", _SPACES.sub(r"\1", text).strip())
    if not is_visible(text):
        raise Invalid("empty.name", field="name")
    if neutral(text) != text:
        raise _too_many_marks("name")
    length = sum(not unicodedata.category(character).startswith("M") for character in text)
    if length > MAX_NAME or len(name) > 1000:
        raise Invalid("too_long.name", n=MAX_NAME, field="name")
    return text


def tidy(source: str, field: Field = "text") -> str:
    """Typed text of several lines: in NFC, without control characters, lines separated by \\n.

    Everything else stays, so it may be empty and of any length. Raises `Invalid` for NUL,
    surrogates and endless stacks of marks.
    """
    if "\x00" in source:
        raise Invalid(f"control_character.{field}", field=field, character="U+0000")
    if not source.isascii() and _SURROGATE.search(source):
        raise Invalid("broken_text", field=field)
    text = without_controls(source)
    if text.isascii():
        return text
    pile = 0
    for character in text:
        pile = pile + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if pile > _MARKS_AT_ALL:
            raise _too_many_marks(field)
    return unicodedata.normalize("NFC", text)


def tidy_line(source: str, field: Field = "text") -> str:
    """Like `tidy`, for one line: line breaks become spaces, and bidi controls are removed."""
    return one_line(tidy(source, field))


def trimmed(text: str) -> str:
    """The text without surrounding blank lines and spaces; leading code keeps its indentation."""
    lines = text.rstrip(_EDGES).lstrip("\n")
    while (end := lines.find("\n")) >= 0 and not lines[:end].strip(_EDGES):
        lines = lines[end + 1 :]
    return lines if _CODE.match(lines) else lines.lstrip(_EDGES)


def named_twice(raw: bytes | str) -> str | None:
    """A duplicate key of an object in this JSON, if any: parsers differ on which value counts.
    Raises `ValueError` or `RecursionError` for invalid JSON."""
    twice: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            twice.append(next(each for each in names if names.count(each) > 1))

    json.loads(raw, object_pairs_hook=look, parse_int=str, parse_float=str)
    return twice[0] if twice else None


def whole(text: str) -> int:
    """An integer in ASCII digits. Raises `ValueError` for everything else, including what Python's
    `int` accepts: `1_0`, `٥`, `+5`, blanks."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"“{text}” is not a whole number.")
    return int(text)


def truth(text: str) -> bool:
    """A boolean as people write it in settings. Raises `ValueError`, which says what to write."""
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("", "0", "false", "no", "off"):
        return False
    raise ValueError(f"use yes or no, not “{text}”.")


def decimal(text: str) -> float:
    """A number in ASCII digits, optionally with a decimal point. Raises `ValueError` for everything
    else, even if Python's `float` accepts it: `nan`, `inf`, `1e3`, `1_0`, `٥`, `+5`, blanks."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return float(text)


def day(text: str) -> datetime:
    """The start (UTC) of a day as a date field sends it: `2026-11-28`. Raises `ValueError`."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def moment(text: str) -> datetime:
    """An RFC 3339 timestamp; the default zone is UTC, the default time midnight. Raises
    `ValueError`."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    found = datetime.fromisoformat(text.upper())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_visible(text: str) -> bool:
    """Whether the text has any visible character."""
    return any(map(_seen, text))


def _seen(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind[0] in "LNPS":
        return character not in BLANK
    if kind == "Cn":  # newer than this Python's Unicode tables: probably an emoji
        point = ord(character)
        ignorable = 0xE0000 <= point <= 0xE0FFF or 0xFFF0 <= point <= 0xFFF8 or point == 0x2065
        return not ignorable and point & 0xFFFE != 0xFFFE and not 0xFDD0 <= point <= 0xFDEF
    return kind in ("Mc", "Co")


def _too_many_marks(field: str) -> Invalid:
    return Invalid("marks", field=field)


def _too_long(length: int, limit: int, of: str, field: str) -> Invalid:
    if of:
        return Invalid("too_long.of", what=Named("text", of), n=limit, field=field)
    return Invalid("too_long.text", n=length, most=limit, field=field)


def _too_short(limit: int, of: str, field: str) -> Invalid:
    if of:
        return Invalid("too_short.of", what=Named("text", of), n=limit, field=field)
    return Invalid("too_short", n=limit, field=field)
