"""The window in which readers sign in: ours alone, and first-party, so that no cookie of a third party
is needed. What it leaves for the frame only that frame can fetch (accounts/frames.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, make_response, render_template, request

from ..accounts import joining
from ..accounts.ways import Place, offered
from ..core.errors import DomainError, NotAllowed, NotFound
from ..core.locale import direction, pick_locale, say
from ..notifications.mail import mailer
from ..sites.queries import by_key, policy_of
from ..web import assets, headers
from ..web.auth import viewer
from ..web.limits import count, count_letter, count_sign_in, limit
from ..web.ways import signed_in_by
from . import asks
from .page import style_of

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..sites.models import Site


@limit("read")
def ask() -> Response:
    """The form: sign in, or with `new=1` make an account; or go on as who is signed in already."""
    site = _site(request.args.get("site", ""))
    nonce = request.args.get("nonce", "")
    if site is None or not asks.is_nonce(nonce):
        return _page(site, problem="pop.no_site", status=422)
    asks.note(nonce)
    return _page(site)


@limit("sign_in")
def answer() -> Response:
    """What the form sent. Mistakes come back with the form; nothing typed but the password is lost."""
    site = _site(request.form.get("site", ""))
    nonce = request.form.get("nonce", "")
    if site is None or not asks.is_nonce(nonce):
        return _page(site, problem="pop.no_site", status=422)
    try:
        user = _person(request.form.get("act", "sign-in"), site)
    except DomainError as error:
        return _page(site, error=error, status=422)
    if user is None:
        return _page(site, sent=True)
    if user != viewer().user:
        asks.sign_in(user)
    done = "done" if asks.hand_over(user, site, nonce) else "lost"
    return _page(site, done=done)


def _person(act: str, site: Site) -> User | None:
    """Who this is now; None when a letter leads on. Raises a `DomainError`."""
    form = request.form
    if act == "continue":
        user = viewer().user
        if user is None:
            raise NotAllowed("token_not_in_force.ended")
        return user
    if act == "register" and policy_of(site).sign_up_open:
        email = form.get("email", "")
        count_sign_in(email)
        by_letter = mailer().reaches_people
        if by_letter:
            count("letter")
        count_letter(email)
        return joining.sign_up(
            email=email,
            password=form.get("password", "")[:1024],
            name=form.get("name", ""),
            locale=_locale(site),
            by_letter=by_letter,
        )
    return signed_in_by(form, Place(site.key, tuple(site.secrets)))


def _site(key: str) -> Site | None:
    try:
        return by_key(key)
    except NotFound:
        return None


def _locale(site: Site | None) -> str:
    own = policy_of(site).locale if site else None
    return pick_locale([request.values.get("locale"), own, request.headers.get("Accept-Language")])


def _page(
    site: Site | None,
    *,
    problem: str | None = None,
    error: DomainError | None = None,
    done: str = "",
    sent: bool = False,
    status: int = 200,
) -> Response:
    locale = _locale(site)
    values = request.values
    told = error.say(locale) if error else ""
    body = render_template(
        "embed/sign_in.html",
        say=say,
        locale=locale,
        direction=direction(locale),
        site=site,
        nonce=values.get("nonce", ""),
        act="register" if values.get("act") == "register" or values.get("new") else "sign-in",
        may_register=site is not None and policy_of(site).sign_up_open,
        signed_in=None if done else viewer().user,
        problem=say(f"widget.{problem}", locale) if problem else told,
        wrong_field=error.field if error else None,
        ways=offered(),
        typed=values,
        email=values.get("email", ""),
        name=values.get("name", ""),
        done=done,
        sent=sent,
        style=headers.inline_style(style_of() + assets.text_of("embed/pop.css")),
        script=assets.asset("embed/pop.js"),
    )
    answer = make_response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
