"""Secrets that we need in plain text, so cannot hash: encrypted with the installation's key.

Uses Fernet (`cryptography`): authenticated encryption, with one key derived per secret key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .errors import Unavailable
from .parts import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.fernet import MultiFernet

log = logging.getLogger(__name__)

_MARK = "sealed:"
_PURPOSE = b"commentsvc: secrets in the database"

State = Literal["sealed", "old key", "open", "lost"]


class Wanted(Protocol):
    """The settings needed here."""

    @property
    def secret_key(self) -> str: ...
    @property
    def old_secret_keys(self) -> tuple[str, ...]: ...


class Sealer:
    """Seals with the first key; opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys

    @cached_property
    def _all(self) -> MultiFernet:
        return self._box(self._keys)

    @cached_property
    def _newest(self) -> MultiFernet:
        return self._box(self._keys[:1])

    def _box(self, keys: Sequence[str]) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet  # large, and needed by few requests

        derived = (hmac.new(key.encode(), _PURPOSE, hashlib.sha256).digest() for key in keys)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in derived])

    def seal(self, secret: str) -> str:
        """The secret as it is stored."""
        return _MARK + self._newest.encrypt(secret.encode()).decode()

    def open(self, kept: str) -> str:
        """The secret in plain text; one that was never sealed is returned unchanged. Raises
        `Unavailable` when no key opens it."""
        from cryptography.fernet import InvalidToken

        if not kept.startswith(_MARK):
            return kept
        try:
            return self._all.decrypt(kept.removeprefix(_MARK).encode()).decode()
        except InvalidToken as error:
            log.error("a secret in the database was sealed with another SECRET_KEY")
            raise Unavailable("unavailable.sealed") from error

    def state(self, kept: str) -> State:
        """Whether a secret is sealed, with the current key, an old one or an unknown one."""
        from cryptography.fernet import InvalidToken

        if not kept.startswith(_MARK):
            return "open"
        found: tuple[tuple[State, MultiFernet], ...]
        found = (("sealed", self._newest), ("old key", self._all))
        for state, box in found:
            try:
                box.decrypt(kept.removeprefix(_MARK).encode())
            except InvalidToken:
                continue
            return state
        return "lost"


sealer: Part[Sealer] = Part("sealer")


def install(app: Any, settings: Wanted, value: Any = None) -> None:
    """Fill the part."""
    sealer.install(app, value or Sealer((settings.secret_key, *settings.old_secret_keys)))
