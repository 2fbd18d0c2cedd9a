"""Give and take roles: from a person's page, or by email address from a site's page of people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...accounts.commands import by_email
from ...core import typed
from ...core.errors import DomainError, Invalid
from ...core.shown import isolated
from ...moderation.cases.roles import give_role as give
from ...moderation.desk import people as records
from ...notifications.mail import mailer
from ...sites.commands import ROLES
from ...sites.inviting import ROLES as INVITED
from ...sites.inviting import invitations
from ...web.auth import may, requires, signed_in
from ...web.home import public_address
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, language, mine, my_site, refused, staff_page, tell, text_of, words_of

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...sites.models import Site

_STAFF = ("owner", "moderator")
_SANCTIONED = ("premoderated", "banned", "none")  # given on a person's page, with a reason


def roles_to_give(site: Site) -> list[str]:
    """The roles that the viewer may give on this site: owners any, moderators all but staff's."""
    roles = [each for each in ROLES if may("set_role", site) or each not in _STAFF]
    return [*roles, "none"]


@dashboard.post("/people/<person_id>/role")
@limit("manage")
@requires("sanction")
@fresh
def give_role(person_id: str) -> Response:
    """Set a person's role on one site, from that person's page."""
    site = my_site(text_of(request.form, "site"), "sanction")
    found = records.one(person_id, mine("see_people"))
    here = url_for("dashboard.person", person_id=person_id, site=site.key)
    try:
        _give(site, found.user)
    except DomainError as error:
        return refused(error, here)
    return go("dashboard.person", person_id=person_id, site=site.key)


@dashboard.get("/sites/<key>/people")
@limit("read")
@requires("set_role")
def staff(key: str) -> Response:
    """Everybody with a role on the site, and a form to add somebody."""
    site = my_site(key, "set_role")
    return staff_page(
        "dashboard/staff.html",
        section="sites",
        site=site,
        tab="people",
        staff=records.staff(site),
        roles=[each for each in roles_to_give(site) if each not in _SANCTIONED],
        register_address=_register_address(),
        invitations=invitations(site),
        may_invite=mailer().reaches_people,
        invited_roles=[each for each in reversed(INVITED) if each in roles_to_give(site)],
    )


@dashboard.post("/sites/<key>/people")
@limit("manage")
@requires("set_role")
@fresh
def add_person(key: str) -> Response:
    """Give a role to the account with this email address."""
    site = my_site(key, "set_role")
    try:
        user = by_email(text_of(request.form, "email", 254))
        if user is None:
            raise Invalid("invalid.unknown_email", field="email", address=_register_address())
        _give(site, user)
    except DomainError as error:
        return refused(error, url_for("dashboard.staff", key=key))
    return go("dashboard.staff", key=key)


def _give(site: Site, user: User) -> None:
    role = text_of(request.form, "role")
    give(
        site,
        user,
        role,
        by=signed_in(),
        until=end_of(text_of(request.form, "until")),
        note=text_of(request.form, "note", 1000) or None,
        message=text_of(request.form, "message", 1000) or None,
    )
    key = "done.role_none" if role == "none" else "done.role"
    name = isolated(user.name, language())
    tell("good", words_of(key, name=name, role=words_of(f"role.{role}")))


def end_of(day: str) -> datetime | None:
    """The end of a day that a date field sends; None for an empty field. Raises `Invalid`."""
    if not day:
        return None
    try:
        return typed.day(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Invalid("invalid.date", field="until") from None


def _register_address() -> str:
    return public_address("account.register")
