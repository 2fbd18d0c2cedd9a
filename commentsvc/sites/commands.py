"""Add a site and change what it is: origins, policy, people, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from ..core import clock
from ..core.addresses import allowed_origin
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed
from ..core.ids import new_id, new_secret
from ..core.jobs import enqueue
from ..core.locale import named
from .models import Membership, Origin, Site
from .policy import Policy, from_dict, to_dict
from .queries import policy_of, role_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ..accounts.models import User

_MAX_NAME = 120
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
#: Fields of a policy that say which addresses are one article.
ADDRESSING = ("aliases", "keep_params", "ignore_params", "keep_fragment")
ROLES = ("owner", "moderator", "trusted", "premoderated", "banned")


def add_site(
    *,
    name: str,
    origins: Iterable[str],
    owner: User | None = None,
    key: str | None = None,
    policy: Mapping[str, Any] | None = None,
) -> Site:
    """Make a site with its first owner. Raises `Invalid` for a wrong key or origin, `Conflict` for a
    key that is taken."""
    name = name.strip()
    if not name or len(name) > _MAX_NAME:
        raise Invalid("invalid.site_name", n=_MAX_NAME, field="name")
    key = (key or new_id()).strip().lower()
    if not _KEY.fullmatch(key):
        raise Invalid("invalid.site_key", n=40, field="key")
    stored = to_dict(from_dict(policy or {}))
    with unit_of_work():
        if db.session.scalar(select(Site.id).where(Site.key == key)):
            raise Conflict("conflict.site_key", key=key, field="key")
        site = Site(
            key=key,
            name=name,
            policy=stored,
            secrets=[new_secret()],
            facebook_app_ids=[],
            version=1,
            created_at=clock.now(),
        )
        db.session.add(site)
        db.session.flush()
        set_origins(site, origins)
        if owner is not None:
            set_role(site, owner, "owner", by=None)
    return site


def change_site(site: Site, *, name: str, origins: Iterable[str], app_ids: Iterable[str]) -> None:
    """What an owner's form about the site holds: all of it or nothing. Raises `Invalid`."""
    with unit_of_work():
        rename_site(site, name)
        set_origins(site, origins)
        set_app_ids(site, app_ids)


def rename_site(site: Site, name: str) -> None:
    """Give the site another name."""
    if not name.strip() or len(name) > _MAX_NAME:
        raise Invalid("invalid.site_name", n=_MAX_NAME, field="name")
    with unit_of_work():
        site.name = name.strip()
        _changed(site)


def set_origins(site: Site, origins: Iterable[str]) -> list[str]:
    """Replace the list of pages' origins that may embed the site. Raises `Invalid`."""
    tidy = list(dict.fromkeys(allowed_origin(each) for each in origins if each.strip()))
    with unit_of_work():
        db.session.execute(delete(Origin).where(Origin.site_id == site.id))
        db.session.add_all(Origin(site_id=site.id, origin=each) for each in tidy)
        _changed(site)
        db.session.expire(site, ["listed"])
    return tidy


def set_app_ids(site: Site, app_ids: Iterable[str]) -> None:
    """The Facebook app ids whose old pages belong to this site. Raises `Invalid`."""
    tidy = list(dict.fromkeys(each.strip() for each in app_ids if each.strip()))
    if not all(re.fullmatch(r"[0-9]{1,21}|[0-9a-fA-F]{21,64}", each) for each in tidy):
        raise Invalid("invalid.facebook_id", n=21, field="app_ids")
    with unit_of_work():
        site.facebook_app_ids = tidy
        _changed(site)


def set_policy(
    site: Site,
    changes: Mapping[str, Any],
    *,
    by: User | None,  # noqa: ARG001 - every command says who; this one has no row to write it in
) -> Policy:
    """Change some fields of the policy. Raises `Invalid` naming the field."""
    with unit_of_work():
        before = policy_of(site)
        policy = before.with_changes(changes)
        site.policy = to_dict(policy)
        _changed(site)
        if any(getattr(policy, name) != getattr(before, name) for name in ADDRESSING):
            enqueue("rekey_threads", site_id=site.id)  # or old conversations would not be found
    return policy


def set_role(
    site: Site,
    user: User,
    role: str | None,
    *,
    by: User | None,
    until: datetime | None = None,
    note: str | None = None,
    message: str | None = None,
) -> None:
    """Give a person a role on one site, or (None) make them an ordinary reader.

    A moderator cannot touch owners or other moderators; nobody removes the last owner.
    """
    if role is not None and role not in ROLES:
        raise Invalid("invalid.choose", names=named("role", ROLES), field="role")
    with unit_of_work():
        row = db.session.scalar(
            select(Membership).where(Membership.site_id == site.id, Membership.user_id == user.id)
        )
        _check_reach(site, role, row, by)
        if row is not None and row.role == "owner" and role != "owner":
            _check_last_owner(site, user)
        if role is None:
            if row is not None:
                db.session.delete(row)
            return
        if row is None:
            row = Membership(site_id=site.id, user_id=user.id)
            db.session.add(row)
        row.role, row.until, row.note, row.message = role, until, note, message
        row.set_by_id, row.set_at = (by.id if by else None), clock.now()
        if role == "banned":
            user.session_epoch += 1  # what they are signed in with is dead at once
        db.session.flush()


def rotate_secret(site: Site) -> str:
    """Make a new signing secret; the one before stays good, so that a site can change over."""
    with unit_of_work():
        secret = new_secret()
        site.secrets = [secret, *site.secrets][:2]
    return secret


def _check_reach(site: Site, role: str | None, row: Membership | None, by: User | None) -> None:
    if by is None:
        return
    own = role_of(by, site)
    if own in ("owner", "admin"):
        return
    staff = ("owner", "moderator")
    if own != "moderator" or role in staff or (row is not None and row.role in staff):
        raise NotAllowed("not_allowed.roles_owner")


def _check_last_owner(site: Site, user: User) -> None:
    others = db.session.scalar(
        select(Membership.id).where(
            Membership.site_id == site.id, Membership.role == "owner", Membership.user_id != user.id
        )
    )
    if others is None:
        raise Conflict("conflict.last_owner")


def _changed(site: Site) -> None:
    site.version += 1
    db.session.flush()
