"""Invitations: whoever receives the email may join a site's staff, once, within a week.

The link only proves the address. If an account has that address, its owner must be signed in to
accept the role. So a link opens no account, and an account with a foreign address gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from ..accounts import proofs
from ..accounts.acts import record
from ..accounts.commands import add_member, by_email, clean_email
from ..accounts.commands import by_id as person
from ..accounts.models import Credential, User
from ..core import clock
from ..core.db import changed, db, unit_of_work
from ..core.errors import Invalid, NotAllowed, NotFound
from ..core.ids import new_id, new_secret, secret_hash
from ..core.jobs import enqueue
from ..core.locale import named
from ..core.shown import masked
from ..core.typed import clean_name
from .commands import INVITATION, set_role
from .queries import by_id, is_banned_address, role_of

if TYPE_CHECKING:
    from datetime import datetime

    from .models import Site

VALID = timedelta(days=7)
ROLES = ("moderator", "owner")  # lowest first


@dataclass(frozen=True)
class Invitation:
    """An open invitation; the secret in its email is not stored."""

    id: str
    email: str
    role: str
    site: Site
    by: User
    expires_at: datetime | None


def invite(site: Site, email: str, role: str, *, by: User) -> str:
    """Invite this email address, and revoke earlier open invitations to it. Returns the address as
    it is stored. Raises `Invalid`."""
    email = clean_email(email)
    if role not in ROLES:
        raise Invalid("invalid.choose", names=named("role", ROLES), field="role")
    with unit_of_work():
        for each in invitations(site):
            if each.email == email:
                _void(each.id, site)
        grants, asked = {"email": email, "role": role, "by": by.id}, new_id()
        proofs.issue(INVITATION, site_id=site.id, ttl=VALID, label=asked, grants=grants)
        record("invited", site_id=site.id, by=by, was=None, role=role, address=masked(email))
        enqueue("send_invitation", asked=asked)
    return email


def invitations(site: Site) -> list[Invitation]:
    """The open invitations, oldest first."""
    query = (
        select(Credential)
        .where(Credential.kind == INVITATION, Credential.site_id == site.id, *_IN_FORCE)
        .where(Credential.expires_at > clock.now())
        .order_by(Credential.id)
    )
    return [_invitation(each) for each in db.session.scalars(query)]


def revoke_invitation(site: Site, public_id: str, *, by: User) -> None:
    """Revoke an invitation of this site. Raises `NotFound`."""
    with unit_of_work():
        address = next((masked(e.email) for e in invitations(site) if e.id == public_id), None)
        if not _void(public_id, site):
            raise NotFound("not_found.invitation")
        record("invitation_revoked", site_id=site.id, by=by, address=address)


def to_send(asked: str) -> tuple[Invitation, str] | None:
    """An invitation with a new secret for its link; None if revoked or used. In a unit only."""
    row = db.session.scalar(
        select(Credential).where(
            Credential.kind == INVITATION, Credential.label == asked, *_IN_FORCE
        )
    )
    if row is None:
        return None
    secret = new_secret()
    row.hash = secret_hash(secret)
    db.session.flush()
    return _invitation(row), secret


def find_invitation(secret: str) -> Invitation | None:
    """The invitation of a link, if it is valid. Does not use it up."""
    row = proofs.find(INVITATION, secret)
    return _invitation(row) if row is not None else None


def accept(secret: str, *, me: User | None, name: str = "", password: str = "") -> User:
    """Accept the role: as `me`, whose address it must be, or with a new account for that address.

    Raises `NotAllowed` for an invalid link, if the inviter may not give the role (any more), or if
    the person is banned; `Invalid` for an invalid name or password. After `Invalid` and during a
    ban, the link stays valid.
    """
    found = find_invitation(secret)
    if found is None:
        raise NotAllowed("not_allowed.link_used")
    user = by_email(found.email)
    if user is not None and (me is None or me.id != user.id):
        raise NotAllowed("not_allowed.invitation", email=found.email)
    password_hash = proofs.hash_password(password) if user is None else ""
    with unit_of_work():
        proofs.use_once(INVITATION, secret)
        if user is None:
            name = clean_name(name)
            user = add_member(
                email=found.email, password_hash=password_hash, name=name, locale=None
            )
        if is_banned_address(found.email, found.site):  # the link stays valid until the ban ends
            raise NotAllowed("not_allowed.invitation_banned")
        user.email_verified_at = user.email_verified_at or clock.now()
        if _rank(role_of(user, found.site)) < _rank(found.role):
            set_role(found.site, user, found.role, by=found.by)
    return user


_IN_FORCE = (Credential.used_at.is_(None), Credential.revoked_at.is_(None))


def _void(public_id: str, site: Site) -> bool:
    row = update(Credential).where(
        Credential.kind == INVITATION,
        Credential.public_id == public_id,
        Credential.site_id == site.id,
        *_IN_FORCE,
    )
    return bool(changed(row.values(revoked_at=clock.now())))


def _rank(role: str) -> int:
    return [*ROLES, "admin"].index(role) if role in (*ROLES, "admin") else -1


def _invitation(row: Credential) -> Invitation:
    assert row.site_id is not None  # invitations always have a site
    grants = row.grants
    site, by = by_id(row.site_id), person(int(grants["by"]))
    return Invitation(
        row.public_id, str(grants["email"]), str(grants["role"]), site, by, row.expires_at
    )
