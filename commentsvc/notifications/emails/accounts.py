"""Emails about a person's own account: confirmation, sign-up, password reset, invitation,
changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.locale import moment, say
from ...core.shown import one_line
from . import here, mail_to, without_addresses

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from ...accounts.models import User
    from ..mail import Mail


def verify(user: User, *, link: str, valid: timedelta, site: str = "") -> Mail:
    """Confirm your address. `link` leads to a page with a button; opening it changes nothing."""
    site = site or here()
    hours = max(1, round(valid.total_seconds() / 3600))
    lines = [say("emails.verify.body", user.locale, hours=hours) + "\n" + link]
    subject = say("emails.subject.verify", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def sign_up(user: User, *, link: str, valid: timedelta, code: str = "", site: str = "") -> Mail:
    """Finish creating your account. `user` is not in the database yet; the link creates it.

    The name is left out: it may have been typed by a stranger who wants it read.
    """
    site = site or here()
    hours = max(1, round(valid.total_seconds() / 3600))
    lines = [
        say("emails.sign_up.body", user.locale, hours=hours) + "\n" + link,
        *_code(code, user.locale),
        say("emails.sign_up.ignore", user.locale),
    ]
    subject = say("emails.subject.sign_up", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False, named=False)


def sign_in(user: User, *, link: str, valid: timedelta, code: str, site: str = "") -> Mail:
    """Sign in with a code or a link. `user` may have no account yet: everybody gets the same
    email."""
    site = site or here()
    minutes = max(1, round(valid.total_seconds() / 60))
    lines = [
        say("emails.sign_in.body", user.locale, site=site, minutes=minutes) + "\n" + code,
        say("emails.sign_in.link", user.locale) + "\n" + link,
        say("emails.sign_in.ignore", user.locale),
    ]
    subject = say("emails.subject.sign_in", user.locale, code=code, site=site)
    return mail_to(user, site, subject, lines, account=False, named=False)


def unproven(user: User, *, sign_in: str, site: str = "") -> Mail:
    """Somebody wants to sign in with this unconfirmed address, which opens no account with a
    role."""
    site = site or here()
    lines = [
        say("emails.unproven.body", user.locale),
        say("emails.already.sign_in", user.locale, url=sign_in),
        say("emails.unproven.forgot", user.locale),
        say("emails.already.ignore", user.locale),
    ]
    subject = say("emails.subject.security", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def already(user: User, *, sign_in: str, forgot: str, site: str = "") -> Mail:
    """Somebody asked for an account with an address that has one."""
    site = site or here()
    lines = [
        say("emails.already.body", user.locale),
        say("emails.already.sign_in", user.locale, url=sign_in),
        say("emails.already.forgot", user.locale, url=forgot),
        say("emails.already.ignore", user.locale),
    ]
    subject = say("emails.subject.already", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def reset(user: User, *, link: str, valid: timedelta, code: str = "", site: str = "") -> Mail:
    """Choose a new password. `link` leads to a page with a form; opening it changes nothing."""
    site = site or here()
    minutes = max(1, round(valid.total_seconds() / 60))
    lines = [
        say("emails.reset.body", user.locale, minutes=minutes) + "\n" + link,
        *_code(code, user.locale),
        say("emails.reset.ignore", user.locale),
    ]
    subject = say("emails.subject.reset", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def invited(to: User, *, by: str, role: str, site: str, link: str) -> Mail:
    """Somebody invites you to a role on a site. `to` may be nobody's account yet."""
    given = {"name": without_addresses(one_line(by)), "site": site}
    given["role"] = say(f"names.role.{role}", to.locale)
    lines = [
        say("emails.invitation.body", to.locale, **given) + "\n" + link,
        say("emails.invitation.ignore", to.locale),
    ]
    subject = say("emails.subject.invitation", to.locale, site=site)
    return mail_to(to, site, subject, lines, account=False, named=False)


def changed(user: User, *, forgot: str, site: str = "") -> Mail:
    """Your password was changed: sent so that a theft is noticed."""
    site = site or here()
    lines = [
        say("emails.changed.body", user.locale),
        say("emails.changed.not_you", user.locale, url=forgot),
    ]
    subject = say("emails.subject.changed", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def leaving(user: User, *, link: str, until: datetime, site: str = "") -> Mail:
    """Your account will be deleted, with a link that keeps it, in case you change your mind or
    somebody else asked."""
    site = site or here()
    lines = [
        say("emails.leaving.body", user.locale, at=moment(until, user.locale)),
        say("emails.leaving.undo", user.locale) + "\n" + link,
    ]
    subject = say("emails.subject.leaving", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def security(user: User, *, said: str, link: str, site: str = "") -> Mail:
    """Something about how you sign in has changed: sent so that a theft is noticed."""
    site = site or here()
    lines = [said, say("emails.security.not_you", user.locale, url=link)]
    subject = say("emails.subject.security", user.locale, site=site)
    return mail_to(user, site, subject, lines, account=False)


def _code(code: str, locale: str | None) -> list[str]:
    return [say("emails.code", locale) + "\n" + code] if code else []
