"""MACs that only this installation can make, for links in emails and for forms. Never stored."""

from __future__ import annotations

import hashlib
import hmac


def mark(secret: str, purpose: str, text: str, *, size: int) -> str:
    """The first `size` hex digits of an HMAC-SHA256 of the text, with one key per purpose."""
    key = hashlib.blake2b(purpose.encode(), key=secret.encode()[:64]).digest()
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:size]


def is_mark(given: str, known: str) -> bool:
    """Compare a given mark with the known one, in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
