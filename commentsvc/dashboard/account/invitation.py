"""The page behind an invitation's link: take the role, with an existing account or a new one."""

from __future__ import annotations

from flask import Response, request

from ...accounts.commands import by_email
from ...core.errors import DomainError
from ...sites import inviting
from ...web import sessions
from ...web.auth import viewer
from ...web.limits import limit
from ..blueprints import account
from ..page import account_words, language, page, tell, text_of
from .joining import closed, private
from .sign_in import onward


@account.get("/invitation")
@limit("read")
def invitation() -> Response:
    """Which role the link offers. Opening it changes nothing."""
    return _page(request.args.get("token", ""))


@account.post("/invitation")
@limit("sign_in")
def accept_invitation() -> Response:
    """Take the role; a new account is signed in."""
    secret, me = request.form.get("token", ""), viewer().user
    found = inviting.find_invitation(secret)
    try:
        user = inviting.accept(
            secret,
            me=me,
            name=text_of(request.form, "name", 200),
            password=request.form.get("password", "")[:1024],
        )
    except DomainError as error:
        return _page(secret, error=error)
    if me is None or me.id != user.id:
        sessions.begin(user)
    tell("good", account_words("invitation.done", site=found.site.name if found else ""))
    return onward(user)


def _page(secret: str, *, error: DomainError | None = None) -> Response:
    found = inviting.find_invitation(secret)
    if found is None:
        return closed("invitation")
    me, owner = viewer().user, by_email(found.email)
    return private(
        page(
            "account/invitation.html",
            status=200 if error is None else 422,
            invitation=found,
            token=secret,
            way="new" if owner is None else "own" if me and me.id == owner.id else "other",
            error=error.say(language()) if error else None,
            field_of_error=error.field if error else None,
            name=text_of(request.form, "name", 200),
        )
    )
