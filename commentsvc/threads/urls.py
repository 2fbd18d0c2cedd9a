"""The canonical address of an article: which addresses belong to the same thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.addresses import (
    allowed_origin,
    check_length,
    host_of,
    is_public_address,
    origin_matches,
    origin_of,
    parse_web,
    same_origin,
)
from ..core.errors import Invalid
from ..core.remembering import remembered
from ..sites.queries import framers, policy_of
from ..sites.sections.patterns import filled, match, parted, whole
from .addresses.copies import original
from .addresses.spelling import ESCAPE, LEFTOVER, completed, in_path, in_query, settled
from .addresses.tracking import main_host, passing, without_amp, without_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..sites.models import Site
    from ..sites.policy import Policy

__all__ = [
    "DEFAULT",
    "NAMED",
    "Address",
    "AddressRules",
    "allowed_origin",
    "canonical",
    "host_of",
    "is_public_address",
    "origin_matches",
    "origin_of",
    "rules_of",
    "same_origin",
    "site_rules",
]

MAX_LENGTH = 2000  # of both forms; longer ones cannot be indexed and are no article's address
NAMED = "disqus_identifier="  # a fragment that names one of a page's threads (naming.py)
_MAX_MOVES = 8  # moves of an address after which the aliases count as a circle


@dataclass(frozen=True)
class AddressRules:
    """Which addresses of a site are one page. The defaults merge what readers cannot tell apart.

    `ignore_params` and `keep_params` are names or prefixes (`sid*`); if `keep_params` is set, all
    others are dropped. `aliases` are pairs of addresses or paths, in which `*` stands for any text
    and is carried over: `("http://old.example.org/*", "https://example.org/blog/*")`.
    """

    keep_fragment: bool = False
    ignore_params: tuple[str, ...] = ()
    keep_params: tuple[str, ...] = ()
    drop_tracking: bool = True
    case_insensitive_path: bool = False
    merge_www: bool = True
    merge_scheme: bool = True
    merge_slash: bool = True
    merge_index: bool = False
    merge_amp: bool = True
    hosts: tuple[str, ...] = ()  # the site's hosts without www.; with m. or amp. they are the same
    aliases: tuple[tuple[str, str], ...] = ()


DEFAULT = AddressRules()


def site_rules(site: Site) -> AddressRules:
    """The address rules of a site, from its policy and its listed hosts."""
    return rules_of(policy_of(site), framers(site))


def rules_of(policy: Policy, origins: Iterable[str] = ()) -> AddressRules:
    """The address rules of a policy and these origins."""
    return AddressRules(
        hosts=_hosts(tuple(origins)),
        merge_amp=not policy.keep_amp,
        keep_fragment=policy.keep_fragment,
        keep_params=policy.keep_params,
        ignore_params=policy.ignore_params,
        aliases=policy.aliases,
    )


@dataclass(frozen=True)
class Address:
    """An article's address: `canonical` identifies it, `href` opens it; `origin` is of `href`."""

    canonical: str
    href: str
    origin: str


@lru_cache(maxsize=256)
def _hosts(origins: tuple[str, ...]) -> tuple[str, ...]:
    hosts = {urlsplit(each).netloc.partition(":")[0].removeprefix("www.") for each in origins}
    return tuple(sorted(hosts))


@remembered(1024, longest=1000)
def address_by(href: str, rules: AddressRules) -> Address:
    """`canonical`, cached: articles that are being read are requested again and again."""
    return canonical(href, rules=rules)


def canonical(
    href: str, *, base: str | None = None, rules: AddressRules = DEFAULT, own: bool = False
) -> Address:
    """The address of an article as a page gives it (`data-href`, `og:url`, or its own address).

    The default scheme is http, as at Facebook; relative addresses are resolved against `base`. A
    copy at a translator, cache or archive has the address of its original.
    `canonical(canonical(x).canonical, own=True)` changes nothing. Raises `Invalid` for anything but
    the address of a page (unfilled placeholders, `javascript:`, credentials …). Callers then use
    the page's own address with `own=True`, because addresses in browsers may contain braces.
    """
    check_length(href)
    if not own and LEFTOVER.search(href):
        raise Invalid("invalid.address_template", field="href")
    url = parse_web(original(str(parse_web(completed(href, base), base).href)))
    shown = _link(url, rules)
    key = _identity(url, rules)
    if rules.aliases and (moved := _moved(key, rules)) is not None:
        url = parse_web(moved)
        shown, key = _link(url, rules), _identity(url, rules)
    if max(len(shown), len(key)) > MAX_LENGTH:
        raise Invalid("invalid.address_long", field="href")
    return Address(canonical=key, href=shown, origin=f"{url.protocol}//{url.host}")


# --- identity ------------------------------------------------------------------------------------

_DOTS = re.compile(r"/\.\.?(?:/|$)")
_SLASHES = re.compile(r"/{2,}")
_INDEX = re.compile(r"/(?:index|default)\.(?:[psx]?html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
# Fragments that scripts and share buttons append; they do not identify part of a page.
_NOISE_FRAGMENT = re.compile(r":~:.*$|^(?:_=_|xtor=.*|\.[A-Za-z0-9_-]{8,12}|utm_.*)$")


def _identity(url: Any, rules: AddressRules) -> str:
    scheme = "https:" if rules.merge_scheme else str(url.protocol)
    query = "&".join(sorted(_params(url, rules), key=_name))
    fragment = _fragment(url, rules)
    return (
        f"{scheme}//{_host(url, rules)}{_path(url, rules, asked=bool(query))}"
        f"{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    )


def _link(url: Any, rules: AddressRules) -> str:
    """The address that opens the page: as written, but without tracking and ignored fragments."""
    raw = [each for each in str(url.search)[1:].split("&") if each]
    read = [in_query(each) for each in raw]
    passes = _passing(url, read, rules)
    pieces = [
        piece
        for piece, known in zip(raw, read, strict=True)
        if not passes(known) or _named(_name(known), rules.keep_params)
    ]
    query, fragment, path = "&".join(pieces), _fragment(url, rules), str(url.pathname)
    if rules.merge_amp and not _DOTS.search(in_path(path)):  # decoded, they would climb above it
        path = without_amp(path, asked=bool(_params(url, rules)))
    return (
        f"{url.protocol}//{url.host}{path}"
        f"{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    )


def _host(url: Any, rules: AddressRules) -> str:
    host, port = str(url.hostname).rstrip("."), str(url.port)
    # Hosts such as www.com keep their name: the rest must still be a domain.
    while True:
        if rules.merge_www and host.startswith("www.") and "." in host[4:]:
            host = host[4:]
        elif (main := main_host(host, rules.hosts, amp=rules.merge_amp)) != host:
            host = main
        else:
            break
    # If both schemes are one page, both default ports are defaults.
    if rules.merge_scheme and port in ("80", "443"):
        port = ""
    return f"{host}:{port}" if port else host


def _path(url: Any, rules: AddressRules, *, asked: bool) -> str:
    path = in_path(str(url.pathname))
    path = settled(path, lambda path: _undotted(path, rules))
    if rules.case_insensitive_path:
        path = ESCAPE.sub(lambda found: found[0].upper(), path.lower())
    return settled(path, lambda path: _shorter(path, rules, asked)) or "/"


def _undotted(path: str, rules: AddressRules) -> str:
    """The path without session ids, and with dot segments resolved that were written as %252e."""
    if rules.drop_tracking:
        path = without_session(path)
    return str(parse_web(f"http://host{path}").pathname) if _DOTS.search(path) else path


def _shorter(path: str, rules: AddressRules, asked: bool) -> str:
    if rules.merge_index:
        path = _INDEX.sub("/", path)
    if rules.merge_slash:
        path = _SLASHES.sub("/", path).rstrip("/")
    return without_amp(path, asked=asked) if rules.merge_amp else path


def _params(url: Any, rules: AddressRules) -> list[str]:
    pieces = [in_query(piece) for piece in str(url.search)[1:].split("&") if piece]
    if rules.keep_params:
        return [piece for piece in pieces if _named(_name(piece), rules.keep_params)]
    passes = _passing(url, pieces, rules)
    return [
        piece
        for piece in pieces
        if not passes(piece) and not _named(_name(piece), rules.ignore_params)
    ]


def _passing(url: Any, pieces: list[str], rules: AddressRules) -> Callable[[str], bool]:
    if not rules.drop_tracking:
        return lambda _: False
    return passing(_path(url, rules, asked=True), pieces, amp=rules.merge_amp)


def _name(piece: str) -> str:
    return piece.partition("=")[0]


def _named(name: str, names: tuple[str, ...]) -> bool:
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in names)


def _fragment(url: Any, rules: AddressRules) -> str:
    fragment = str(url.hash)[1:]
    if not rules.keep_fragment:
        at = fragment.find(NAMED)
        return fragment[at:] if at >= 0 else ""
    return _NOISE_FRAGMENT.sub("", fragment)


# --- moved pages ---------------------------------------------------------------------------------


def _moved(key: str, rules: AddressRules) -> str | None:
    """The address to which the aliases lead; None if none matches, or in a circle."""
    unaliased = replace(rules, aliases=())
    target: str | None = None
    for _ in range(_MAX_MOVES):
        found = _next(key, rules)
        if found is None:
            return target
        target = found
        try:
            key = _identity(parse_web(target), unaliased)
        except Invalid:
            return None
    return None


def _next(key: str, rules: AddressRules) -> str | None:
    origin = key[: key.index("/", key.index("//") + 2)]
    for pattern, target in rules.aliases:
        wanted = _pattern(whole(pattern, origin), rules)
        # `*.html` matches the end of a path, so the query is kept behind it.
        page, tail = parted(key) if "?" not in pattern and "#" not in pattern else (key, "")
        taken = match(wanted, page)
        # Trailing slashes were merged away, but `/blog/*` should also match `/blog/`.
        if taken is None and "?" not in page and "#" not in page:
            taken = match(wanted, page + "/")
        if taken is None or _has_moved(page, wanted, target, origin, rules):
            continue
        moved = filled(target, taken)
        if tail and ("?" in moved or "#" in moved):
            tail = f"&{tail[1:]}" if tail[0] == "?" and "#" not in moved else ""
        return whole(moved, origin) + tail
    return None


def _has_moved(page: str, wanted: str, target: str, origin: str, rules: AddressRules) -> bool:
    """Whether the page already is a result of a rule that matches its own results, such as `/*` to
    `/blog/*.html`, which must apply only once."""
    to = _pattern(whole(target, origin), rules)
    return (
        to != wanted
        and match(wanted, to.replace("*", "x")) is not None
        and match(to, page) is not None
    )


@lru_cache(maxsize=4096)
def _pattern(pattern: str, rules: AddressRules) -> str:
    """The pattern, spelled like identities; an invalid address matches nothing."""
    try:
        url = parse_web(completed(pattern, None))
    except Invalid:
        return ""
    return _identity(url, replace(rules, aliases=()))
