"""Names that other systems give: taken over as far as they can be shown."""

from __future__ import annotations

import unicodedata

from ..core.errors import Invalid
from ..core.shown import neutral, one_line
from ..core.typed import MAX_NAME, clean_name


def name_from_elsewhere(name: str, fallback: str) -> str:
    """A name that nobody here can be asked to type again: repaired, cut, or `fallback`."""
    try:
        return clean_name(neutral(one_line(name[:1000]))[:MAX_NAME])
    except Invalid:
        return fallback


def mailbox_of(email: str) -> str:
    """Where an address leads, to count by: without what many hosts ignore in it (`+tag`, and the dots at
    Gmail). Emails go to the address as it was typed."""
    name, at, host = kept_email(email).rpartition("@")
    name = name.split("+", 1)[0] or name
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return name + at + host


def kept_email(email: str) -> str:
    """One spelling of an email address, however its letters were composed."""
    return unicodedata.normalize("NFC", email.strip().lower())
