"""Sign in, sign up, sign out: sessions for people's own pages and the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, redirect, request, session, url_for

from ...accounts import frames, joining
from ...accounts.factors.passkeys import host
from ...accounts.ways import Place, offered
from ...core.errors import DomainError, NotAllowed
from ...notifications.mail import mailer
from ...sites import providers
from ...sites.queries import may_sign_up, sites_of
from ...web import coming, sessions
from ...web.auth import requires, viewer
from ...web.csrf import is_foreign, no_csrf
from ...web.limits import count, count_email, limit
from ...web.proving import signed_in_by
from ...web.sessions import cookie_path
from ..blueprints import account
from ..page import THEME_COOKIE, THEMES, go, go_back, language, local_address, page, tell, text_of

if TYPE_CHECKING:
    from ...accounts.models import User

_YEAR = 365 * 86400
_TYPED = "sign_in_email"


@account.get("/sign-in")
@limit("read")
def sign_in() -> Response:
    """The form; people who are signed in go on."""
    me = viewer().user
    if me is not None and not me.is_guest:
        _typed()  # from a form in another tab
        return onward(me, request.args.get("next"))
    return sign_in_page(wanted=request.args.get("next"))


@account.post("/sign-in")
@limit("sign_in", again=lambda error: sign_in_page(error=error, wanted=request.form.get("next")))
def do_sign_in() -> Response:
    """Check the proof, and begin a session."""
    try:
        user = signed_in_by(request.form, Place())
    except DomainError as error:
        return refuse(error, request.form.get("next"))
    return in_or_second_step(user, request.form.get("next"))


@account.post("/enter")
@limit("sign_in_wait")
@no_csrf
def enter() -> Response:
    """Open the account page from a site's comment box for a person the site vouches for, with the
    refresh token in the form. A site's word counts on no other site, so it does not sign in people
    who moderate others."""
    if is_foreign():
        raise NotAllowed("foreign_origin")
    try:
        user, proof = frames.who_enters(request.form.get("refresh_token", "")[:200])
    except frames.EndedSignIn:
        return go("account.sign_in")
    if any(site.id != proof.site_id for site in sites_of(user)):
        return go("account.sign_in")
    home = url_for("account.home")
    return in_or_second_step(user, home, family=proof.label, site_id=proof.site_id)


@account.get("/register")
@limit("read")
def register() -> Response:
    """The form for a new account."""
    return page(
        "account/register.html", next=local_address(request.args.get("next"), ""), errors={}
    )


@account.post("/register")
@limit("read", again=lambda error: _register_again(error))
def do_register() -> Response:
    """Create the account and sign in, or send the email that leads there; errors show at their
    field. Where emails reach people, the response never says who has an account."""
    name, email = text_of(request.form, "name", 200), text_of(request.form, "email", 300)
    by_email = mailer().reaches_people
    count("email_network" if by_email else "sign_in")
    count_email(email)
    try:
        if not may_sign_up(None):
            raise NotAllowed("not_allowed")
        user = joining.sign_up(
            email=email,
            password=request.form.get("password", "")[:1024],
            name=name,
            locale=language(),
            by_email=by_email,
        )
    except DomainError as error:
        return _register_again(error)
    if user is None:
        return page("account/sent.html", kind="sign_up", email=email)
    sessions.begin(user)
    return onward(user, request.form.get("next"))


def _register_again(error: DomainError) -> Response:
    return page(
        "account/register.html",
        status=422,
        errors={error.field or "email": error.say(language())},
        name=text_of(request.form, "name", 200),
        email=text_of(request.form, "email", 300),
        next=local_address(request.form.get("next"), ""),
    )


@account.get("/out")
@limit("read")
@requires()
def sign_out_page() -> Response:
    """Ask; a link must not sign anybody out."""
    return page("account/out.html")


@account.post("/out")
@limit("manage")
def sign_out() -> Response:
    """End the session, in every copy of its cookie."""
    sessions.sign_out()
    return go("account.sign_in")


@account.post("/theme")
@limit("manage")
def set_theme() -> Response:
    """Set light, dark, or the system's theme, for this browser."""
    theme = request.form.get("theme")
    answer = go_back(url_for("account.home"))
    if theme in THEMES:
        answer.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
            path=cookie_path(),
        )
    else:
        answer.delete_cookie(THEME_COOKIE, path=cookie_path())
    return answer


def sign_in_page(*, error: DomainError | None = None, wanted: str | None = None) -> Response:
    """The form, with the error and all that was typed except the password. For somebody back from a
    provider with the address of an account: that address filled in, and that provider left out."""
    came_from, email = came_back(wanted)
    return page(
        "account/sign_in.html",
        status=422 if error else 200,
        error=error.say(language()) if error else None,
        ways=offered(),
        passkeys=host() is not None,
        by_email=mailer().reaches_people,
        providers=[each for each in providers.at_the_door() if each.name != came_from],
        typed={"email": _typed() or email, **request.form},
        next=local_address(wanted, ""),
    )


def refuse(error: DomainError, wanted: str | None) -> Response:
    """Back to the form with the error and the address typed. By a redirect: reloading the page must
    not send the password again."""
    tell("bad", error.say(language()))
    session[_TYPED] = text_of(request.form, "email", 300)
    return go("account.sign_in", next=local_address(wanted, "") or None)


def _typed() -> str:
    return str(session.pop(_TYPED)) if _TYPED in session else ""


def came_back(wanted: str | None) -> tuple[str, str]:
    """The provider and the address of a person who signs in to connect the two."""
    name, email = coming.waiting()
    if not email or wanted != url_for("account.connect_page", name=name):
        return "", ""
    return name, email


def in_or_second_step(
    user: User, wanted: str | None, *, family: str | None = None, site_id: int | None = None
) -> Response:
    """Begin the session and go on, or ask for the second factor first."""
    if sessions.sign_in(user, family=family, site_id=site_id):
        return onward(user, wanted)
    return go("account.second_step", next=local_address(wanted, "") or None)


def onward(user: User, wanted: str | None = None) -> Response:
    """To the wanted page, else to the queue or, for readers, the account."""
    home = url_for("dashboard.queue_page") if sites_of(user) else url_for("account.home")
    return redirect(local_address(wanted, home), 303)  # type: ignore[return-value]
