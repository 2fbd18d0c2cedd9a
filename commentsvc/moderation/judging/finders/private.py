"""Private data in a text: the kind of each piece, and its span."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .digits import DIGITS, OTHERS, RUNS
from .documents import cards, computers, ibans, identities, plates
from .mail import emails
from .phones import phones, spoken
from .streets import streets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .spans import Span

# Without any of these, a text without digits holds no private data.
_MARK = re.compile(
    r"[@＠﹫]|\b(?:at|arroba|ät|chiocciola|arobase|ma[łl]pa|собака|zero|null|z[eé]ro|cero|oh|double)\b|_at_",
    re.IGNORECASE,
)
# Full-width letters and signs, and other signs that read as "@" or a full stop.
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord("﹫"): "@", ord("。"): ".", ord("｡"): ".", ord("․"): ".", ord("﹒"): ".", ord("﹣"): "-",
    ord("\u3000"): " ",
}  # fmt: skip
_MARKS = re.compile("[\uff01-\uff5e﹫。｡․﹒﹣\u3000]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_MOST = 20

#: Kind, finder, and the fewest digits that a text with one has. The first to claim a span wins: an
#: account number is not a telephone number.
_KINDS: tuple[tuple[str, Callable[[str], Iterator[Span]], int], ...] = (
    ("iban", ibans, 10),
    ("card", cards, 12),
    ("identity", identities, 6),
    ("ip", computers, 4),
    ("plate", plates, 1),
    ("phone", phones, 7),
    ("phone", spoken, 0),
    ("email", emails, 0),
    ("street", streets, 1),
)


def private_data(text: str) -> list[tuple[str, int, int]]:
    """Kind, start and end of each piece, in order, without overlaps."""
    if text.isascii():
        return _pieces(text)
    plain = text.translate(DIGITS | _WIDE) if OTHERS.search(text) or _MARKS.search(text) else text
    if not _UNSEEN.search(plain):
        return _pieces(plain)
    places = [at for at, each in enumerate(plain) if not _UNSEEN.match(each)]
    seen = "".join(plain[at] for at in places)
    return [(kind, places[start], places[end - 1] + 1) for kind, start, end in _pieces(seen)]


def _pieces(plain: str) -> list[tuple[str, int, int]]:
    """The same for a text with ASCII digits and signs and no invisible characters."""
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
