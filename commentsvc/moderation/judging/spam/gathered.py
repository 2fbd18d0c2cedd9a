"""The facts about the hosts that a text links, and the probability that it is an advertisement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ....core.addresses import host_of
from ....core.db import db
from ....core.errors import Invalid
from ....threads import text as texts
from ....threads.models import Comment
from ...models import KnownHost
from ..traits import scan_links
from .hosts import among, hosts_of
from .model import Reading, shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....accounts.models import User
    from ....sites.models import Site
    from ....sites.policy import Policy
    from ..facts import Read
    from .learning import Learned

_ORIGIN = re.compile(r"https?://(?:\*\.)?([^\s:/]+)")
_MOST = 50  # hosts of one text to look up


def hosts_in(text: str) -> tuple[str, ...]:
    """The host of every link, with repeats, then hosts that the text disguises or only names."""
    urls = (*texts.links(text), *texts.unlinked(text))
    linked = [host for url in urls if (host := _host(url))]
    disguised = [host.removeprefix("www.") for host in texts.disguised(text)]
    named = [host for host in (*scan_links(text), *disguised) if host not in linked]
    return (*linked, *dict.fromkeys(named))


def _host(url: str) -> str | None:
    try:
        return host_of(url).removeprefix("www.")
    except Invalid:  # a mail address
        return None


def promotion_facts(
    site: Site, policy: Policy, author: User | None, read: Read, learned: Learned | None
) -> dict[str, Any]:
    """The fields of a submission about links and advertising. No query, or at most 2 with links."""
    linked = link_facts(site, policy, read.links)
    pretending = {each.removeprefix("www.") for each in read.disguised}
    hosts = linked["links"]
    return {
        **linked,
        "disguised": tuple(each for each in dict.fromkeys(hosts) if each in pretending),
        "new_hosts": new_hosts(site, policy, author, hosts),
        **spam_facts(
            read.promotion,
            policy,
            hosts,
            author.name if author else read.name,
            learned if policy.spam_learning else None,
        ),
    }


def link_facts(site: Site, policy: Policy, hosts: Sequence[str]) -> dict[str, Any]:
    """The hosts that the site does not allow, and those of them that it denies."""
    allowed = hosts_of((*policy.allowed_hosts, *_ORIGIN.findall(site.listed or "")))
    denied = hosts_of(policy.denied_hosts)
    counted = tuple(host for host in hosts if not among(host, allowed))
    return {"links": counted, "denied": tuple(host for host in counted if among(host, denied))}


def new_hosts(
    site: Site, policy: Policy, author: User | None, hosts: Sequence[str]
) -> tuple[str, ...]:
    """The hosts that no approved comment on the site links; none if a link of this author's has
    been approved before. Queries only if there are links."""
    asked = tuple(dict.fromkeys(hosts))[:_MOST]
    if not asked or policy.first_link == "off":
        return ()
    known = set(
        db.session.scalars(
            select(KnownHost.host)
            .where(KnownHost.site_id == site.id, KnownHost.host.in_(asked))
            .distinct()
        )
    )
    new = tuple(host for host in asked if host not in known)
    return () if new and author is not None and _is_vouched_for(site, author) else new


def _is_vouched_for(site: Site, author: User) -> bool:
    found = db.session.scalar(
        select(KnownHost.id)
        .join(Comment, Comment.id == KnownHost.comment_id)
        .where(Comment.author_id == author.id, KnownHost.site_id == site.id)
        .limit(1)
    )
    return found is not None


def spam_facts(
    reading: Reading,
    policy: Policy,
    hosts: Sequence[str],
    name: str | None,
    learned: Learned | None,
) -> dict[str, Any]:
    """How likely a text with these links, by an author of this name, is an advertisement, and how
    likely this site's moderators would reject it as spam."""
    if policy.spam == "off":
        return {}
    linked_name = bool(name and scan_links(name))
    share, signs = shipped().said(reading, hosts, linked_name=linked_name)
    facts: dict[str, Any] = {"spam": share, "spam_signs": signs}
    if learned is not None:
        facts["spam_again"] = learned.was_rejected(reading, hosts)
        if learned.speaks:
            here, here_signs = learned.said(reading, hosts, linked_name=linked_name)
            facts |= {"spam_here": here, "spam_here_signs": here_signs}
    return facts
