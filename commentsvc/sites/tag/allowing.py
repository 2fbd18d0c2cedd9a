"""Evaluates a Content-Security-Policy (CSP Level 3, as far as the box needs it)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...core.addresses import parse_web
from ...core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_FALLBACKS = {
    "script": ("script-src-elem", "script-src", "default-src"),
    "frame": ("frame-src", "child-src", "default-src"),
}
_HOST = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[\w.-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>\d+|\*))?(?P<path>/.*)?",
    re.IGNORECASE,
)
_PORTS = {"http": "80", "https": "443"}


def allows(policy: str, kind: str, url: str, *, page: str, nonce: str = "") -> bool:
    """Whether a policy lets the page at `page` load `url` as a `script` or a `frame`. A header can
    contain several policies, separated by commas: all must allow it.

    A nonce alone is not enough for our script, because it loads others from the same address.
    """
    return all(_one(each, kind, url, page, nonce) for each in policy.split(","))


def _one(policy: str, kind: str, url: str, page: str, nonce: str) -> bool:
    directives: dict[str, list[str]] = {}
    for each in policy.split(";"):
        if words := each.split():
            directives.setdefault(words[0].lower(), words[1:])
    sources = _first(directives, kind)
    if sources is None:
        return True
    lower = [each.lower() for each in sources]
    if kind == "script" and "'strict-dynamic'" in lower:  # then hosts are ignored
        return bool(nonce) and f"'nonce-{nonce}'" in sources
    return any(_matches(each, url, page) for each in sources)


def _first(directives: Mapping[str, list[str]], kind: str) -> list[str] | None:
    return next((directives[name] for name in _FALLBACKS[kind] if name in directives), None)


def _matches(source: str, url: str, page: str) -> bool:
    try:
        asked, own = parse_web(url), parse_web(page)
    except Invalid:
        return False
    scheme, own_scheme = str(asked.protocol)[:-1], str(own.protocol)[:-1]
    if source.lower() == "'self'":
        source = f"{own_scheme}://{own.host}"
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", source, re.IGNORECASE):
        return _scheme(source[:-1].lower(), scheme)
    found = _HOST.fullmatch(source)
    if found is None:
        return False
    if found["host"] == "*" and not found["scheme"] and not found["port"]:
        return True
    if not _scheme((found["scheme"] or own_scheme).lower(), scheme):
        return False
    if not _host(found["host"].lower(), str(asked.hostname)):
        return False
    port, usual = str(asked.port) or _PORTS[scheme], _PORTS[scheme]
    wanted = found["port"] or _PORTS.get((found["scheme"] or scheme).lower(), usual)
    if wanted not in ("*", port) and not (wanted == "80" and port == "443"):
        return False
    path = found["path"] or "/"
    exact = not path.endswith("/")
    return str(asked.pathname) == path if exact else str(asked.pathname).startswith(path)


def _scheme(wanted: str, scheme: str) -> bool:
    return wanted == scheme or (wanted, scheme) == ("http", "https")


def _host(wanted: str, host: str) -> bool:
    if wanted == "*":
        return True
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted
