"""Keyset cursors: opaque tokens that say where the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of a page, and the cursor of the next page (None at the end)."""

    items: list[T]
    next: str | None


def encode_cursor(*key: Any) -> str:
    """The sort key of the last row shown, as a URL-safe token."""
    raw = json.dumps(key, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """The key in a cursor, checked for these types (an int passes as a float). Raises `Invalid`."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Invalid("invalid.cursor", field="after") from error
    if not isinstance(key, list) or len(key) != len(types):
        raise Invalid("invalid.cursor", field="after")
    for value, wanted in zip(key, types, strict=True):
        allowed = (int, float) if wanted is float else (wanted,)
        too_big = isinstance(value, int) and abs(value) >= 2**63
        if isinstance(value, bool) or not isinstance(value, allowed) or too_big:
            raise Invalid("invalid.cursor", field="after")
    return tuple(key)
