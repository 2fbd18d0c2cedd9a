"""Emails with a link that works once: sign up, confirm an address, choose a new password.

A link's secret is created here, when it is sent; only its hash is stored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts import entering, joining, proofs
from ..accounts.codes import add_code
from ..accounts.commands import by_email
from ..accounts.models import Credential, User
from ..core.db import db, micros, release, unit_of_work
from ..core.jobs import handler, periodic
from ..settings import settings
from ..sites.inviting import to_send
from ..sites.queries import by_id, may_sign_up, only_site, policy_of, sites_of
from .emails import accounts
from .sending import send_once
from .signed import address, stay_token

if TYPE_CHECKING:
    from ..sites.models import Site
    from .mail import Mail


@handler("send_sign_up", lane="mail")
def send_sign_up(asked: str) -> None:
    """Email the address of a requested account the link that creates it; or, if it has an account,
    that somebody asked."""
    with unit_of_work():
        wanted = db.session.scalar(
            select(Credential).where(Credential.kind == "sign_up", Credential.label == asked)
        )
        if wanted is None or wanted.used_at is not None:
            return
        owner = by_email(wanted.grants["email"])
        if owner is not None:
            wanted.grants = {"email": wanted.grants["email"]}  # the rest is not needed
            site, places = _name(wanted.site_id), (_address("sign-in"), _address("forgot"))
            mail = accounts.already(owner, sign_in=places[0], forgot=places[1], site=site)
        else:
            to_be = User(**{name: wanted.grants[name] for name in ("name", "email", "locale")})
            link = _address("confirm", joining.rekey(wanted))
            code = add_code(wanted) if wanted.site_id else ""
            site = _name(wanted.site_id)
            mail = accounts.sign_up(
                to_be, link=link, valid=joining.SIGN_UP_VALID, code=code, site=site
            )
    send(mail, f"sign_up:{asked}", "sign_up", wanted.site_id)


@handler("send_sign_in", lane="mail")
def send_sign_in(asked: str) -> None:
    """Email a code and a link that sign in; to a new address only if accounts may be created, and
    to no account that is being deleted."""
    with unit_of_work():
        wanted = entering.wanted(asked)
        if wanted is None:
            return
        site, email = _site(wanted.site_id), wanted.grants["email"]
        owner = by_email(email)
        is_closed = owner.leaving_at is not None if owner else not may_sign_up(site)
        if is_closed:
            return
        locale = (owner.locale if owner else None) or wanted.grants["locale"]
        if owner is not None and _must_use_password(owner):
            mail = accounts.unproven(owner, sign_in=_address("sign-in"), site=_name(wanted.site_id))
        else:
            mail = accounts.sign_in(
                User(name="", email=email, locale=locale),
                link=_address("link", joining.rekey(wanted, entering.VALID)),
                valid=entering.VALID,
                code=add_code(wanted),
                site=site.name if site else "",
            )
    send(mail, f"sign_in:{asked}", "sign_in", wanted.site_id)


def _must_use_password(user: User) -> bool:
    """Whether emails must not sign this account in: its address was never confirmed, so it may be
    somebody else's, and the account has a role."""
    return user.email_verified_at is None and (user.is_admin or bool(sites_of(user)))


@handler("send_verify", lane="mail")
def send_verify(user_id: int, asked: str, site_id: int | None = None) -> None:
    """Email the link that confirms a member's address."""
    user = _member(user_id)
    if user is None or user.email_verified_at is not None:
        return
    secret = proofs.issue("verify", user=user, ttl=joining.VERIFY_VALID)
    link = _address("confirm", secret)
    mail = accounts.verify(user, link=link, valid=joining.VERIFY_VALID, site=_name(site_id))
    send(mail, f"verify:{asked}", "verify", site_id)


@handler("send_added", lane="mail")
def send_added(user_id: int, asked: str, email: str) -> None:
    """Email the address that a member without one wants to add: the link that confirms it; or, if
    it has an account, that somebody asked. Nobody is named: it may have been typed by a
    stranger."""
    user, owner = db.session.get(User, user_id), by_email(email)
    if user is None or user.member_email or not user.is_active:
        return
    if owner is not None:
        places = (_address("sign-in"), _address("forgot"))
        mail = accounts.already(owner, sign_in=places[0], forgot=places[1], site=_name(None))
    else:
        grants = {"email": email}
        secret = proofs.issue("verify", user=user, ttl=joining.VERIFY_VALID, grants=grants)
        to = User(name="", email=email, locale=user.locale)
        link = _address("confirm", secret)
        mail = accounts.verify(to, link=link, valid=joining.VERIFY_VALID, site=_name(None))
    send(mail, f"added:{asked}", "verify")


@handler("send_reset", lane="mail")
def send_reset(user_id: int | None, asked: str, site_id: int | None = None) -> None:
    """Email the link to choose a new password, and a code for a site's window; an address without
    an account gets nothing."""
    user = _member(user_id) if user_id is not None else None
    if user is None:
        return
    if _must_use_password(user):
        mail = accounts.unproven(user, sign_in=_address("sign-in"), site=_name(site_id))
        send(mail, f"reset:{asked}", "reset", site_id)
        return
    with unit_of_work():
        secret = proofs.issue(
            "reset", user=user, site_id=site_id, ttl=joining.RESET_VALID, label=asked
        )
        made = proofs.find("reset", secret)
        code = add_code(made) if made and site_id else ""
    link, site = _address("reset", secret), _name(site_id)
    mail = accounts.reset(user, link=link, valid=joining.RESET_VALID, code=code, site=site)
    send(mail, f"reset:{asked}", "reset", site_id)


@handler("send_invitation", lane="mail")
def send_invitation(asked: str) -> None:
    """Email the link that gives its recipient a role on a site."""
    with unit_of_work():
        found = to_send(asked)
        if found is None:
            return
        offer, link = found[0], _address("invitation", found[1])
        to = User(name="", email=offer.email, locale=policy_of(offer.site).locale or None)
        mail = accounts.invited(
            to, by=offer.by.name, role=offer.role, site=offer.site.name, link=link
        )
    send(mail, f"invite:{asked}", "invite", offer.site.id)


@handler("send_changed", lane="mail")
def send_changed(user_id: int, asked: str, site_id: int | None = None) -> None:
    """Email a confirmed address that the password was changed."""
    user = _member(user_id)
    if user is not None and user.email_verified_at is not None:
        mail = accounts.changed(user, forgot=_address("forgot"), site=_name(site_id))
        send(mail, f"changed:{asked}", "changed", site_id)


@handler("send_leaving", lane="mail")
def send_leaving(user_id: int, until: int) -> None:
    """Email that the account will be deleted, with the link that keeps it."""
    user = db.session.get(User, user_id)
    if user is None or user.leaving_at is None or micros(user.leaving_at) != until:
        return
    link = address("stay", stay_token(user))
    mail = accounts.leaving(user, link=link, until=user.leaving_at, site=_name(None))
    send(mail, f"leaving:{user.id}:{until}", "leaving")


@periodic("forget_mailed_links", minutes=60)
def forget_mailed_links() -> None:
    """Delete links that are used or expired."""
    joining.forget_mailed()


def _member(user_id: int) -> User | None:
    user = db.session.get(User, user_id)
    return user if user is not None and user.member_email and user.is_active else None


def _name(site_id: int | None) -> str:
    """The sender's name: that of the site where it was asked for, or of the only site; "" for the
    installation."""
    site = _site(site_id)
    return site.name if site else ""


def _site(site_id: int | None) -> Site | None:
    return by_id(site_id) if site_id else only_site()


def _address(name: str, secret: str = "") -> str:
    base = f"{settings().public_url}/account/{name}"
    return f"{base}?token={secret}" if secret else base


def send(mail: Mail, key: str, kind: str, site_id: int | None = None) -> None:
    """Send an email about the person's own account, once, in the color of the site if there is one."""
    site = _site(site_id)
    mail = replace(mail, accent=policy_of(site).accent) if site else mail
    release()
    send_once(mail, key=key, kind=kind)
