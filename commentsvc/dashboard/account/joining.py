"""Pages behind links in emails about one's own account: confirm an address, reset the password.

Opening a link changes nothing, since mail scanners open them all; a button does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...accounts import joining
from ...core.errors import Conflict, DomainError, Invalid, NotAllowed
from ...sites import providers, staff
from ...web import asks, sessions
from ...web.auth import requires, signed_in, viewer
from ...web.limits import count_email, limit
from ...web.proving import fresh
from ..blueprints import account
from ..page import account_words, go, language, page, refused, tell, text_of
from .sign_in import onward

if TYPE_CHECKING:
    from ...accounts.models import User


@account.get("/confirm")
@limit("read")
def confirm_page() -> Response:
    """What the link would confirm, and a button."""
    return _confirm_page(request.args.get("token", ""))


@account.post("/confirm")
@limit("sign_in", again=lambda error: _confirm_page(_token(), error=error.say(language())))
def confirm() -> Response:
    """Confirm the address; or create the account that waited for this, and sign in."""
    secret = request.form.get("token", "")
    asked = joining.asked_for(secret)
    if asked is None:
        return _confirm_page(secret)
    try:
        if asked.kind == "sign_up":
            typed = None if _is_own(asked) else request.form.get("password", "")[:1024]
            user = joining.finish_sign_up(secret, typed)
            sessions.begin(user)
            if asked.nonce and asked.site_id is not None:
                asks.hand_over(user, site_id=asked.site_id, nonce=asked.nonce)
            tell("good", account_words("confirm.done"))
            return onward(user)
        joining.confirm(secret, by=_me())
    except DomainError as error:
        return _confirm_page(secret, error=error.say(language()))
    tell("good", account_words("confirm.done"))
    return go("account.home")


@account.post("/confirm/send")
@limit("email_network")
@requires()
def send_confirmation() -> Response:
    """Send the email with the link again."""
    me = signed_in()
    count_email(me.member_email or "")
    try:
        joining.ask_to_confirm(me)
    except DomainError as error:
        tell("warn", error.say(language()))
    else:
        tell("good", account_words("confirm.sent", email=me.member_email))
    return go("account.home")


@account.post("/email/add")
@limit("email_network")
@requires()
@fresh
def add_email() -> Response:
    """Send a link to the address that a person without one wants to add."""
    me, email = signed_in(), text_of(request.form, "email", 254)
    count_email(email)
    try:
        if not providers.may_add_address(me):
            raise Conflict("nothing_to_confirm")
        email = joining.ask_to_add(me, email)
    except DomainError as error:
        return refused(error, url_for("account.home"))
    tell("good", account_words("confirm.sent", email=email))
    return go("account.home")


@account.get("/forgot")
@limit("read")
def forgot_page() -> Response:
    """The form for whoever has forgotten the password."""
    return _forgot_page()


@account.post("/forgot")
@limit("email_network", again=lambda error: _forgot_page(error))
def forgot() -> Response:
    """Send a link to the address, if it has an account; the answer never says whether it has."""
    email = text_of(request.form, "email", 254)
    count_email(email)
    joining.ask_for_reset(email)
    return page("account/sent.html", kind="reset", email=email)


@account.get("/reset")
@limit("read")
def reset_page() -> Response:
    """The form for a new password."""
    return _reset_page(request.args.get("token", ""))


@account.post("/reset")
@limit("sign_in", again=lambda error: _reset_page(_token(), error=error.say(language())))
def reset() -> Response:
    """Set the password; every session, token and key of the person ends."""
    secret = request.form.get("token", "")
    try:
        user = joining.reset_password(secret, request.form.get("password", "")[:1024])
    except Invalid as error:
        return _reset_page(secret, error=error.say(language()))
    except DomainError:
        return _reset_page(secret)
    staff.did(user, "password_changed")
    tell("good", account_words("reset.done"))
    return go("account.sign_in")


def _me() -> User | None:
    return viewer().user if viewer().kind == "session" else None


def _token() -> str:
    return request.form.get("token", "")


def _forgot_page(error: DomainError | None = None) -> Response:
    return page(
        "account/forgot.html",
        status=422 if error else 200,
        error=error.say(language()) if error else None,
        email=text_of(request.form, "email", 254),
    )


def _confirm_page(secret: str, *, error: str | None = None) -> Response:
    asked = joining.asked_for(secret)
    if asked is None:
        return closed("confirm")
    me = _me()
    locked = asked.kind == "verify" and (me is None or me.id != asked.user_id)
    if locked:
        error = NotAllowed("sign_in_needed.address").say(language())
    status = 200 if error is None or request.method == "GET" else 422
    return private(
        page(
            "account/confirm.html",
            status=status,
            asked=asked,
            own=_is_own(asked),
            locked=locked,
            may_sign_in=me is None,
            token=secret,
            error=error,
        )
    )


def _is_own(asked: joining.Asked) -> bool:
    """Whether this browser asked for the link, so the password need not be typed again."""
    return bool(asked.asked) and asked.asked == sessions.asked()


def _reset_page(secret: str, *, error: str | None = None) -> Response:
    if not joining.may_reset(secret):
        return closed("reset")
    status = 200 if error is None else 422
    return private(page("account/reset.html", status=status, token=secret, error=error))


def closed(kind: str) -> Response:
    """The page for a link that was used, is too old or never existed, the same for all three."""
    return private(page("account/closed.html", status=410, kind=kind))


def private(answer: Response) -> Response:
    """Keep the page's address, which is a secret, from other hosts."""
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
