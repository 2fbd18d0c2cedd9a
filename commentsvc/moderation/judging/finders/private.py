"""Private data in a text: what each piece is, and where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .digits import DIGITS, OTHERS, RUNS
from .documents import cards, computers, ibans, identities, plates
from .mail import emails
from .phones import phones
from .streets import streets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .spans import Span

_MARK = re.compile(r"@|\b(?:at|arroba|ät)\b", re.IGNORECASE)
_URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_MOST = 20

#: What is looked for and how many digits a text has at least where there is one. The first that claims a
#: stretch has it: an account number is no telephone number.
_KINDS: tuple[tuple[str, Callable[[str], Iterator[Span]], int], ...] = (
    ("iban", ibans, 10),
    ("card", cards, 12),
    ("identity", identities, 6),
    ("ip", computers, 4),
    ("plate", plates, 1),
    ("phone", phones, 7),
    ("email", emails, 0),
    ("street", streets, 1),
)


def private_data(text: str) -> list[tuple[str, int, int]]:
    """Kind, start and end of each piece, in order and apart."""
    plain = text if text.isascii() or not OTHERS.search(text) else text.translate(DIGITS)
    digits = sum(map(len, RUNS.findall(plain)))
    if not digits and not _MARK.search(plain):
        return []
    taken: list[Span] = []
    if "://" in plain or "www." in plain.lower():
        taken += [found.span() for found in _URL.finditer(plain)]
    kept: list[tuple[str, int, int]] = []
    for kind, finder, least in _KINDS:
        if digits < least:
            continue
        for start, end in finder(plain):
            if len(kept) >= _MOST:
                break
            if not any(start < there and here < end for here, there in taken):
                taken.append((start, end))
                kept.append((kind, start, end))
    return sorted(kept, key=lambda each: each[1])
