"""The cast: olga owns, mona moderates, rita reads, max is a stranger, bo is banned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commentsvc.accounts import commands as accounts
from commentsvc.sites import commands as sites

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from commentsvc.sites.models import Site

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    """Everybody, and the site they are on. `other` is a second site with an owner of its own."""

    site: Site
    other: Site
    ada: User  # runs the installation
    olga: User
    mona: User
    rita: User
    bo: User
    max: User  # a stranger: a member without a role here; owns the other site


def make_cast() -> Cast:
    """Two sites with their people. Inside an app context."""

    def person(name: str, **more: object) -> User:
        return accounts.register(
            email=f"{name}@example.org", password=PASSWORD, name=name.capitalize(), **more
        )

    ada, olga, mona = person("ada", is_admin=True), person("olga"), person("mona")
    rita, bo, stranger = person("rita"), person("bo"), person("max")
    site = sites.add_site(
        name="The Harbour Post", key="harbour", origins=["https://news.example.org"], owner=olga
    )
    other = sites.add_site(
        name="Mountain News",
        key="mountain",
        origins=["https://mountain.example.net"],
        owner=stranger,
    )
    sites.set_role(site, mona, "moderator", by=olga)
    sites.set_role(site, bo, "banned", by=mona, message="Read the rules first.")
    sites.set_policy(site, {"slow_seconds": 0}, by=olga)
    return Cast(site, other, ada, olga, mona, rita, bo, stranger)
