"""Which site a page belongs to, in all spellings of its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.errors import Invalid
from ...sites.queries import by_origin, may_embed
from ..urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...sites.models import Site


def is_of(site: Site, origin: str) -> bool:
    """Whether pages of this origin, in any spelling, belong to the site."""
    return any(may_embed(site, each) for each in _spellings(origin))


def site_of(href: str) -> Site | None:
    """The open site that this page belongs to, if exactly one claims it."""
    try:
        origin = canonical(href, own=True).origin
    except Invalid:
        return None
    for each in _spellings(origin):
        found = by_origin(each)
        if found is not None:
            return found
    return None


def _spellings(origin: str) -> Iterator[str]:
    """The origin with both schemes, then with or without www: one page to `urls.canonical`."""
    scheme, _, host = origin.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme, scheme)
    twin = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    for name in (host, twin):
        for each in (scheme, other):
            yield f"{each}://{name}"
