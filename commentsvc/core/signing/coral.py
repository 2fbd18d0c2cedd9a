"""Coral's signatures (X-Coral-Signature): HMAC-SHA256 of the body as sent, one for each secret."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = "X-Coral-Signature"
_MOST = 8  # signatures checked per request; Coral sends one for each active secret


def header(secrets: Iterable[str], sent: bytes) -> str:
    """The header's value: `sha256=HEX` for each secret, joined by commas."""
    return ",".join(f"sha256={_mark(each, sent)}" for each in secrets)


def is_signed(given: str, secrets: Iterable[str], sent: bytes) -> bool:
    """Whether one of the header's signatures was made with one of these secrets."""
    marks = [each.strip().partition("=") for each in given.split(",")[:_MOST]]
    known = [_mark(each, sent).encode() for each in secrets]
    found = [
        hmac.compare_digest(mark.lower().encode("utf-8", "surrogatepass"), own)
        for name, _, mark in marks
        if name == "sha256"
        for own in known
    ]
    return any(found)


def _mark(secret: str, sent: bytes) -> str:
    return hmac.digest(secret.encode(), sent, "sha256").hex()
