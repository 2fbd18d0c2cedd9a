"""Copies of pages at translators, caches and archives: the address of the original.

A copy opens the conversation of its original, wherever we read its address. It gains no rights:
whether a page may embed a site's box depends on its origin. Only Google Translate gives each site
an origin of its own, so there a copy may show what the original may (`translated`). All others show
many sites at one origin, or at origins that are not tied to a site.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from ...core.addresses import parse_web
from ...core.errors import Invalid

_MOST = 3  # a copy of a copy of a copy
_TRANSLATED = ".translate.goog"
_ONE_HYPHEN = re.compile(r"\b-\b")
_AMP_HOSTS = ("cdn.ampproject.org", "bing-amp.com")
_AMP_PATH = re.compile(r"/[a-z](?:/[a-z])?/(s/)?(?=[^/]+\.)(.+)")
_GOOGLE_AMP = re.compile(r"/amp/(s/)?(?=[^/]+\.)(.+)")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_TRANSLATE = re.compile(r"translate\.google\.[a-z.]{2,6}|translate\.googleusercontent\.com")
_ARCHIVES = re.compile(r"web\.archive\.org|archive\.(?:ph|today|is|li|vn|fo|md)|arquivo\.pt")
_ARCHIVED = re.compile(r"/(?:(?:web|wayback|o)/)?[\w*.-]+/((?:https?:/|www\.|[\w-]+\.[a-z]{2}).*)")
_CACHED = re.compile(r"cache:(?:[\w-]{8,}:)?(\S+)")


def original(href: str) -> str:
    """The address of the original of a copied page; other addresses are returned unchanged."""
    for _ in range(_MOST):
        try:
            found = _behind(parse_web(href))
            if found:
                parse_web(found)
        except Invalid:
            return href
        if not found:
            return href
        href = found
    return href


def translated(origin: str) -> list[str]:
    """The origins, in both schemes, whose pages alone Google Translate shows at this one. None for
    hosts whose encoding depends on the query, because whoever links a page writes its query."""
    try:
        url = parse_web(origin)
    except Invalid:
        return []
    name = str(url.hostname).removesuffix(_TRANSLATED)
    is_one = url.protocol == "https:" and not url.port and name != url.hostname
    if not is_one or name[:2] in ("0-", "1-"):
        return []
    host = _decoded(name, {})
    return [f"https://{host}", f"http://{host}"] if host else []


def _behind(url: Any) -> str:
    host, path = str(url.hostname).rstrip("."), str(url.pathname)
    query = parse_qs(str(url.search)[1:], keep_blank_values=True)
    if host.endswith(_TRANSLATED):
        return _translated_page(host.removesuffix(_TRANSLATED), url, query)
    if _TRANSLATE.fullmatch(host):
        return _completed(query.get("u", [""])[0])
    if host == "webcache.googleusercontent.com":
        found = _CACHED.match(query.get("q", [""])[0])
        return _completed(found[1]) if found else ""
    if found := _ARCHIVED.fullmatch(f"{path}{url.search}") if _ARCHIVES.fullmatch(host) else None:
        return _completed(re.sub(r"^(https?):/+", r"\1://", found[1]))
    amp = any(host == each or host.endswith(f".{each}") for each in _AMP_HOSTS)
    kind = _AMP_PATH if amp else _GOOGLE_AMP if _GOOGLE.fullmatch(host) else None
    if kind and (found := kind.fullmatch(path)):
        return f"http{'s' if found[1] else ''}://{found[2]}{_without('amp_', url, 'usqp')}"
    return ""


def _translated_page(name: str, url: Any, query: dict[str, list[str]]) -> str:
    host = _decoded(name, query)
    scheme = "http" if query.get("_x_tr_sch") == ["http"] else "https"
    return f"{scheme}://{host}{url.pathname}{_without('_x_tr_', url)}" if host else ""


def _decoded(name: str, query: dict[str, list[str]]) -> str:
    """The host that Google Translate encoded in this name, decoded as documented by Google."""
    encoded = query.get("_x_tr_enc", [""])[0].split(",")
    name = query.get("_x_tr_hp", [""])[0] + name
    if "1" in encoded:
        name = name.removeprefix("1-")
    foreign = "0" in encoded and name.startswith("0-")
    if foreign:
        name = name.removeprefix("0-")
    host = _ONE_HYPHEN.sub(".", name).replace("--", "-")
    return ("xn--" if foreign else "") + host if "." in host and "." not in name else ""


def _without(prefix: str, url: Any, *names: str) -> str:
    pieces = str(url.search)[1:].split("&")
    kept = [
        each
        for each in pieces
        if each and not each.startswith(prefix) and each.partition("=")[0] not in names
    ]
    return f"?{'&'.join(kept)}" if kept else ""


def _completed(text: str) -> str:
    return text if not text or re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
