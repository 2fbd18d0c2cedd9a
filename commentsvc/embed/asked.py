"""Parses the query of a frame's address, leniently, because old pages contain all sorts of
values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from ..core.addresses import origin_of, parts_of
from ..core.errors import Invalid, NotFound
from ..core.locale import pick_locale
from ..sites.forums import by_forum
from ..sites.queries import by_app_id, by_key, by_origin, may_embed
from ..sites.sections.tags import tags_in
from ..threads.addresses.copies import original, translated
from ..threads.naming import name_of, parted, with_name
from ..threads.pages import SORTS, Sort
from ..threads.views import comment_of_permalink
from ..web.csrf import own_origins
from ..web.headers import named_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.models import Site
    from ..sites.policy import Policy

Scheme = Literal["light", "dark", "auto"]

#: Facebook's names for the orders (docs/facebook.md), and ours.
ORDERS: dict[str, Sort] = {
    **{name: name for name in SORTS},
    "social": "top",
    "reverse_time": "newest",
    "time": "oldest",
}
_NUMBER = re.compile(r"\s*([0-9]{1,6})")
_MOST = 100


@dataclass(frozen=True)
class Asked:
    """What a page wants to show, validated."""

    href: str
    title: str | None
    tags: tuple[str, ...]
    sort: Sort
    limit: int
    locale: str
    scheme: Scheme
    after: str | None
    comment: str | None


def site_of(query: Mapping[str, str]) -> Site:
    """The site with the given key; else the one that took over the Facebook app ID or the Disqus
    forum; else the one that lists the origin of the page, or of the article that it names. Raises
    `NotFound`.

    Naming a wrong site gains nothing: only the site's own origins may frame the response.
    """
    if key := query.get("site", "").strip():
        return by_key(key)
    site = by_app_id(query.get("app_id", "").strip()) or _by_forum(query)
    for address in (*pages_around(query)[:1], query.get("href", "")):
        if site is None:
            site = _by_origin(address)
    if site is None:
        raise NotFound("not_found.site_listed", field="site")
    return site


def pages_around(query: Mapping[str, str]) -> list[str]:
    """The origins of the page that shows the frame and of those around it, as the loader lists
    them; values that are not origins stay unchanged."""
    return [_origin(each) or each for each in named_pages(query)]


def unlisted(origins: list[str], site: Site) -> str:
    """The first origin that may not show the site; "" if all may. An unlisted page gets a message
    instead of the browser's broken frame; the browser itself enforces the origins."""
    for each in origins:
        origins = [each, *translated(each)]
        if each not in own_origins() and not any(
            _origin(o) and may_embed(site, o) for o in origins
        ):
            return each
    return ""


def site_of_page(origin: str) -> Site | None:
    """The site that lists this origin, if one does."""
    return _by_origin(origin)


def _by_forum(query: Mapping[str, str]) -> Site | None:
    """The site that replaces a Disqus forum. A site that claims another's forum gets no pages that
    another site lists."""
    site = by_forum(_forum(query)[0])
    page = next(iter(pages_around(query)), "")
    if site is None or not unlisted([page], site):
        return site
    return _by_origin(page) or site


def _forum(query: Mapping[str, str]) -> tuple[str, str]:
    """The Disqus forum that a page was written for, and its thread's identifier, if any."""
    forum, _, identifier = query.get("disqus", "").partition("/")
    return forum, identifier


def _origin(address: str) -> str:
    try:
        return origin_of(address)
    except Invalid:
        return ""


def _by_origin(address: str) -> Site | None:
    origin = _origin(original(address))
    found = (by_origin(each) for each in (origin, *translated(origin)) if each)
    return next(filter(None, found), None)


def asked(query: Mapping[str, str], site: Site, policy: Policy, accepted: str) -> Asked:
    """The query, read with the site's policy. `accepted` is the Accept-Language header."""
    wanted = query.get("sort") or query.get("order-by") or ""
    scheme = query.get("colorscheme", "")
    return Asked(
        href=_article(query, site),
        title=query.get("title", "").strip()[:300] or None,
        tags=tags_in(query.get("tags")),
        sort=ORDERS.get(wanted.strip().lower(), policy.default_sort),
        limit=_limit(query.get("numposts", ""), policy),
        locale=language(query, policy, accepted),
        scheme=cast("Scheme", scheme) if scheme in ("light", "dark") else "auto",
        after=query.get("after") or None,
        comment=comment_id(query.get("comment", "")),
    )


def language(query: Mapping[str, str], policy: Policy, accepted: str) -> str:
    """The locale of the tag, else of the policy, else of the page, else of the reader's browser."""
    return pick_locale([query.get("locale"), policy.locale, query.get("lang"), accepted])


def comment_id(value: str) -> str | None:
    """A comment's ID, also from `fb_comment_id` in both of Facebook's forms."""
    plain = value.strip()
    return (comment_of_permalink(plain) or plain)[:40] or None


def _limit(value: str, policy: Policy) -> int:
    number = _NUMBER.match(value)
    return max(1, min(int(number[1]), _MOST)) if number and int(number[1]) else policy.page_size


def _article(query: Mapping[str, str], site: Site) -> str:
    """The address of the thread. If a page names none, we trust its canonical address within the
    site's origins, unless a careless template gives the home page's for every page."""
    href, hint = query.get("href", ""), query.get("hint", "")
    if "disqus" in query:
        page, name = parted(href)  # the frame sends again what it was given
        # the page's own address, if it names another one but its identifier is the key
        page = hint if hint and not _is_listed(page, site) else page
        return with_name(page, name or name_of(site, _forum(query)[1], page))
    if not hint:
        return href
    home = parts_of(hint).path in ("", "/") and not parts_of(hint).query
    is_home = parts_of(href).path in ("", "/")
    return hint if _is_listed(hint, site) and (is_home or not home) else href


def _is_listed(address: str, site: Site) -> bool:
    """Whether the address belongs to one of the site's origins."""
    try:
        return may_embed(site, origin_of(original(address)))
    except Invalid:
        return False
