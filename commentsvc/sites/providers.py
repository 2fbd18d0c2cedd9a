"""External sign-in providers of a site, besides our own accounts. Changes are logged."""

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
    """The providers that the site's owner has added."""
    return kept.of_site(site.id, site.key)


def offered(site: Site | None) -> list[Provider]:
    """The providers offered at a site, or on our own pages."""
    return kept.offered(site.id, site.key) if site else kept.offered()


def at_the_door() -> list[Provider]:
    """The providers offered on our own pages, including those of the only site. Releases the
    database connection, because the page needs no more queries."""
    found = offered(only_site())
    release()
    return found


def every() -> list[Provider]:
    """All providers offered anywhere."""
    sites = [by_id(each) for each in sorted(kept.site_ids())]
    return [*installed().values(), *(one for site in sites for one in of_site(site))]


def may_add_address(user: User) -> bool:
    """Whether this is a member without an address who signs in with trusted providers only. The
    owner of a site with its own issuer could sign in as them and read the address."""
    if user.is_guest or user.member_email is not None:
        return False
    realms = people.realms_of(user)
    return bool(realms) and all(each.is_trusted for each in every() if each.realm in realms)


def find(name: str) -> Provider:
    """The provider with this name in addresses. Raises `NotFound`."""
    kind, _, key = name.partition(".")
    among = of_site(by_key(key)) if key else list(installed().values())
    for each in among:
        if each.kind == kind:
            return each
    raise NotFound("not_found.provider")


def put(site: Site, kind: str, given: Mapping[str, str], *, by: User) -> Provider:
    """Offer a provider at the site, or change its client. Raises `Invalid`."""
    made = kept.put(site.id, site.key, kind, given)
    with unit_of_work():
        record("provider_set", site_id=site.id, by=by, provider=made.title, issuer=made.issuer)
    return made


def remove(site: Site, kind: str, *, by: User) -> None:
    """Remove a provider from the site. Raises `NotFound`."""
    found = find(f"{kind}.{site.key}")
    with unit_of_work():
        kept.remove(site.id, kind)
        record("provider_removed", site_id=site.id, by=by, provider=found.title)
