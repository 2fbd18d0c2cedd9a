"""Who somebody is whom a provider has sent back: known already, new, or the owner of an address here, who
signs in to the account once before the two are connected."""

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
    """Take a state; False when somebody came back with it before."""
    mark = hashlib.sha256(f"state|{state}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        with unit_of_work():
            return proofs.take(mark, until=clock.now() + STATE_VALID)
    except IntegrityError:
        return False


def known(provider: Provider, subject: str) -> User | None:
    """Whose account this is connected to. Raises `NotAllowed` for who has left or is about to."""
    row = _identity(provider.realm, subject)
    if row is None:
        return None
    user = by_id(row.user_id)
    if user.erased_at is not None:
        raise NotAllowed("not_allowed.account_deleted")
    check_stays(user)
    return user


def owner_of(provider: Provider, said: ProviderUser) -> User | None:
    """Who has an account here with the address, if the provider's word on addresses counts."""
    return by_email(said.email) if said.email and provider.is_trusted else None


def join(provider: Provider, said: ProviderUser, name: str, *, locale: str | None) -> User:
    """A new person, connected to the provider. Raises `Invalid` for the name, and `Conflict` when the person
    or the address has got an account meanwhile. An address is kept only where the provider's word counts."""
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
    """Let somebody who is signed in come in by this provider as well; they are emailed. Raises `Conflict`
    where the provider's person is another's, or the account has one there already, and `NotAllowed` for a
    provider that would let a site's owner in."""
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
    """Let a provider no longer sign somebody in; they are emailed. Raises `NotFound`, and `Conflict` where
    nothing would be left to sign in with."""
    with unit_of_work():
        _one_at_a_time(user)
        gone = delete(Identity).where(Identity.user_id == user.id, Identity.provider == realm)
        if not changed(gone):
            raise NotFound("not_found.provider")
        if not has_way(user, live=live, by_email=by_email):
            raise Conflict("conflict.last_way")
        _notify(user, "disconnected", title)


def drop_passkey(user: User, name: str, *, live: Collection[str], by_email: bool) -> None:
    """Forget a passkey. Raises as `disconnect`."""
    with unit_of_work():
        _one_at_a_time(user)
        passkeys.remove(user, name)
        if not has_way(user, live=live, by_email=by_email):
            raise Conflict("conflict.last_way")


def _one_at_a_time(user: User) -> None:
    """Of two requests that each remove one of the last two ways, the second sees what the first has done."""
    db.session.get_one(User, user.id, with_for_update=True, populate_existing=True)


def realms_of(user: User) -> list[str]:
    """The providers that somebody's account is connected to."""
    own = select(Identity.provider).where(
        Identity.user_id == user.id, Identity.provider.startswith("oidc:")
    )
    return list(db.session.scalars(own.order_by(Identity.id)))


def has_way(user: User, *, live: Collection[str], by_email: bool) -> bool:
    """Whether somebody can sign in at all: `live` are the providers that are offered, `by_email` says whether
    emails reach people. A site's own sign-in counts."""
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
