"""Load an owner's page like a reader's browser, and report what prevents the box from showing."""

from __future__ import annotations

import re
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import webencodings

from ...core.addresses import origin_of, parse_web
from ...core.calling import Answer, CallFailed, call
from ...core.errors import DomainError, Invalid
from ...core.locale import say
from ...settings import settings
from ..queries import may_embed
from . import reading
from .allowing import allows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..models import Site

SECONDS = 8.0  # for the page and all redirects to it
MOST = 2 * 1024 * 1024  # bytes read of the page
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_HEADERS = {"User-Agent": "commentsvc (page check)", "Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True)
class Finding:
    """One result of the check. State: good, warn (have a look) or bad (the box does not show)."""

    code: str
    state: str
    values: Mapping[str, Any] = field(default_factory=dict)
    error: DomainError | None = None

    def say(self, locale: str | None) -> str:
        """The finding as text."""
        return (
            self.error.say(locale)
            if self.error
            else say(f"start.{self.code}", locale, **self.values)
        )


def check_page(site: Site, url: str, *, private: bool) -> tuple[Finding, ...]:
    """All findings, in the order in which a browser would reach them. Takes up to `SECONDS`, so
    never call it in a unit. `private` allows private addresses. Never raises."""
    try:
        address, answer = _opened(url.strip(), private)
    except DomainError as error:
        return (Finding("unreachable", "bad", error=error),)
    found = [Finding("moved", "warn", {"address": address})] if _differ(url, address) else []
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200:
        return (*found, Finding("status", "bad", {"n": str(answer.status)}))
    if kind not in ("text/html", "application/xhtml+xml"):
        return (*found, Finding("not_html", "bad", {"type": kind or "–"}))
    page = reading.read(_text(answer))
    base = _address(page.base, address) or address
    place, said = _tag(site, page, base)
    found += said
    found += _box(
        site, place, address, [answer.headers.get("content-security-policy", ""), *page.policies]
    )
    return tuple(found)


def works(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing prevents the box from showing."""
    return all(each.state != "bad" for each in findings)


def is_private(findings: tuple[Finding, ...]) -> bool:
    """Whether the page could not be checked because it is at a private address."""
    return any(
        each.error is not None and each.error.key == "invalid.call_private" for each in findings
    )


# --- the page -------------------------------------------------------------------------------------


def _opened(url: str, private: bool) -> tuple[str, Answer]:
    """The final address of the page after redirects, and the response. Raises `DomainError`."""
    url, ends = str(parse_web(url).href), time.monotonic() + SECONDS
    for _ in range(_REDIRECTS + 1):
        left = max(1.0, ends - time.monotonic())
        answer = call(url, headers=_HEADERS, private=private, deadline=left, most=MOST)
        to = answer.headers.get("location", "")
        if answer.status not in _MOVED or not to:
            return url, answer
        url = str(parse_web(to, url).href)
    raise CallFailed("invalid.address_leads")


def _text(answer: Answer) -> str:
    body = answer.body
    if answer.headers.get("content-encoding", "").strip().lower() == "gzip":  # not requested
        try:
            body = zlib.decompressobj(31).decompress(body, MOST)
        except zlib.error:
            body = b""
    charset = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("content-type", ""))
    known = webencodings.lookup(charset[1]) if charset else None
    text: str = webencodings.decode(body, known or webencodings.UTF8, "replace")[0]
    return text


def _differ(asked: str, address: str) -> bool:
    return _address(asked, address).partition("#")[0] != address.partition("#")[0]


def _address(text: str, base: str) -> str:
    try:
        return str(parse_web(text, base).href) if text else ""
    except Invalid:
        return ""


# --- the tag --------------------------------------------------------------------------------------


def script_of_ours() -> str:
    """The address of the tag's script."""
    return f"{settings().public_url}/embed.js"


def _tag(site: Site, page: reading.Page, base: str) -> tuple[reading.Place | None, list[Finding]]:
    """The place on the page that is meant for this site, and findings about it."""
    for place in page.places:  # prefer one that is right
        if _is_old(place, base):
            return place, [Finding("found_old", "good", {"src": place.src, "n": place.line})]
    keyed = [each for each in page.places if each.kind != "old" and each.site is not None]
    right = [each for each in keyed if (each.site or "").strip() == site.key]
    if not right:
        return None, [_missing(site, page, keyed)]
    place = right[0]
    scripts = [each for each in page.places if each.kind == "tag"]
    script = place if place.kind == "tag" else next(iter(scripts), None)
    wrong = _server(place, script, base, page)
    return place, [wrong or Finding("found", "good", {"n": place.line})]


def _is_old(place: reading.Place, base: str) -> bool:
    """Whether it is one of our scripts for pages written for Facebook or Disqus."""
    address, ours = _address(place.src, base), parse_web(script_of_ours())
    if place.kind not in ("old", "tag") or place.site is not None or not address:
        return False
    found = parse_web(address)
    return found.host == ours.host and found.pathname != ours.pathname


def _missing(site: Site, page: reading.Page, keyed: list[reading.Place]) -> Finding:
    if keyed:
        return Finding("wrong_key", "bad", {"found": (keyed[0].site or "–")[:60], "key": site.key})
    if tags := [each for each in page.places if each.kind == "tag"]:
        return Finding("no_key", "bad", {"n": tags[0].line, "key": site.key})
    if page.not_run:
        return Finding("not_run", "bad", {"n": page.not_run[0]})
    if page.hidden:
        return Finding("hidden", "bad", {"n": page.hidden[0]})
    if page.as_text:
        return Finding("as_text", "bad", {"n": page.as_text[0]})
    return Finding("missing", "bad")


def _server(
    place: reading.Place, script: reading.Place | None, base: str, page: reading.Page
) -> Finding | None:
    """A problem with the address from which the box is loaded, if any."""
    ours = parse_web(script_of_ours())
    told = place.server or (script.server if script else None)
    if told is None and script is None:
        if place.kind == "element" or not page.places:
            return Finding("no_server", "bad", {"n": place.line})
        return Finding("no_script", "bad", {"n": place.line, "address": str(ours.href)})
    source = f"{told.rstrip('/')}/embed.js" if told else script.src if script else ""
    address = _address(source, base)
    named = parse_web(address) if address else None
    values = {"found": source[:300], "address": str(ours.href)}
    if named is None or (named.host, named.pathname) != (ours.host, ours.pathname):
        return Finding("wrong_server", "bad", values)
    if base.startswith("https:") and named.protocol == "http:":
        return Finding("mixed", "bad", values)
    return None


# --- the box --------------------------------------------------------------------------------------


def _box(
    site: Site, place: reading.Place | None, address: str, policies: list[str]
) -> Iterator[Finding]:
    """Findings from the page's policies and the site's list of origins."""
    origin, server = origin_of(address), origin_of(script_of_ours())
    policies = [each for each in policies if each.strip()]
    frame = script_of_ours().replace("/embed.js", "/embed/thread")
    nonce = place.nonce if place else ""
    blocked = False
    for kind, url in (("script", script_of_ours()), ("frame", frame)):
        if not all(allows(each, kind, url, page=address, nonce=nonce) for each in policies):
            blocked = True
            yield Finding(f"csp_{kind}", "bad", {"server": server})
    if policies and not blocked:
        yield Finding("csp_fine", "good")
    named = _address(place.href, address) if place and place.href else ""
    if named and not may_embed(site, origin_of(named)):
        yield Finding("foreign", "bad", {"href": named[:300]})
    if may_embed(site, origin) or origin == server:
        yield Finding("listed", "good", {"origin": origin})
    else:
        yield Finding("unlisted", "bad", {"origin": origin})
