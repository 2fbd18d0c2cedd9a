"""Keeps other sites from acting in a signed-in person's name: origin checks, and a token in every
form."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from markupsafe import Markup

from ..core.errors import NotAllowed
from ..settings import settings

F = TypeVar("F", bound=Callable[..., Any])

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
_BYTES = 18
_MASKED = "commentsvc.csrf_masked"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
#: Paths whose views use a token or key in a header, or check the session's token themselves.
_BY_HEADER = ("/api/", "/v1alpha1/")


class FormExpired(NotAllowed):
    """A form of our own page without this session's token: its page was opened long ago, or the
    browser stores no cookies."""


def register(app: Flask) -> None:
    """Check every request that may change something; offer `csrf()` and `csrf_token()` to
    templates."""
    app.before_request(_check)
    app.jinja_env.globals.update(csrf=csrf_field, csrf_token=token)


def token() -> str:
    """This session's token, created on first use and masked differently in each response: a secret
    that is compressed together with strangers' text must not repeat (packing.py). Within one, all
    forms have the same, which compresses well: a page of cards has a hundred."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(_BYTES)
    kept = str(session["csrf"]).encode()
    masked: tuple[bytes, str] | None = request.environ.get(_MASKED)
    if masked is None or masked[0] != kept:
        pad = secrets.token_bytes(len(kept))
        masked = kept, base64.urlsafe_b64encode(pad + _mixed(kept, pad)).decode()
        request.environ[_MASKED] = masked
    return masked[1]


def _mixed(text: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))


def _plain(given: str) -> bytes:
    """The unmasked token; b"" if it is malformed."""
    try:
        both = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return b""
    half = len(both) // 2
    return _mixed(both[half:], both[:half]) if len(both) == 2 * half else b""


def csrf_field() -> Markup:
    """The hidden field for a form. Not escaped: a page has a hundred, and base64 needs no escaping."""
    return Markup(f'<input type="hidden" name="{FIELD}" value="{token()}">')


def is_sent() -> bool:
    """Whether the request has the session's token, in the header or the form."""
    given = request.headers.get(HEADER) or ""
    if not given and request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        given = request.form.get(FIELD, "")
    kept = session.get("csrf")
    return bool(kept) and hmac.compare_digest(str(kept).encode(), _plain(given))


def no_csrf(view: F) -> F:
    """Decorator for a form view with another proof: a secret in its address (one-click unsubscribe
    in an email, RFC 8058)."""
    view.no_csrf = True  # type: ignore[attr-defined]
    return view


def own_origins() -> frozenset[str]:
    """The origins of this service: PUBLIC_URL, and the plain address that a developer uses."""
    public = urlsplit(settings().public_url)
    found = {f"{public.scheme}://{public.netloc}"}
    host = request.host
    if is_plain_host(host):
        found.add(f"{request.scheme}://{host}")
    return frozenset(found)


def is_plain_host(host: str) -> bool:
    """Whether this host needs no DNS: an IP address or localhost. It is safe from DNS rebinding,
    because nobody can point it at us."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_foreign() -> bool:
    """Whether a browser says that another site's page made this request."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin not in own_origins()
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def _check() -> None:
    if request.method in _SAFE or request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "no_csrf", False):
        return
    if is_foreign():
        raise NotAllowed("foreign_origin")
    if not request.path.startswith(_BY_HEADER) and not is_sent():
        raise FormExpired("csrf")
