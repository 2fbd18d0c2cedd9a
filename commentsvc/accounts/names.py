"""What people may be called."""

from __future__ import annotations

import unicodedata

from ..core.errors import Invalid

MAX_NAME = 60
_INVISIBLE_LETTERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"  # letters without ink


def clean_name(name: str) -> str:
    """A name on one line, without what cannot be seen and could mislead (UTS 36, 3.4).

    Raises `Invalid` for an empty, empty-looking or too long name.
    """
    composed = unicodedata.normalize("NFC", name)
    if any(unicodedata.category(char) == "Cs" or char == "\x00" for char in composed):
        raise Invalid("This name contains characters that cannot be stored.", field="name")
    kept: list[str] = []
    marks = 0
    for char in composed:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif char == "\u200d" or (category not in ("Cf", "Co", "Cn") and marks <= 4):
            kept.append(" " if char in _INVISIBLE_LETTERS else char)
    tidy = " ".join("".join(kept).split()).strip("\u200d")
    if not any(unicodedata.category(char)[0] in "LNSP" for char in tidy):
        raise Invalid("Give a name that can be seen.", field="name")
    if len(tidy) > MAX_NAME:
        raise Invalid(f"A name has at most {MAX_NAME} characters.", field="name")
    return tidy
