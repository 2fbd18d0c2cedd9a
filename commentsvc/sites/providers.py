"""What people can sign in with at a site besides accounts of ours: its owner's choice, in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts.acts import record
from ..accounts.providers import Provider, installed, kept, people
from ..core.db import release, unit_of_work
from ..core.errors import NotFound
from .queries import by_id, by_key, only_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User
    from .models import Site


def of_site(site: Site) -> list[Provider]:
    """What the site's owner has entered."""
    return kept.of_site(site.id, site.key)


def offered(site: Site | None) -> list[Provider]:
    """What there is to sign in with at a site, or on our own pages."""
    return kept.offered(site.id, site.key) if site else kept.offered()


def at_the_door() -> list[Provider]:
    """What there is to sign in with on our own pages, the only site's included. The page asks nothing more of
    the database, and so holds nothing of it."""
    found = offered(only_site())
    release()
    return found


def every() -> list[Provider]:
    """All that are offered anywhere."""
    sites = [by_id(each) for each in sorted(kept.site_ids())]
    return [*installed().values(), *(one for site in sites for one in of_site(site))]


def may_add_address(user: User) -> bool:
    """Whether this is a member whom a provider signs in without an address. The owner of a site signs in
    those of an issuer of their own choice, and would read the address: those have none."""
    if user.is_guest or user.member_email is not None:
        return False
    realms = people.realms_of(user)
    return bool(realms) and all(each.is_trusted for each in every() if each.realm in realms)


def find(name: str) -> Provider:
    """The provider that addresses call so. Raises `NotFound`."""
    kind, _, key = name.partition(".")
    among = of_site(by_key(key)) if key else list(installed().values())
    for each in among:
        if each.kind == kind:
            return each
    raise NotFound("not_found.provider")


def put(site: Site, kind: str, given: Mapping[str, str], *, by: User) -> Provider:
    """Offer a provider at the site, or change its client. Raises `Invalid`, with what is wrong."""
    made = kept.put(site.id, site.key, kind, given)
    with unit_of_work():
        record("provider_set", site_id=site.id, by=by, provider=made.title, issuer=made.issuer)
    return made


def remove(site: Site, kind: str, *, by: User) -> None:
    """Offer it no longer. Raises `NotFound`."""
    found = find(f"{kind}.{site.key}")
    with unit_of_work():
        kept.remove(site.id, kind)
        record("provider_removed", site_id=site.id, by=by, provider=found.title)
