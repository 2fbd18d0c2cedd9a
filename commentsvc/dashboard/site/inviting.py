"""Inviting people by email to a role on a site."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...sites import inviting
from ...web.auth import requires, signed_in
from ...web.limits import count, count_email, limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, my_site, refused, tell, text_of, words_of


@dashboard.post("/sites/<key>/invitations")
@limit("manage")
@requires("set_role")
@fresh
def invite(key: str) -> Response:
    """Send an invitation; whether the address has an account makes no difference here."""
    site = my_site(key, "set_role")
    email = text_of(request.form, "email", 254)
    count("email_network")
    count_email(email)
    try:
        email = inviting.invite(site, email, text_of(request.form, "role", 20), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.staff", key=key))
    tell("good", words_of("done.invited", email=email))
    return go("dashboard.staff", key=key)


@dashboard.post("/sites/<key>/invitations/<invitation_id>/revoke")
@limit("manage")
@requires("set_role")
def revoke_invitation(key: str, invitation_id: str) -> Response:
    """Revoke an open invitation."""
    site = my_site(key, "set_role")
    try:
        inviting.revoke_invitation(site, invitation_id, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.staff", key=key))
    tell("good", words_of("done.invitation_revoked"))
    return go("dashboard.staff", key=key)
