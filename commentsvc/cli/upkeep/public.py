"""`commentsvc check --public`: what browsers see at the public address, through any proxy."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...core.calling import Answer
    from ...settings import Settings
    from ...sites.models import Site

_SECONDS = 10
#: A documentation address (RFC 5737) that the check claims to come from.
_CLAIMED = "192.0.2.77"
_MOST = 256 * 1024  # bytes of a response that are read
_BIG = 2 * 1024 * 1024  # bytes; above nginx's default limit
_DAY = 86400
_SOON = 14  # days of validity at which a certificate gets a warning


@dataclass(frozen=True)
class Line:
    """One line of the result. State: ok, warning (works, but look at it) or failed."""

    what: str
    state: str
    says: str


def lines(given: Settings) -> Iterator[Line]:
    """The result of each check. Stops if a check fails that the others need."""
    from ...core.calling import CallFailed

    yield (tls := _tls(given))
    if tls.state == "failed":
        return
    looks: tuple[tuple[str, Callable[[Settings], tuple[str, str]]], ...] = (
        ("reached", _reached),
        ("client address", _address),
        ("headers", _headers),
        ("frame", _frame),
        ("large bodies", _bodies),
    )
    for what, look in looks:
        try:
            state, says = look(given)
        except CallFailed as error:
            state, says = "failed", error.detail
        yield Line(what, state, says)
        if what == "reached" and state == "failed":
            return


def mail_to(given: Settings, address: str) -> Line:
    """Send a test email."""
    from ...notifications.mail import MailFailed, make_mailer
    from ...notifications.trying import send_test

    try:
        send_test(address, locale="en", through=make_mailer(given))
    except MailFailed as error:
        return Line("test email", "failed", f"{error}")
    return Line(
        "test email", "ok", f"sent to {address}; check that it arrives and is not marked as spam"
    )


_STATES = {"good": "ok", "warn": "warning", "bad": "failed"}


def page(url: str, key: str | None) -> Iterator[Line]:
    """Whether the page at this address shows the box. The address may be private: a person who can
    run this can open such pages too."""
    from ...core.errors import DomainError
    from ...sites.tag.checking import check_page

    if not url.strip():
        yield Line("page", "failed", "the address is empty: give the page's address after --page")
        return
    try:
        site = _site_of(url, key)
    except DomainError as error:
        yield Line("page", "failed", error.say("en"))
        return
    if isinstance(site, str):
        yield Line("page", "failed", site)
        return
    for each in check_page(site, url, private=True):
        yield Line("page", _STATES[each.state], each.say("en"))


def _site_of(url: str, key: str | None) -> Site | str:
    """The named site, else the one that lists the page, else the only one; or an error text."""
    from sqlalchemy import select

    from ...core.addresses import origin_of
    from ...core.db import db
    from ...sites.models import Site
    from ...sites.queries import by_key, by_origin

    if key:
        return by_key(key)
    if site := by_origin(origin_of(url)):
        return site
    every = db.session.scalars(select(Site).limit(2)).all()
    if not every:
        return "there is no site yet: create one with commentsvc site add"
    return every[0] if len(every) == 1 else "several sites exist: name one with --site KEY"


def _tls(given: Settings) -> Line:
    from ...core import clock
    from ...core.calling import CallFailed, certificate

    if not given.is_https:
        return Line("TLS", "warning", "none; browsers keep no third-party cookies without it")
    try:
        found = certificate(given.public_url, deadline=_SECONDS)
    except CallFailed as error:
        return Line("TLS", "failed", error.detail)
    left = ssl.cert_time_to_seconds(found["notAfter"]) - clock.now().timestamp()
    days = int(left // _DAY)
    return Line(
        "TLS", "ok" if days > _SOON else "warning", f"days until the certificate expires: {days}"
    )


def _reached(given: Settings) -> tuple[str, str]:
    answer = _ask(given, "GET", "/healthz")
    if answer.status == 200 and answer.body == b"ok\n":
        return "ok", given.public_url
    hint = " Make the proxy pass on the Host header." if answer.status == 400 else ""
    if answer.status == 404:
        hint = " Make the proxy pass on everything under this address."
    return (
        "failed",
        f"{given.public_url}/healthz responds with {answer.status}, but the response is not from "
        f"commentsvc.{hint}",
    )


def _address(given: Settings) -> tuple[str, str]:
    from ...web.ops import pass_for_seen

    headers = {
        "Authorization": f"Bearer {pass_for_seen(given)}",
        "X-Forwarded-For": _CLAIMED,
    }
    answer = _ask(given, "GET", "/seen", headers)
    if answer.status != 200:
        return "failed", f"/seen answers {answer.status}; does that server use another SECRET_KEY?"
    found = _seen(answer.body)
    if found is None:
        return (
            "failed",
            "/seen responds, but the response is not from commentsvc. Is another server at this address?",
        )
    if found["address"] == _CLAIMED:
        return "failed", (
            "clients can claim any address. Make the proxy set X-Forwarded-For to the client's address, and "
            "list only proxies in TRUSTED_PROXIES"
        )
    if found["forwarded"] not in ("", _CLAIMED) and not found["trusted"]:
        return "failed", f"the proxy counts as the client. Add {found['peer']} to TRUSTED_PROXIES"
    if found["forwarded"] in ("", _CLAIMED):
        return "warning", (
            f"{found['address']}; if a proxy is in front, it does not set X-Forwarded-For"
        )
    return "ok", f"this request came from {found['address']}"


def _seen(body: bytes) -> dict[str, Any] | None:
    """The response of our /seen, parsed; None for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    words = ("address", "peer", "forwarded")
    if not isinstance(found, dict) or not all(isinstance(found.get(each), str) for each in words):
        return None
    return found if isinstance(found.get("trusted"), bool) else None


def _headers(given: Settings) -> tuple[str, str]:
    answer = _ask(
        given, "GET", "/account/sign-in", {"Accept": "text/html", "Accept-Encoding": "br"}
    )
    named = ("content-security-policy", "x-content-type-options", "set-cookie", "referrer-policy")
    if missing := [each for each in named if each not in answer.headers]:
        return "failed", f"the proxy removes {', '.join(missing)}"
    twice = [
        each
        for each in ("content-security-policy", "x-frame-options")
        if ", " in answer.headers.get(each, "")
    ]
    if twice:
        return "failed", f"the proxy adds its own {', '.join(twice)}; make it keep ours"
    cached = answer.headers.get("cache-control", "")
    if "no-store" not in cached:
        return (
            "failed",
            f"the proxy changes Cache-Control to “{cached}”, so it may serve one person's page to another",
        )
    return "ok", "arrive as they were sent"


def _frame(given: Settings) -> tuple[str, str]:
    from sqlalchemy import select

    from ...core.db import db
    from ...sites.models import Site
    from ...sites.queries import origins

    site = db.session.scalar(select(Site).order_by(Site.id).limit(1))
    if site is None or not (allowed := [each for each in origins(site) if "*" not in each]):
        return "warning", "not checked: no site lists an origin yet"
    query = urlencode({"site": site.key, "href": f"{allowed[0]}/"})
    answer = _ask(given, "GET", f"/embed/thread?{query}")
    if "x-frame-options" in answer.headers:
        return "failed", "the proxy adds X-Frame-Options, so no page can show the box"
    ancestors = answer.headers.get("content-security-policy", "").partition("frame-ancestors ")[2]
    if allowed[0] not in ancestors.partition(";")[0].split():
        return (
            "failed",
            f"the proxy changes Content-Security-Policy, so {allowed[0]} cannot show the box",
        )
    return "ok", f"{allowed[0]} may show the box"


def _bodies(given: Settings) -> tuple[str, str]:
    """Whether the proxy passes on large bodies. Our own refusal has our format, a proxy's does not.
    A proxy that is still sending when we close the connection returns 502 or closes it too."""
    from ...core.calling import CallFailed

    headers = {"Content-Type": "application/json"}
    try:
        answer = _ask(given, "POST", "/api/v1/comments", headers, b" " * _BIG)
    except CallFailed:
        return "ok", "the proxy passes them on"
    ours = answer.status == 413 and "problem+json" in answer.headers.get("content-type", "")
    if ours or answer.status == 502:
        return "ok", "the proxy passes them on"
    return "warning", (
        f"the proxy refuses 2 MB ({answer.status}), so large imports in the dashboard fail; raise its limit"
    )


def _ask(
    given: Settings,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask the public address, for at most `_SECONDS` and `_MOST` bytes: the server there may not be ours.
    Raises `CallFailed`."""
    from ...core.calling import call

    return call(
        f"{given.public_url}{path}",
        method=method,
        body=body,
        headers=headers,
        private=True,
        deadline=_SECONDS,
        most=_MOST,
    )
