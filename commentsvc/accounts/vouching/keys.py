"""Public keys that a site or its OpenID provider publishes (JWKS): fetched safely, kept in this process,
and fetched again when a token names one that is not among them."""

from __future__ import annotations

import hashlib
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

#: What may sign -> the type of key that does, and its curves. HS256 is not here: a public key is no secret.
ALGORITHMS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "RS256": ("RSA", (None,)),
    "ES256": ("EC", ("P-256",)),
    "EdDSA": ("OKP", ("Ed25519",)),
}
FRESH = 600.0  # seconds for which keys are taken without a look
PAUSE = 30.0  # seconds between two looks, however many tokens name keys that are not there
_STALE = 24 * 3600.0  # keys outlive a provider that does not answer
_SECONDS, _BYTES, _MOST_KEYS = 5.0, 256 * 1024, 50
_LEAST_RSA = 2048


@dataclass(frozen=True)
class _Key:
    kid: str | None
    kind: str
    curve: str | None
    key: Any


@dataclass
class _Kept:
    """The keys of one address: when they were found, and when they were last looked for."""

    lock: threading.Lock
    keys: tuple[_Key, ...] = ()
    found: float = float("-inf")
    tried: float = float("-inf")


_kept: dict[str, _Kept] = {}
_MOST_KEPT = 500


def at(url: str, kid: str | None, algorithm: str) -> list[Any]:
    """The published keys that may have signed this. Raises `Unavailable` where none could be fetched."""
    return _fitting(url, partial(_fetch, url), kid, algorithm)


def of_issuer(issuer: str, kid: str | None, algorithm: str) -> list[Any]:
    """The same for an OpenID provider, whose configuration says where its keys are."""
    return _fitting(f"issuer {issuer}", partial(_fetch_of_issuer, issuer), kid, algorithm)


def count_at(url: str) -> int:
    """How many keys of use are published there now. Raises `Invalid`, with what is wrong."""
    return _look(partial(_fetch, url), "keys_url")


def count_of_issuer(issuer: str) -> int:
    """The same for an OpenID provider."""
    return _look(partial(_fetch_of_issuer, issuer), "issuer")


def mark(issuer: str) -> str:
    """A short name of an issuer: people of one never become those of another."""
    return hashlib.sha256(issuer.encode()).hexdigest()[:12]


def forget() -> None:
    """Fetch again what was kept."""
    _kept.clear()


def _look(fetch: Callable[[], tuple[_Key, ...]], field: str) -> int:
    release()
    try:
        found = fetch()
    except CallFailed as error:
        raise Invalid(error.key, field=field, **error.values) from error
    if not found:
        raise Invalid("invalid.no_keys", field=field)
    return len(found)


def _fitting(
    name: str, fetch: Callable[[], tuple[_Key, ...]], kid: str | None, algorithm: str
) -> list[Any]:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    kept = _kept.setdefault(name, _Kept(threading.Lock()))
    found = _among(kept.keys, kid, algorithm)
    if found and time.monotonic() - kept.found < FRESH:
        return found
    # one asks, and the others wait for what it finds: not long, where there are keys to go on with
    if kept.lock.acquire(timeout=1.0 if kept.keys else _SECONDS):
        try:
            if time.monotonic() - kept.tried >= PAUSE:
                _renew(kept, fetch)
        finally:
            kept.lock.release()
    if time.monotonic() - kept.found > _STALE:
        raise Unavailable("unavailable.sign_in_keys")
    return _among(kept.keys, kid, algorithm)


def _renew(kept: _Kept, fetch: Callable[[], tuple[_Key, ...]]) -> None:
    release()  # nothing is held while another server thinks
    try:
        kept.keys = fetch()
        kept.found = time.monotonic()
    except CallFailed:
        pass  # what was found before stands
    finally:
        kept.tried = time.monotonic()


def _among(keys: tuple[_Key, ...], kid: str | None, algorithm: str) -> list[Any]:
    kind, curves = ALGORITHMS[algorithm]
    fitting = [each for each in keys if each.kind == kind and each.curve in curves]
    if kid is None:
        return [each.key for each in fitting]
    return [each.key for each in fitting if each.kid in (kid, None)]


def _fetch_of_issuer(issuer: str) -> tuple[_Key, ...]:
    said = _json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    url = said.get("jwks_uri")
    if said.get("issuer") != issuer or not isinstance(url, str):
        raise CallFailed("invalid.issuer", again=False)
    return _fetch(url)


def _fetch(url: str) -> tuple[_Key, ...]:
    listed = _json(url).get("keys")
    found = [_key(each) for each in (listed if isinstance(listed, list) else ())[:_MOST_KEYS]]
    return tuple(each for each in found if each is not None)


def _json(url: str) -> dict[str, Any]:
    private = settings().webhook_private
    if not private and not url.lower().startswith("https://"):
        raise CallFailed("invalid.keys_https", again=False)
    headers = {"Accept": "application/json"}
    answer = call(url, headers=headers, private=private, deadline=_SECONDS, most=_BYTES)
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        said = None
    if answer.status != 200 or not isinstance(said, dict):
        raise CallFailed("invalid.keys_answer", status=answer.status)
    return said


def _key(said: Any) -> _Key | None:
    """A key that signs, as the library reads it; None for any other: private, for encrypting, too short."""
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
