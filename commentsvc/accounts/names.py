"""Names that other systems give: taken over as far as they can be shown."""

from __future__ import annotations

import re
import unicodedata

from ..core.errors import Invalid
from ..core.typed import MAX_NAME, clean_name


def name_from_elsewhere(name: str, fallback: str) -> str:
    """A name that nobody here can be asked to type again: repaired, cut, or `fallback`."""
    kept = "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") else " "
        for char in unicodedata.normalize("NFC", name[:1000])
    )
    try:
        return clean_name(re.sub(r"\s+", " ", kept).strip()[:MAX_NAME].strip())
    except Invalid:
        return fallback
