"""Opaque ids for addresses, and secrets with the hash under which they are kept."""

from __future__ import annotations

import hashlib
import secrets

# No vowels and no look-alikes: an id never spells a word and survives being read aloud.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_id(length: int = 13) -> str:
    """A random public id; 13 characters carry 61 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_secret() -> str:
    """A random secret of 192 bits, safe in a header or an address."""
    return secrets.token_urlsafe(24)


def secret_hash(secret: str) -> str:
    """How a secret is stored: SHA-256, which is enough for 192 random bits (ASVS 11.4.1)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
