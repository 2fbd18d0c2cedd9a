"""Where a request comes from: the address behind listed proxies, and its network as a keyed hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..core.remembering import remembered
from ..settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Request

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAX_HOPS = 20  # longer chains are not real
NOBODY = ipaddress.ip_address("0.0.0.0")  # no peer address, as with a Unix socket


def client_address(environ: Mapping[str, Any], trusted: Sequence[Network] = ()) -> Address:
    """The client's real address. `X-Forwarded-For` is read from the right, only as far as each hop
    is in a trusted network; what the first untrusted hop claims is ignored (ASVS 5.0 V4.1.3)."""
    address = _parsed(environ.get("REMOTE_ADDR", "")) or NOBODY
    if not trusted or not _is_trusted(address, trusted):
        return address
    hops = str(environ.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", _MAX_HOPS)
    for hop in reversed(hops[-_MAX_HOPS:]):
        named = _parsed(hop)
        if named is None:
            break
        address = named
        if not _is_trusted(address, trusted):
            break
    return address


def address_of(request: Request) -> Address:
    """The client's address for this request, under the settings' TRUSTED_PROXIES."""
    return client_address(request.environ, trusted_networks(settings().trusted_proxies))


def is_trusted(request: Request) -> bool:
    """Whether the peer is a trusted proxy."""
    peer = _parsed(request.remote_addr or "") or NOBODY
    return _is_trusted(peer, trusted_networks(settings().trusted_proxies))


def block_of(address: Address, *, v4: int = 24, v6: int = 64) -> Network:
    """The network to count an address by: one customer has a whole IPv6 /64."""
    prefix = v4 if address.version == 4 else v6
    return ipaddress.ip_network((address, prefix), strict=False)


def shortened(address: Address) -> str:
    """The network of an address for display, never the address itself: a /24, or a /48 for IPv6."""
    return str(block_of(address, v6=48))


def network_of(request: Request) -> str:
    """The client's /24 (or /64) as a hash under the installation's key: equal for equal networks,
    and nobody can test addresses without the key. 43 characters."""
    return _kept("network", str(address_of(request)), 24, settings().secret_key)


def source_of(request: Request) -> str:
    """The client's address (or /64) as a hash under the installation's key, for limits."""
    return _kept("source", str(address_of(request)), 32, settings().secret_key)[:22]


def keyed(purpose: str, text: str) -> str:
    """HMAC-SHA256 with a separate key for each purpose."""
    return _keyed(purpose, text, settings().secret_key)


@remembered(1024, longest=400)
def _kept(purpose: str, address: str, v4: int, secret: str) -> str:
    """The keyed hash of an address's network; one request asks for it several times."""
    return _keyed(purpose, str(block_of(ipaddress.ip_address(address), v4=v4)), secret)


def _keyed(purpose: str, text: str, secret: str) -> str:
    key = _key(secret, purpose)
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@lru_cache(maxsize=32)
def trusted_networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    """The setting, parsed once; it was checked at start. `unix` is anybody who may open our
    socket."""
    named = (str(NOBODY) if each == "unix" else each for each in entries)
    return tuple(ipaddress.ip_network(each, strict=False) for each in named)


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=secret.encode()[:64], digest_size=32).digest()


@remembered(1024, longest=100)
def _parsed(text: str) -> Address | None:
    """Parse an address as proxies write it: with a port, in brackets, or as IPv4 in IPv6; else
    None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address.version == each.version and address in each for each in trusted)
