"""Single values from foreign files, made safe and uniform: text, names, dates,
counts, addresses."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..records import MAX_ADDRESS, MAX_TEXT

EARLIEST = datetime(1991, 8, 6, tzinfo=UTC)  # the first web page; nothing was commented before
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ZONE_NAME = re.compile(r"(?<!\s)\s+[A-Z]{2,5}$")  # Go writes "2021-10-27 01:04:29 +0800 CST"
_SPACED_ZONE = re.compile(r"(?<!\s)\s+([+-]\d{2}:?\d{2})$")
_EMAIL = re.compile(r"[^@\s<>\"']{1,64}@[^@\s<>\"']{1,255}")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")


def text(value: Any, limit: int = MAX_TEXT) -> str:
    """`value` as storable text with LF line ends; "" if it is not text. Truncated to `limit`."""
    if not isinstance(value, str):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return text(str(value), limit) if is_number else ""  # digits, written as a number
    if value.isprintable():  # usual for names and IDs
        return value[:limit]
    cut = value[: limit + 1].replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", cut))[:limit]


def line(value: Any, limit: int = 300) -> str | None:
    """`value` as one line without outer spaces, or None if nothing is left."""
    fits = isinstance(value, str) and 0 < len(value) <= limit
    if fits and " " not in value and value.isprintable():  # no other whitespace is printable
        return str(value)  # usual for IDs and addresses
    return " ".join(text(value, limit * 4).split())[:limit].strip() or None


def name(value: Any) -> str | None:
    """A person's name, at most 100 characters."""
    return line(value, 100)


def identifier(value: Any) -> str | None:
    """An ID as text; a very long one as its digest, so that it is always the same."""
    if not isinstance(value, str) and (isinstance(value, bool) or not isinstance(value, int)):
        return None
    found = line(str(value), 4000)
    if found and len(found) > 200:
        return hashlib.sha256(found.encode()).hexdigest()
    return found


def email(value: Any) -> str | None:
    """An address that could be valid, in lower case; None otherwise."""
    found = line(value, 254)
    return found.lower() if found and _EMAIL.fullmatch(found) else None


def web(value: Any) -> str | None:
    """An absolute http(s) address; None for everything else."""
    found = line(value, MAX_ADDRESS + 1)
    if not found or len(found) > MAX_ADDRESS or " " in found:
        return None
    return found if re.match(r"https?://[^/?#\s]", found, re.IGNORECASE) else None


def page(value: Any) -> str | None:
    """The address of a page, absolute or relative; None for other schemes (javascript:, data:)."""
    found = line(value, MAX_ADDRESS + 1)
    if not found or len(found) > MAX_ADDRESS:
        return None
    scheme = _SCHEME.match(found)
    if scheme and scheme[1].lower() not in ("http", "https") and not _looks_like_port(found):
        return None
    return found


def _looks_like_port(address: str) -> bool:
    return re.match(r"[\w.-]+:\d+(?:/|$)", address) is not None


def count(value: Any) -> int:
    """A count, of likes for example: never negative, 0 if it is not a number."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    return min(max(int(value), 0), 1_000_000_000)


def dislikes(value: Any) -> dict[str, int]:
    """A count of dislikes as reactions, which have no entry for 0."""
    found = count(value)
    return {"dislike": found} if found else {}


def truth(value: Any) -> bool:
    """True for true, 1 and their spellings; everything else is false."""
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1", "yes")
    return value is True or (type(value) is int and value == 1)


def when(value: Any) -> datetime | None:
    """A time in UTC from ISO 8601, RFC 5322, `YYYY-MM-DD HH:MM:SS` or epoch (s, ms).

    None if there is none or it is impossible: before the web, after the year 2200, month 13.
    Without a zone, it is read as UTC.
    """
    try:
        moment = _moment(value)
        moment = moment and moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    return moment if moment and EARLIEST <= moment < LATEST else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        value = value.strip()[:64]
        if re.fullmatch(r"\d{9,16}(\.\d{1,9})?", value):
            value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
    if not isinstance(value, str) or not value:
        return None
    if value[:3].isalpha():
        return parsedate_to_datetime(value)
    return datetime.fromisoformat(_SPACED_ZONE.sub(r"\1", _ZONE_NAME.sub("", value)))
