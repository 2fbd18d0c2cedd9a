"""The pages that a text links to, where they may indicate a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from ...core.addresses import parse_web
from ...core.db import Among, execute
from ...core.errors import Invalid
from ...core.rows import table_of
from ...sites.queries import by_id, policy_of
from ...threads import text as texts
from ...threads.addresses.tracking import is_tracking
from ..judging.spam.gathered import link_facts
from ..models import KnownHost

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 10


def linked(site_id: int, text: str) -> list[str]:
    """The pages that a text links to, without tracking parameters. Excludes hosts that the site
    allows or an approved comment links to: anybody may link there."""
    found = dict(filter(None, map(_page, (*texts.links(text), *texts.unlinked(text)))))
    if not found:
        return []
    site = by_id(site_id)
    counted = link_facts(site, policy_of(site), list(found.values()))["links"]
    known = execute(_KNOWN, {"site": site_id, "hosts": counted})
    hosts = set(counted) - {row.host for row in known}
    return [page for page, host in found.items() if host in hosts][:_MOST]


_known = table_of(KnownHost)
_KNOWN = select(_known.c.host).where(
    _known.c.site_id == bindparam("site"), Among(_known.c.host, "hosts")
)


def _page(url: str) -> tuple[str, str] | None:
    """A page's normalized address, and its host."""
    try:
        parts = parse_web(url)
    except Invalid:  # an email address
        return None
    host = parts.hostname.removeprefix("www.").rstrip(".")
    asked = "&".join(sorted(_meant(parts.search.removeprefix("?"))))
    return f"{host}{parts.pathname.rstrip('/')}?{asked}", host


def _meant(query: str) -> Iterator[str]:
    return (each for each in query.split("&") if each and not is_tracking(each.partition("=")[0]))
