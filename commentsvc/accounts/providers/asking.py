"""Asking a provider: its configuration, tokens for a code, and who somebody is. All within bounds: few calls
at once, each short, over https, never to a private address."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from ...core.addresses import web_address
from ...core.calling import CallFailed, call
from ...core.db import release
from ...core.errors import Invalid, Unavailable
from ...settings import settings

if TYPE_CHECKING:
    from . import Provider

FRESH = 600.0  # seconds for which a configuration is taken without a look
_STALE = 24 * 3600.0
_SECONDS = 4.0  # for one call
_BYTES = 256 * 1024
_MOST_KEPT = 500
TENANT = "{tenantid}"  # stands in Microsoft's issuer for the directory of whoever signs in

# Whoever waits for another server keeps a thread from those who post.
_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Configuration:
    """What a provider publishes of itself. `says_iss`: it names itself when it sends somebody back (RFC
    9207); `basic`: a client proves itself in a header."""

    issuer: str
    authorize: str
    token: str
    keys: str = ""
    person: str = ""
    says_iss: bool = False
    basic: bool = False


_kept: dict[str, tuple[float, Configuration]] = {}


def configuration(provider: Provider) -> Configuration:
    """Where things are at this provider; kept for a while. Raises `Unavailable`, and `Invalid` for what
    cannot be right."""
    api = provider.preset.api
    if api is not None:
        return Configuration(provider.issuer, api.authorize, api.token, person=api.person)
    found = _kept.get(provider.issuer)
    now = time.monotonic()
    if found is not None and now - found[0] < FRESH:
        return found[1]
    try:
        fresh = _discovered(provider)
    except (Unavailable, Invalid):
        if found is not None and now - found[0] < _STALE:
            return found[1]
        raise
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[provider.issuer] = (now, fresh)
    return fresh


def check(provider: Provider) -> None:
    """Look at what the provider publishes now. Raises `Invalid`, with what is wrong."""
    if provider.preset.api is not None:
        return
    try:
        _discovered(provider)
    except Unavailable as error:
        raise Invalid(error.key, field="issuer", **error.values) from error


def forget() -> None:
    """Look again at what was kept."""
    _kept.clear()


def ask(
    url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON of one answer; None for what is no JSON. Raises `Unavailable`."""
    if not settings().webhook_private and not url.lower().startswith("https://"):
        raise Unavailable("invalid.provider_https")
    said = {"Accept": "application/json", "User-Agent": "commentsvc", **(headers or {})}
    body = None
    if form is not None:
        said["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode()
    if not _slots.acquire(blocking=False):
        raise Unavailable("unavailable.provider", retry_after=2)
    try:
        release()  # nothing is held while another server thinks
        answer = call(
            url,
            method="POST" if form is not None else "GET",
            body=body,
            headers=said,
            private=settings().webhook_private,
            deadline=_SECONDS,
            most=_BYTES,
        )
    except CallFailed as error:
        raise Unavailable("unavailable.provider", retry_after=30) from error
    finally:
        _slots.release()
    try:
        return answer.status, orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return answer.status, None


def _discovered(provider: Provider) -> Configuration:
    status, said = ask(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if status != 200 or not isinstance(said, dict):
        raise Unavailable("unavailable.provider", retry_after=30)
    issuer = said.get("issuer")
    is_any_tenant = provider.kind == "microsoft" and TENANT in str(issuer)
    if issuer != provider.issuer and not is_any_tenant:
        raise Invalid("invalid.issuer", field="issuer")
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Configuration(
        str(issuer),
        _address(said, "authorization_endpoint"),
        _address(said, "token_endpoint"),
        keys=_address(said, "jwks_uri"),
        person=_address(said, "userinfo_endpoint") if said.get("userinfo_endpoint") else "",
        says_iss=said.get("authorization_response_iss_parameter_supported") is True,
        basic="client_secret_basic" in methods,
    )


def _address(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    address = web_address(value) if isinstance(value, str) else ""
    is_safe = settings().webhook_private or address.startswith("https://")
    if not address or not is_safe or not isinstance(value, str):
        raise Invalid("invalid.provider_configuration", field="issuer", claim=name)
    return value
