"""Emails about replies, for guests: to an address that its owner has confirmed and that is never
shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ..accounts.commands import change_setting, clean_email
from ..accounts.models import User
from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.errors import NotAllowed
from ..core.ids import new_id
from ..core.jobs import enqueue, handler
from ..core.locale import say
from ..sites.queries import by_id, policy_of
from . import emails, signed
from .choices import choose, wants
from .sending import address_hash, send_once

if TYPE_CHECKING:
    from ..sites.models import Site
    from .mail import Mail

VALID = timedelta(hours=48)
_ASKED = "asked_for_replies"


def state(user: User | None) -> str:
    """The guest's state for emails about replies: none, asked (not confirmed yet) or confirmed."""
    if user is None or not user.is_guest or not user.email:
        return "none"
    if user.email_verified_at is not None:
        return "confirmed" if wants(user, "reply") else "none"
    return "asked" if (user.settings or {}).get(_ASKED) else "none"


def ask(guest: User, email: str, *, site: Site, locale: str | None) -> str:
    """Ask the address to confirm emails about replies to this guest; returns the new state. Raises
    `Invalid`, and `NotAllowed` for a member."""
    if not guest.is_guest:
        raise NotAllowed("not_allowed.guests_only")
    email, asked = clean_email(email), new_id()
    with unit_of_work():
        choose(guest, emails={"reply": True})
        if guest.email != email or guest.email_verified_at is None:
            change_setting(guest, _ASKED, lambda _: asked)  # reloads the row
            guest.email, guest.email_verified_at, guest.locale = email, None, locale
            enqueue("send_opt_in", user_id=guest.id, site_id=site.id, asked=asked)
            wait = VALID.total_seconds()
            enqueue("forget_opt_in", delay=wait, user_id=guest.id, asked=asked)
    return state(guest)


def forget(guest: User) -> None:
    """Stop the emails and delete the address. Harmless if there is none. Raises `NotAllowed` for a
    member."""
    if not guest.is_guest:
        raise NotAllowed("not_allowed.guests_only")
    with unit_of_work():
        change_setting(guest, _ASKED, lambda _: None)  # reloads the row
        guest.email = guest.email_verified_at = None


def confirm(token: str) -> None:
    """Confirm the address. Raises `NotAllowed` for a link that has expired, or whose address was
    changed or deleted since."""
    guest = asked_for(token)
    with unit_of_work():
        guest.email_verified_at = guest.email_verified_at or clock.now()


def asked_for(token: str) -> User:
    """The guest of this link, which stays valid. Raises `NotAllowed`."""
    guest, mark = signed.read_opt_in(token)
    if not guest.is_guest or not guest.email or mark != _mark(guest):
        raise NotAllowed("not_allowed.dead_link")
    return guest


@handler("send_opt_in", lane="mail")
def send_opt_in(user_id: int, site_id: int, asked: str) -> None:
    """Send the link that confirms the address."""
    guest = _still_asks(user_id, asked)
    if guest is None:
        return
    link = signed.address("on", signed.opt_in_token(guest, _mark(guest), VALID))
    site = by_id(site_id)
    mail = replace(_opt_in(guest, link=link, site=site.name), accent=policy_of(site).accent)
    release()
    send_once(mail, key=f"opt_in:{asked}", kind="opt_in")


@handler("forget_opt_in", at_once=True)
def forget_opt_in(user_id: int, asked: str) -> None:
    """Delete an address that nobody has confirmed."""
    with unit_of_work():
        guest = _still_asks(user_id, asked)
        if guest is not None:
            forget(guest)


def _opt_in(guest: User, *, link: str, site: str) -> Mail:
    """A guest wants emails about replies at this address. The guest's name is left out: the address
    may have been typed by a stranger."""
    locale, hours = guest.locale, round(VALID.total_seconds() / 3600)
    lines = [
        say("emails.opt_in.body", locale, site=site, hours=hours) + "\n" + link,
        say("emails.opt_in.ignore", locale),
    ]
    subject = say("emails.subject.opt_in", locale, site=site)
    return emails.mail_to(guest, site, subject, lines, account=False, named=False)


def _still_asks(user_id: int, asked: str) -> User | None:
    guest = db.session.get(User, user_id)
    if guest is None or not guest.email or guest.email_verified_at is not None:
        return None
    return guest if (guest.settings or {}).get(_ASKED) == asked else None


def _mark(guest: User) -> str:
    return address_hash(guest.email or "")[:20]
