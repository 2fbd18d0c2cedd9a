"""Lists of hosts as an owner types them; a host covers its subdomains."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ....core.addresses import host_of
from ....core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEFORE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@\\]*@)?(?:\*?\.)?(?:www\.)?", re.IGNORECASE
)


@lru_cache(maxsize=256)
def hosts_of(lines: tuple[str, ...]) -> frozenset[str]:
    """The hosts in these lines, bare (also `*.example.com`) or in an address; others are
    ignored."""
    return frozenset(filter(None, map(_host, lines)))


def _host(line: str) -> str:
    try:
        return host_of(f"http://{_BEFORE.sub('', line.strip(), count=1)}").removeprefix("www.")
    except Invalid:
        return ""


def among(host: str, listed: Iterable[str]) -> bool:
    """Whether a host or one of its parent domains is listed."""
    parts = host.split(".")
    return not {".".join(parts[at:]) for at in range(len(parts))}.isdisjoint(listed)
