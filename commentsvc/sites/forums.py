"""For pages written for Disqus: a site's forums, and the secret that signs its readers in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from ..accounts.acts import record
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid
from ..core.sealing import sealer
from .models import Forum, Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..accounts.models import User

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")
_LONGEST_SECRET = 200
#: Owners may type a short name alone, or as an address with Disqus's host.
_AROUND = re.compile(r"^(?:https?:)?//|\.disqus\.com.*$", re.IGNORECASE)


def tidy_name(name: str) -> str:
    """A forum's short name as it is stored: without Disqus's host, in lowercase."""
    return _AROUND.sub("", name.strip()).lower()


def by_forum(name: str) -> Site | None:
    """The open site that a Disqus forum belongs to now."""
    named = select(Site).join(Forum, Forum.site_id == Site.id).where(Forum.name == tidy_name(name))
    return db.session.scalar(named.where(Site.closed_at.is_(None))) if name else None


def forums_of(site: Site) -> list[str]:
    """The short names of the site's forums."""
    return list(
        db.session.scalars(select(Forum.name).where(Forum.site_id == site.id).order_by(Forum.name))
    )


def set_forums(site: Site, names: Iterable[str], *, by: User | None = None) -> list[str]:
    """Replace the short names. Raises `Invalid`, or `Conflict` for a name of another site."""
    tidy = sorted({tidy_name(each) for each in names if each.strip()})
    for each in tidy:
        if not _NAME.fullmatch(each):
            raise Invalid("invalid.forum", name=each[:60], field="forums")
    with unit_of_work():
        before = forums_of(site)
        if before == tidy:
            return tidy
        taken = select(Forum.name).where(Forum.name.in_(tidy), Forum.site_id != site.id)
        if name := db.session.scalar(taken):
            raise Conflict("conflict.forum", name=name, field="forums")
        db.session.execute(delete(Forum).where(Forum.site_id == site.id))
        db.session.add_all(Forum(name=each, site_id=site.id) for each in tidy)
        db.session.flush()
        record("site", site_id=site.id, by=by, changes={"forums": [before, tidy]})
    return tidy


def change_disqus(
    site: Site, names: Iterable[str], secret: str | None, *, by: User | None = None
) -> None:
    """Save an owner's form, all or nothing. None keeps the secret. Raises `Invalid`, `Conflict`."""
    with unit_of_work():
        set_forums(site, names, by=by)
        if secret is not None:
            set_disqus_secret(site, secret, by=by)


def set_disqus_secret(site: Site, secret: str, *, by: User | None = None) -> None:
    """Accept readers signed in with this secret key; "" accepts none. Raises `Invalid`."""
    secret = secret.strip()
    if len(secret) > _LONGEST_SECRET:
        raise Invalid("invalid.too_long", n=_LONGEST_SECRET, field="disqus_secret")
    with unit_of_work():
        site.kept_disqus_secret = sealer().seal(secret) if secret else None
        db.session.flush()
        record("secret" if secret else "secret_removed", site_id=site.id, by=by, of="disqus")
