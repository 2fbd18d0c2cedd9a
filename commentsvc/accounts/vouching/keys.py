"""Public keys that a site or its OpenID provider publishes (JWKS): fetched safely, cached in this
process, and fetched again when a token names an unknown key."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from ...core.calling import CallFailed, call
from ...core.db import release
from ...core.errors import Invalid, Unavailable
from ...settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    _Fetch = Callable[[float], tuple["_Key", ...]]

#: Algorithms -> their type of key, and its curves. HS256 is missing because a public key is no
#: secret.
ALGORITHMS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "RS256": ("RSA", (None,)),
    "ES256": ("EC", ("P-256",)),
    "EdDSA": ("OKP", ("Ed25519",)),
}
FRESH = 600.0  # seconds that keys are used without a new request
PAUSE = 30.0  # seconds between two requests, however many tokens name unknown keys
_STALE = 24 * 3600.0  # keys outlive a provider that does not respond
_SECONDS = 2.0  # to fetch a provider's configuration and its keys
_BYTES, _MOST_KEYS = 256 * 1024, 50
_LEAST_RSA = 2048


class KeysMissing(Unavailable):
    """No key that may have signed a token could be fetched, so its sender is unknown."""


@dataclass(frozen=True)
class _Key:
    kid: str | None
    kind: str
    curve: str | None
    key: Any


@dataclass
class _Kept:
    """The keys of one address: when they were fetched, and when we last tried."""

    keys: tuple[_Key, ...] = ()
    found: float = float("-inf")
    tried: float = float("-inf")
    is_sought: bool = False


_kept: dict[str, _Kept] = {}
_MOST_KEPT = 500
# Anybody can send a token, and waiting for another server occupies a thread that posts need: so
# only one thread waits, for all addresses. The others use the cached keys or ask to retry.
_looking = threading.Lock()


def at(url: str, kid: str | None, algorithm: str) -> list[Any]:
    """The published keys that may have signed a token. Raises `Unavailable` while they are being
    fetched, and `KeysMissing` if they could not be fetched."""
    return _fitting(url, partial(_fetch, url), kid, algorithm)


def of_issuer(issuer: str, kid: str | None, algorithm: str) -> list[Any]:
    """The same for an OpenID provider, whose configuration has the address of its keys."""
    return _fitting(f"issuer {issuer}", partial(_fetch_of_issuer, issuer), kid, algorithm)


def count_at(url: str) -> int:
    """How many usable keys are published there now. Raises `Invalid` with what is wrong."""
    return _look(partial(_fetch, url), "keys_url")


def count_of_issuer(issuer: str) -> int:
    """The same for an OpenID provider."""
    return _look(partial(_fetch_of_issuer, issuer), "issuer")


def mark(issuer: str) -> str:
    """A short name for an issuer: people of one issuer never become those of another."""
    return hashlib.sha256(issuer.encode()).hexdigest()[:12]


def forget() -> None:
    """Clear the cache."""
    _kept.clear()


def _look(fetch: _Fetch, field: str) -> int:
    release()
    try:
        found = fetch(time.monotonic() + _SECONDS)
    except CallFailed as error:
        raise Invalid(error.key, field=field, **error.values) from error
    if not found:
        raise Invalid("invalid.no_keys", field=field)
    return len(found)


def _fitting(name: str, fetch: _Fetch, kid: str | None, algorithm: str) -> list[Any]:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    kept = _kept.setdefault(name, _Kept())
    found = _among(kept.keys, kid, algorithm)
    if found and time.monotonic() - kept.found < FRESH:
        return found
    is_due = time.monotonic() - kept.tried >= PAUSE
    is_sought = not _renew(kept, fetch) if is_due else kept.is_sought
    found = _among(kept.keys, kid, algorithm)
    if not found and is_sought:
        raise Unavailable("unavailable.sign_in_keys", retry_after=math.ceil(_SECONDS))
    if time.monotonic() - kept.found > _STALE:
        left = kept.tried + PAUSE - time.monotonic()
        raise KeysMissing("unavailable.sign_in_keys", retry_after=max(1, math.ceil(left)))
    return found


def _renew(kept: _Kept, fetch: _Fetch) -> bool:
    """Fetch the keys again, unless another thread is fetching; returns whether it tried."""
    if not _looking.acquire(blocking=False):
        return False
    try:
        kept.is_sought, kept.tried = True, time.monotonic()
        release()  # holds no connection while another server works
        kept.keys = fetch(kept.tried + _SECONDS)
        kept.found = time.monotonic()
    except CallFailed:
        pass  # keep the keys from before
    finally:
        kept.is_sought = False
        _looking.release()
    return True


def _among(keys: tuple[_Key, ...], kid: str | None, algorithm: str) -> list[Any]:
    kind, curves = ALGORITHMS[algorithm]
    fitting = [each for each in keys if each.kind == kind and each.curve in curves]
    if kid is None:
        return [each.key for each in fitting]
    return [each.key for each in fitting if each.kid in (kid, None)]


def _fetch_of_issuer(issuer: str, until: float) -> tuple[_Key, ...]:
    said = _json(f"{issuer.rstrip('/')}/.well-known/openid-configuration", until)
    url = said.get("jwks_uri")
    if said.get("issuer") != issuer or not isinstance(url, str):
        raise CallFailed("invalid.issuer", again=False)
    return _fetch(url, until)


def _fetch(url: str, until: float) -> tuple[_Key, ...]:
    listed = _json(url, until).get("keys")
    found = [_key(each) for each in (listed if isinstance(listed, list) else ())[:_MOST_KEYS]]
    return tuple(each for each in found if each is not None)


def _json(url: str, until: float) -> dict[str, Any]:
    private = settings().webhook_private
    if not private and not url.lower().startswith("https://"):
        raise CallFailed("invalid.keys_https", again=False)
    headers = {"Accept": "application/json"}
    left = max(0.0, until - time.monotonic())
    answer = call(url, headers=headers, private=private, deadline=left, most=_BYTES)
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        said = None
    if answer.status != 200 or not isinstance(said, dict):
        raise CallFailed("invalid.keys_answer", status=answer.status)
    return said


def _key(said: Any) -> _Key | None:
    """A key that can verify signatures; None for others: private, for encryption, too short."""
    from jwt import PyJWK, PyJWTError

    if not isinstance(said, dict) or said.get("use", "sig") != "sig" or "d" in said:
        return None
    kind, curve, kid = said.get("kty"), said.get("crv"), said.get("kid")
    name = next((n for n, fits in ALGORITHMS.items() if kind == fits[0] and curve in fits[1]), None)
    if name is None or said.get("alg", name) != name:
        return None
    try:
        key = PyJWK(said, name).key
    except (PyJWTError, ValueError, TypeError):
        return None
    if getattr(key, "key_size", _LEAST_RSA) < _LEAST_RSA and kind == "RSA":
        return None
    return _Key(kid if isinstance(kid, str) else None, str(kind), curve, key)
