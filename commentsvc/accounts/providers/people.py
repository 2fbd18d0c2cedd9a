"""The account of a person whom a provider has sent back: known, new, or the owner of an address
here, who must sign in once before the two are connected."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select

from ...core import clock
from ...core.db import IntegrityError, changed, db, unit_of_work
from ...core.errors import Conflict, NotAllowed, NotFound
from ...core.ids import new_id
from ...core.jobs import enqueue
from ...core.typed import clean_name
from .. import proofs
from ..commands import by_email, by_id
from ..factors import passkeys
from ..leaving import check_stays
from ..models import Identity, User

if TYPE_CHECKING:
    from collections.abc import Collection

    from . import Provider
    from .flow import ProviderUser

STATE_VALID = timedelta(minutes=10)


def use_up(state: str) -> bool:
    """Use up a state; False if it was used before."""
    mark = hashlib.sha256(f"state|{state}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        with unit_of_work():
            return proofs.take(mark, until=clock.now() + STATE_VALID)
    except IntegrityError:
        return False


def known(provider: Provider, subject: str) -> User | None:
    """The account connected to this person, or None. Raises `NotAllowed` if it is deleted or being
    deleted."""
    row = _identity(provider.realm, subject)
    if row is None:
        return None
    user = by_id(row.user_id)
    if user.erased_at is not None:
        raise NotAllowed("not_allowed.account_deleted")
    check_stays(user)
    return user


def owner_of(provider: Provider, said: ProviderUser) -> User | None:
    """The account with this address, if we trust the provider's addresses."""
    return by_email(said.email) if said.email and provider.is_trusted else None


def join(provider: Provider, said: ProviderUser, name: str, *, locale: str | None) -> User:
    """Create a person, connected to the provider. Raises `Invalid` for the name, and `Conflict` if
    the person or the address has an account by now. The address is stored only if we trust the
    provider."""
    name, moment = clean_name(name), clock.now()
    user = User(kind="member", name=name, settings={}, session_epoch=0, is_admin=False)
    user.created_at, user.locale = moment, said.locale or locale
    if said.email and provider.is_trusted:
        user.email = user.member_email = said.email
        user.email_verified_at = moment
    try:
        with unit_of_work():
            db.session.add(user)
            db.session.flush()
            db.session.add(_new(user, provider, said.subject))
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("conflict.account_taken") from error
    return user


def connect(user: User, provider: Provider, subject: str) -> None:
    """Connect a signed-in person's account to this provider, and email them. Raises `Conflict` if
    the provider's person is connected to another account, or the account to another person there,
    and `NotAllowed` for an untrusted provider, which would let a site's owner in."""
    if not provider.is_trusted:
        raise NotAllowed("not_allowed.provider")
    row = _identity(provider.realm, subject)
    if row is not None and row.user_id == user.id:
        return
    mine = select(Identity.id).where(
        Identity.user_id == user.id, Identity.provider == provider.realm
    )
    if row is not None or db.session.scalar(mine) is not None:
        raise Conflict("conflict.connected", provider=provider.title)
    try:
        with unit_of_work():
            db.session.add(_new(user, provider, subject))
            db.session.flush()
            _notify(user, "connected", provider.title)
    except IntegrityError as error:
        raise Conflict("conflict.connected", provider=provider.title) from error


def disconnect(
    user: User, realm: str, *, title: str, live: Collection[str], by_email: bool
) -> None:
    """Disconnect a provider from an account, and email the person. Raises `NotFound`, and
    `Conflict` if they could no longer sign in."""
    with unit_of_work():
        _one_at_a_time(user)
        gone = delete(Identity).where(Identity.user_id == user.id, Identity.provider == realm)
        if not changed(gone):
            raise NotFound("not_found.provider")
        if not has_way(user, live=live, by_email=by_email):
            raise Conflict("conflict.last_way")
        _notify(user, "disconnected", title)


def drop_passkey(user: User, name: str, *, live: Collection[str], by_email: bool) -> None:
    """Delete a passkey. Raises like `disconnect`."""
    with unit_of_work():
        _one_at_a_time(user)
        passkeys.remove(user, name)
        if not has_way(user, live=live, by_email=by_email):
            raise Conflict("conflict.last_way")


def _one_at_a_time(user: User) -> None:
    """Lock the row: if two requests each remove one of the last two ways, the second sees the
    first's change."""
    db.session.get_one(User, user.id, with_for_update=True, populate_existing=True)


def realms_of(user: User) -> list[str]:
    """The realms of the providers that the account is connected to."""
    own = select(Identity.provider).where(
        Identity.user_id == user.id, Identity.provider.startswith("oidc:")
    )
    return list(db.session.scalars(own.order_by(Identity.id)))


def has_way(user: User, *, live: Collection[str], by_email: bool) -> bool:
    """Whether the person can sign in at all: `live` are the realms of offered providers, `by_email`
    says whether emails reach people. A site's own sign-in counts."""
    if user.password_hash or (by_email and user.member_email) or passkeys.passkeys_of(user):
        return True
    own = select(Identity.id).where(
        Identity.user_id == user.id,
        or_(Identity.provider.in_(live), Identity.provider.startswith("site:")),
    )
    return db.session.scalar(own.limit(1)) is not None


def _identity(realm: str, subject: str) -> Identity | None:
    return db.session.scalar(
        select(Identity).where(Identity.provider == realm, Identity.subject == subject)
    )


def _new(user: User, provider: Provider, subject: str) -> Identity:
    return Identity(user_id=user.id, provider=provider.realm, subject=subject)


def _notify(user: User, what: str, title: str) -> None:
    facts = {"provider": title}
    enqueue("send_security", user_id=user.id, what=what, asked=new_id(), facts=facts)
