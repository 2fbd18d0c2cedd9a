"""Setup in a browser: whoever can read the console sets up an installation without an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..accounts import commands as accounts
from ..accounts import proofs
from ..accounts.models import Credential, User
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.typed import clean_name
from .commands import add_site
from .models import Site

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

VALID = timedelta(hours=24)
_KIND = "set_up"


def is_needed() -> bool:
    """Whether there is neither a site nor an administrator."""
    found = (select(Site.id), select(User.id).where(User.is_admin.is_(True)))
    return all(db.session.scalar(each.limit(1)) is None for each in found)


def new_token() -> str | None:
    """A token that opens the setup page for a day; None if setup is not needed."""
    return proofs.issue(_KIND, ttl=VALID) if is_needed() else None


def opens(token: str) -> bool:
    """Whether this token opens the setup page now."""
    return proofs.find(_KIND, token) is not None and is_needed()


def set_up(
    token: str,
    *,
    name: str,
    email: str,
    password: str,
    locale: str | None,
    site: str,
    origins: Collection[str],
    policy: Mapping[str, Any] | None = None,
) -> tuple[User, Site]:
    """Create the owner and the first site, once. Raises `NotAllowed` for an invalid or used token,
    else like creating an account or a site; the token stays valid then."""
    name, email = clean_name(name), accounts.clean_email(email)
    password_hash = proofs.hash_password(password)
    with unit_of_work():
        # of two concurrent requests, the second finds none
        tokens = db.session.scalars(
            select(Credential).where(Credential.kind == _KIND).with_for_update()
        ).all()
        if not opens(token):
            raise NotAllowed("not_allowed.link_used")
        if accounts.by_email(email) is not None:
            raise Conflict("conflict.account_taken", field="email")
        owner = accounts.add_member(
            email=email, password_hash=password_hash, name=name, locale=locale, is_admin=True
        )
        made = add_site(name=site, origins=origins, owner=owner, policy=policy)
        for each in tokens:
            db.session.delete(each)
        db.session.flush()
    return owner, made
