"""Add and change sites: origins, policy, roles, keys."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from ..accounts.acts import record
from ..accounts.joining import void_mailed
from ..accounts.models import Credential, User
from ..core import clock
from ..core.addresses import allowed_origin
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed, NotFound
from ..core.ids import new_id, new_secret
from ..core.jobs import enqueue
from ..core.locale import named
from ..core.typed import tidy_line
from .models import Membership, Origin, Site
from .policy import Policy, from_dict, to_dict
from .queries import origins as origins_of
from .queries import policy_of, require, role_of
from .sections.queries import check_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_MAX_NAME = 120
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
#: Fields of a policy that decide which addresses are the same article.
ADDRESSING = ("aliases", "keep_params", "ignore_params", "keep_fragment", "keep_amp")
ROLES = ("owner", "moderator", "trusted", "premoderated", "banned")
_RANKS = ("banned", "premoderated", None, "trusted", "moderator", "owner")
INVITATION = "invite"  # the kind of credential


def add_site(
    *,
    name: str,
    origins: Iterable[str],
    owner: User | None = None,
    key: str | None = None,
    policy: Mapping[str, Any] | None = None,
) -> Site:
    """Create a site with its first owner. Raises `Invalid` for an invalid name, key, origin or
    policy, `Conflict` for a key that is taken."""
    name = tidy_line(name, "name")
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
            facebook_app_ids=[],
            version=1,
            created_at=clock.now(),
        )
        site.add_secret(new_secret())
        db.session.add(site)
        db.session.flush()
        set_origins(site, origins)
        record("site_added", site_id=site.id, by=owner)
        if owner is not None:
            put_role(site, owner, "owner", by=None)
            said: dict[str, Any] = {"was": None, "role": "owner", "until": None}
            record("role", site_id=site.id, by=owner, about=owner, **said)
    return site


def set_example(site: Site) -> None:
    """Mark a site as an example, which the dashboard keeps apart from real ones."""
    with unit_of_work():
        site.example = True


def change_site(
    site: Site, *, name: str, origins: Iterable[str], app_ids: Iterable[str], by: User | None = None
) -> None:
    """Save an owner's form about the site, all or nothing. Raises `Invalid`."""
    with unit_of_work():
        before = _described(site)
        rename_site(site, name)
        set_origins(site, origins)
        set_app_ids(site, app_ids)
        if changes := _differing(before, _described(site)):
            record("site", site_id=site.id, by=by, changes=changes)


def _described(site: Site) -> dict[str, Any]:
    return {"name": site.name, "origins": origins_of(site), "app_ids": list(site.facebook_app_ids)}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name of each changed value -> [before, after]."""
    return {name: [before[name], value] for name, value in after.items() if value != before[name]}


def rename_site(site: Site, name: str) -> None:
    """Rename the site. Raises `Invalid`."""
    name = tidy_line(name, "name")
    if not name or len(name) > _MAX_NAME:
        raise Invalid("invalid.site_name", n=_MAX_NAME, field="name")
    with unit_of_work():
        site.name = name
        _changed(site)


def set_origins(site: Site, origins: Iterable[str]) -> list[str]:
    """Replace the list of origins that may embed the site. Raises `Invalid`."""
    tidy = list(dict.fromkeys(_allowed(each) for each in origins if each.strip()))
    with unit_of_work():
        db.session.execute(delete(Origin).where(Origin.site_id == site.id))
        db.session.add_all(Origin(site_id=site.id, origin=each) for each in tidy)
        _changed(site)
        db.session.expire(site, ["listed"])
    return tidy


def _allowed(origin: str) -> str:
    try:
        return allowed_origin(origin)
    except Invalid as error:
        error.field = "origins"
        raise


def set_app_ids(site: Site, app_ids: Iterable[str]) -> None:
    """Set the Facebook app ids whose old pages belong to this site. Raises `Invalid`."""
    tidy = list(dict.fromkeys(each.strip() for each in app_ids if each.strip()))
    if not all(re.fullmatch(r"[0-9]{1,21}|[0-9a-fA-F]{21,64}", each) for each in tidy):
        raise Invalid("invalid.facebook_id", n=21, field="app_ids")
    with unit_of_work():
        site.facebook_app_ids = tidy
        _changed(site)


def set_policy(
    site: Site, changes: Mapping[str, Any], *, by: User | None, restores: int | None = None
) -> Policy:
    """Change some fields of the policy. `restores` is the version (history.py) that this restores,
    if any. Raises `Invalid` naming the field."""
    with unit_of_work():
        before = policy_of(site)
        policy = before.with_changes(changes)
        check_sections(site, policy)
        site.policy = to_dict(policy)
        _changed(site)
        if differing := _differing(asdict(before), asdict(policy)):
            said: dict[str, Any] = {} if restores is None else {"version": restores}
            kind = "policy_restored" if said else "policy"
            record(kind, site_id=site.id, by=by, changes=differing, **said)
        if any(getattr(policy, name) != getattr(before, name) for name in ADDRESSING):
            enqueue("rekey_threads", site_id=site.id)  # else old conversations would not be found
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

    Moderators cannot change owners or other moderators; nobody can remove the last owner or limit
    their role in time. Raises `Invalid` for an end in the past, `NotAllowed`, `Conflict`.
    """
    if role is not None and until is not None and until <= clock.now():
        raise Invalid("invalid.until", field="until")
    with unit_of_work():
        was = put_role(site, user, role, by=by, until=until, note=note, message=message)
        if was != role:
            ends = until.isoformat() if until else None
            record("role", site_id=site.id, by=by, about=user, was=was, role=role, until=ends)


def put_role(
    site: Site,
    user: User,
    role: str | None,
    *,
    by: User | None,
    until: datetime | None = None,
    note: str | None = None,
    message: str | None = None,
    earned: dict[str, Any] | None = None,
) -> str | None:
    """Like `set_role`, for callers that record the act themselves. Returns the previous role."""
    if role is not None and role not in ROLES:
        raise Invalid("invalid.choose", names=named("role", ROLES), field="role")
    with unit_of_work():
        row = hold_membership(site, user)
        _check_reach(site, role, row, by)
        was = row.role if row is not None else None
        if was == "owner" and (role != "owner" or until is not None):
            check_last_owner(site, user)
        if role == "banned" or _RANKS.index(role) < _RANKS.index(was):
            void_invitations(site, *_addresses(user), by=by)  # else one could undo this decision
        if role is None:
            if row is not None:
                db.session.delete(row)
            return was
        if row is None:
            row = Membership(site_id=site.id, user_id=user.id)
            db.session.add(row)
        if role in ("owner", "moderator"):
            void_mailed(user)
        row.role, row.until, row.note, row.message = role, until, note, message
        row.set_by_id, row.set_at, row.earned = (by.id if by else None), clock.now(), earned
        if role == "banned":
            user.session_epoch += 1  # ends their sessions immediately
        db.session.flush()
    return was


def hold_membership(site: Site, user: User) -> Membership | None:
    """The person's current row on the site, expired or not. Locks the person, so that nobody else
    changes their roles until the unit ends. In a unit only."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    row = select(Membership).where(Membership.site_id == site.id, Membership.user_id == user.id)
    return db.session.scalar(row.execution_options(populate_existing=True))


def void_invitations(site: Site, *emails: str, by: User | None) -> None:
    """Revoke the open invitations to these addresses."""
    open_ones = select(Credential).where(
        Credential.kind == INVITATION,
        Credential.site_id == site.id,
        Credential.used_at.is_(None),
        Credential.revoked_at.is_(None),
    )
    with unit_of_work():
        for each in db.session.scalars(open_ones) if emails else ():
            if each.grants["email"] in emails:
                each.revoked_at = clock.now()
                record("invitation_revoked", site_id=site.id, by=by)
        db.session.flush()


def _addresses(user: User) -> set[str]:
    """The person's verified email addresses. A guest's may belong to anyone."""
    own = user.email if user.email_verified_at and not user.is_guest else None
    return {each for each in (user.member_email, own) if each}


def rotate_secret(site: Site, *, by: User | None = None) -> str:
    """Create a new signing secret; the previous one stays valid, so that a site can switch. Raises
    `NotAllowed`."""
    if by is not None:
        require(by, "manage_site", site)
    with unit_of_work():
        secret = new_secret()
        site.add_secret(secret)
        record("secret", site_id=site.id, by=by)
    return secret


def drop_old_secret(site: Site, *, by: User | None = None) -> None:
    """Reject tokens signed with the secret before the newest from now on. Raises `NotFound` if
    there is none, `NotAllowed`."""
    if by is not None:
        require(by, "manage_site", site)
    with unit_of_work():
        if len(site.kept_secrets) < 2:
            raise NotFound("not_found.old_secret")
        site.kept_secrets = site.kept_secrets[:1]
        record("secret_removed", site_id=site.id, by=by)


def _check_reach(site: Site, role: str | None, row: Membership | None, by: User | None) -> None:
    if by is None:
        return
    own = role_of(by, site)
    if own in ("owner", "admin"):
        return
    staff = ("owner", "moderator")
    if own != "moderator" or role in staff or (row is not None and row.role in staff):
        raise NotAllowed("not_allowed.roles_owner")


def check_last_owner(site: Site, user: User) -> None:
    """Raises `Conflict` if the site has no other permanent owner. In a unit only: it locks the
    owners, so the second of two concurrent requests sees the result of the first."""
    owners = (Membership.site_id == site.id, Membership.role == "owner")
    db.session.execute(
        select(Membership.id).where(*owners).order_by(Membership.id).with_for_update()
    )
    others = db.session.scalar(
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(*owners, Membership.until.is_(None))
        .where(Membership.user_id != user.id, User.leaving_at.is_(None))
    )
    if others is None:
        raise Conflict("conflict.last_owner")


def _changed(site: Site) -> None:
    site.version += 1
    db.session.flush()
