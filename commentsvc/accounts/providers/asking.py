"""Calls to a provider: its configuration, tokens for a code, and who somebody is. All are limited:
few at once, each short, over HTTPS, never to a private address."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from contextlib import contextmanager
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
    from collections.abc import Callable, Iterator

    from . import Provider

FRESH = 600.0  # seconds that a configuration is used without a new request
_STALE = 24 * 3600.0
_SECONDS = 4.0  # for one call
_BYTES = 256 * 1024
_MOST_KEPT = 500
TENANT = "{tenantid}"  # in Microsoft's issuer, stands for the user's directory

PAUSE = 10.0  # seconds without a new request after one that failed
#: Limits on concurrent calls (to all, to one), as each waiting call occupies a thread that posts
#: need. Unknown providers have limits of their own, so that they cannot block those that have
#: responded before.
_KNOWN, _UNKNOWN = (3, 2), (2, 1)
_calls: Counter[tuple[bool, str]] = Counter()
_counting = threading.Lock()


@dataclass(frozen=True)
class Configuration:
    """What a provider publishes about itself. `says_iss`: it names itself in the redirect back (RFC
    9207); `basic`: clients authenticate in a header."""

    issuer: str
    authorize: str
    token: str
    keys: str = ""
    person: str = ""
    says_iss: bool = False
    basic: bool = False


_kept: dict[str, tuple[float, Configuration]] = {}
_paused: dict[str, float] = {}  # until when


def configuration(provider: Provider) -> Configuration:
    """The provider's configuration; cached for a while. Raises `Unavailable`, and `Invalid` if it
    cannot be right."""
    api = provider.preset.api
    if api is not None:
        return Configuration(provider.issuer, api.authorize, api.token, person=api.person)
    found = _kept.get(provider.issuer)
    now = time.monotonic()
    if found is not None and now - found[0] < FRESH:
        return found[1]
    try:
        return _looked_up(provider, now)
    except (Unavailable, Invalid):
        if found is not None and now - found[0] < _STALE:
            return found[1]
        raise


def _looked_up(provider: Provider, now: float) -> Configuration:
    left = _paused.get(provider.issuer, 0.0) - now
    if left > 0:
        raise Unavailable("unavailable.provider", retry_after=math.ceil(left))
    for kept in (_kept, _paused):
        if len(kept) >= _MOST_KEPT:
            kept.clear()
    try:
        fresh = _discovered(provider)
    except _Busy:
        raise
    except (Unavailable, Invalid):
        _paused[provider.issuer] = time.monotonic() + PAUSE
        raise
    _kept[provider.issuer] = (now, fresh)
    return fresh


def check(provider: Provider) -> None:
    """Fetch the provider's configuration now. Raises `Invalid` with what is wrong."""
    if provider.preset.api is not None:
        return
    try:
        _discovered(provider)
        _paused.pop(provider.issuer, None)
    except Unavailable as error:
        if error.key != "unavailable.provider":
            raise Invalid(error.key, field="issuer", **error.values) from error
        raise Invalid(
            "invalid.issuer_unread", field="issuer", address=_published(provider)
        ) from error


def forget() -> None:
    """Clear the caches."""
    _kept.clear()
    _paused.clear()


def ask(
    provider: Provider,
    url: str,
    *,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """Status and JSON of one response of the provider; None if it is not JSON. Raises
    `Unavailable`."""
    if not settings().webhook_private and not url.lower().startswith("https://"):
        raise Unavailable("invalid.provider_https")
    said = {"Accept": "application/json", "User-Agent": "commentsvc", **(headers or {})}
    body = None
    if form is not None:
        said["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode()
    try:
        with _slot(provider):
            release()  # holds no connection while another server works
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
    try:
        return answer.status, orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return answer.status, None


class _Busy(Unavailable):
    """Too many calls to providers are already waiting."""


@contextmanager
def _slot(provider: Provider) -> Iterator[None]:
    """A place among the calls to providers. Raises `_Busy` if there is none."""
    is_known = provider.is_trusted or provider.issuer in _kept
    mine = (is_known, provider.issuer)
    most, most_of_one = _KNOWN if is_known else _UNKNOWN
    with _counting:
        among = sum(count for (known, _), count in _calls.items() if known == is_known)
        if among >= most or _calls[mine] >= most_of_one:
            raise _Busy("unavailable.provider", retry_after=2)
        _calls[mine] += 1
    try:
        yield
    finally:
        with _counting:
            _calls[mine] -= 1
            if not _calls[mine]:
                del _calls[mine]


def _discovered(provider: Provider) -> Configuration:
    status, said = ask(provider, _published(provider))
    if status != 200 or not isinstance(said, dict):
        raise Unavailable("unavailable.provider", retry_after=30)
    issuer = str(said.get("issuer"))
    is_any_tenant = provider.kind == "microsoft" and TENANT in issuer
    if issuer != provider.issuer and not is_any_tenant:
        raise Invalid("invalid.issuer", field="issuer")
    for name, shape in _SHAPES.items():
        if name in said and not shape(said[name]):
            raise Invalid("invalid.provider_configuration", field="issuer", claim=name)
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Configuration(
        issuer,
        _address(said, "authorization_endpoint"),
        _address(said, "token_endpoint"),
        keys=_address(said, "jwks_uri"),
        person=_address(said, "userinfo_endpoint") if "userinfo_endpoint" in said else "",
        says_iss=said.get("authorization_response_iss_parameter_supported", False),
        basic="client_secret_basic" in methods,
    )


def _is_list_of_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


#: Optional fields of a configuration, and the type that each must have.
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "issuer": lambda value: isinstance(value, str),
    "token_endpoint_auth_methods_supported": _is_list_of_words,
    "authorization_response_iss_parameter_supported": lambda value: isinstance(value, bool),
}


def _published(provider: Provider) -> str:
    return f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"


def _address(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    address = web_address(value) if isinstance(value, str) else ""
    is_safe = settings().webhook_private or address.startswith("https://")
    if not address or not is_safe or not isinstance(value, str):
        raise Invalid("invalid.provider_configuration", field="issuer", claim=name)
    return value
