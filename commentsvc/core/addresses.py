"""The only parser (WHATWG) for web addresses that we check or use, and checks of origins."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit

import ada_url

from .errors import Invalid

LONGEST = 8000  # characters of an address that we parse at all
_WEB = ("http:", "https:")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Browsers drop these three anywhere; we refuse all other control characters.
_DROPPED = str.maketrans("", "", "\t\n\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
# Host names have at most 253 letters; percent-encoded, each takes a few characters.
_LONG_HOST = re.compile(r"(?:https?:[/\\]*|[/\\]{2,})[^/\\?#]{1000}", re.IGNORECASE)
_ALLOWED_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<any>\*\.)?(?P<host>[^/:*?#@\\\s]+|\[[0-9a-f:.]+\])(?::(?P<port>\d+|\*))?/?",
    re.IGNORECASE,
)
#: Rather a word of "my page" than a host: a host of one label is written with its scheme or port.
_WORD = re.compile(r"[^.:/\[\]*]+")


def parse_web(href: str, base: str | None = None) -> ada_url.URL:
    """The address as browsers parse it (WHATWG URL); only http and https with a host pass.

    Raises `Invalid` for anything else: other schemes, no host, credentials, control characters.
    """
    check_length(href)
    text = href.strip(" \t\n\r\f").translate(_DROPPED)
    if _CONTROL.search(text):
        raise Invalid("invalid.address_control", field="href")
    if _LONG_HOST.match(text):
        raise Invalid("invalid.address_host", field="href")
    try:
        url = ada_url.URL(text, base) if base else ada_url.URL(text)
    except ValueError as error:
        raise Invalid("invalid.address", field="href") from error
    if url.protocol not in _WEB:
        raise Invalid("invalid.address_scheme", field="href")
    if url.username or url.password:
        raise Invalid("invalid.address_user", field="href")
    if not url.hostname.strip("."):
        raise Invalid("invalid.address_host", field="href")
    return url


def check_length(href: str) -> None:
    """Raises `Invalid` for text that is too long for an address, before any work on it."""
    if len(href) > LONGEST:
        raise Invalid("invalid.address_long", field="href")


def web_address(text: str) -> str:
    """The address if browsers can open it as a page, else ""."""
    try:
        return str(parse_web(text).href)
    except Invalid:
        return ""


def parts_of(text: str) -> SplitResult:
    """The parts of an address as written, split without checks; empty parts if it is malformed
    (unclosed brackets, say), where `urlsplit` raises."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def joined(base: str, text: str) -> str:
    """The address resolved against `base`; as written if either is malformed."""
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def origin_of(url: str) -> str:
    """Scheme, host and port of a web address, as browsers write an origin. Raises `Invalid`."""
    parsed = parse_web(url)
    return f"{parsed.protocol}//{parsed.host}"


def same_origin(one: str, other: str) -> bool:
    """Whether both are web addresses of the same origin."""
    try:
        return origin_of(one) == origin_of(other)
    except Invalid:
        return False


def host_of(url: str) -> str:
    """The host of a web address: lowercase ASCII, no trailing dot. Raises `Invalid`."""
    return str(parse_web(url).hostname).rstrip(".")


def allowed_origin(text: str) -> str:
    """An owner's entry as it is stored: `https://example.org`, `https://*.example.org`,
    `http://localhost:*`. The default scheme is https.

    Raises `Invalid` for anything broader or malformed, such as `*`, `https://*.com`, a path or a
    bare word.
    """
    entry = text.strip()
    if _WORD.fullmatch(entry) and entry.lower() != "localhost":
        raise Invalid("invalid.origin", field="origin")
    found = _ALLOWED_ORIGIN.fullmatch(entry if "://" in entry else f"https://{entry}")
    if found is None:
        raise Invalid("invalid.origin", field="origin")
    scheme, port = found["scheme"].lower(), found["port"]
    fixed = f":{port}" if port not in (None, "*") else ""
    parsed = parse_web(f"{scheme}://{found['host']}{fixed}/")
    host = str(parsed.hostname).rstrip(".")
    if not _HOST.fullmatch(host):  # browsers would read a `;` in it as the end of a CSP directive
        raise Invalid("invalid.origin", field="origin")
    if found["any"] and ("." not in host or _is_address(host)):
        raise Invalid("invalid.origin_star", field="origin")
    tail = ":*" if port == "*" else (f":{parsed.port}" if parsed.port else "")
    return f"{scheme}://{found['any'] or ''}{host}{tail}"


def origin_matches(origin: str, allowed: str) -> bool:
    """Whether an entry (see `allowed_origin`) covers a browser's origin.

    `https://*.example.org` covers subdomains at any depth, but not `https://example.org` itself.
    Compares whole labels, never string suffixes. Nothing matches a malformed entry.
    """
    try:
        asked = parse_web(origin)
        entry = allowed_origin(allowed)
    except Invalid:
        return False
    found = _ALLOWED_ORIGIN.fullmatch(entry)
    scheme = str(asked.protocol)[:-1]
    if found is None or scheme != found["scheme"]:
        return False
    default = _DEFAULT_PORTS[scheme]
    if found["port"] != "*" and (asked.port or default) != (found["port"] or default):
        return False
    labels, wanted = str(asked.hostname).rstrip(".").split("."), found["host"].split(".")
    if found["any"]:
        return len(labels) > len(wanted) and labels[-len(wanted) :] == wanted
    return labels == wanted


def www_twin(allowed: str) -> str:
    """The same entry with `www.` added or removed: both have one owner, and readers type either.
    "" where there is none: IP addresses, single-label names and wildcard hosts."""
    scheme, _, host = allowed.partition("://")
    name = host.partition(":")[0]
    bare = host.removeprefix("www.")
    if host.startswith(("*", "[")) or "." not in name.removeprefix("www.") or _is_address(name):
        return ""
    return f"{scheme}://{bare if bare != host else f'www.{host}'}"


# Blocks that `is_global` accepts in some Python versions although they host no public service:
# relays and translators, which can reach private IPv4 addresses (RFC 3056, 4380, 6052, 8215, 7526).
_RELAYS = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2002::/16",
        "2001::/23",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "3fff::/20",
        "5f00::/16",
    )
)
_UNICAST = ipaddress.ip_network("2000::/3")


def is_public_address(host_ip: str) -> bool:
    """Whether an outgoing call (a webhook, say) may connect to this IP address.

    Takes the resolved address in canonical spelling: names, `127.1`,
    `0x7f000001`, `017700000001`, zones and brackets are all refused, as are private, loopback,
    link-local, shared, multicast, reserved and documentation blocks, IPv4 inside IPv6, 6to4,
    Teredo and NAT64.
    """
    try:
        address = ipaddress.ip_address(host_ip)
    except ValueError:
        return False
    if "%" in host_ip or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in _UNICAST:
        return False
    return not any(address.version == block.version and address in block for block in _RELAYS)


def is_private_address(host: str) -> bool:
    """Whether this host, as `host_of` writes it, is an IP address that is not public."""
    return _is_address(host) and not is_public_address(host.strip("[]"))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
