"""Names and email addresses from other systems, in the form that we store or compare."""

from __future__ import annotations

import unicodedata

from ..core.errors import Invalid
from ..core.shown import neutral, one_line
from ..core.typed import MAX_NAME, clean_name


def name_from_elsewhere(name: str, fallback: str) -> str:
    """A name that nobody can be asked to type again: repaired and shortened, or `fallback`."""
    try:
        return clean_name(neutral(one_line(name[:1000]))[:MAX_NAME])
    except Invalid:
        return fallback


def mailbox_of(email: str) -> str:
    """The mailbox of an address, for counting: without what many hosts ignore (`+tag`, and dots at
    Gmail). Emails are sent to the address as typed."""
    name, at, host = kept_email(email).rpartition("@")
    name = name.split("+", 1)[0] or name
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return name + at + host


def kept_email(email: str) -> str:
    """The normalized spelling of an email address (NFC, trimmed, lower-case)."""
    return unicodedata.normalize("NFC", email.strip().lower())
