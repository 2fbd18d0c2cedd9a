"""The window in which readers sign in: our own and first-party, so that it needs no third-party
cookies. Only the frame can fetch the sign-in that it stores for it (accounts/frames.py).

Everything happens in this one window: sign-in by email, confirming a new account's address, and a
forgotten password continue with a code from the email, or with its link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, redirect, request

from ..accounts import entering, frames, joining
from ..accounts.factors import Factors, factors_of, passkeys, proving
from ..accounts.ways import offered, ways
from ..core.errors import DomainError, NotAllowed
from ..core.locale import say
from ..notifications.mail import mailer
from ..settings import settings
from ..sites import providers, staff
from ..sites.own_sign_in import place_of
from ..sites.queries import may_sign_up
from ..web import asks, assets, sessions
from ..web.auth import viewer
from ..web.limits import count, count_email, count_second_factor, count_sign_in, limit
from ..web.proving import by_email_code, may_offer_passkey, signed_in_by
from . import steps
from .window import locale_of, page, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..accounts.models import User
    from ..sites.models import Site
    from ..web.problems import TooMany

#: The step for an email's code, after it was sent.
_THEN = {"email": "email-code", "register": "code", "forgot": "reset"}
#: Steps that offer every way to sign in.
_FIRST = ("email", "sign-in")
#: Steps that a reload keeps: a phone may drop the window while its reader is reading the email.
_KEPT = ("email-code", "name")
#: Steps that the window can open with.
_OPENED = ("sign-in", "register", "forgot")
#: Steps whose code is filled in again, as it may lack only a digit.
_MAILED = tuple(_THEN.values())
#: What is filled in again.
_TYPED = ("email", "name")


@limit("read", again=lambda error: _too_many(error))
def ask() -> Response:
    """The form: sign in, or with `new=1` create an account; or continue as the signed-in person."""
    site = site_of(request.args.get("site", ""))
    nonce = request.args.get("nonce", "")
    if site is None or not asks.is_nonce(nonce):
        return _page(site, problem="pop.no_site", status=422)
    asks.note(nonce)
    if (led := steps.led(request.args.get("led", ""), nonce)) is not None:
        return _page(site, **led)
    wanted = "register" if request.args.get("new") else request.args.get("act", "")
    user = viewer().user
    if wanted == "done" and user is not None and frames.was_left(nonce):
        return _page(site, done=_end(user))  # signed in with a provider, on a page of ours
    if wanted == "second" and sessions.half() is not None:
        return _page(site, step="second")
    if wanted in _KEPT and (waits := entering.wanted(sessions.asked())) is not None:
        step = "name" if waits.grants.get("proved") else "email-code"
        return _page(site, step=step, typed={"email": waits.grants["email"]})
    return _page(site, step=wanted if wanted in _OPENED else _first())


@limit("read", again=lambda error: _too_many(error))
def answer() -> Response:
    """Handle the form, and lead to what follows: after a mistake the form again, with all but the
    password. By a redirect, so that reloading the window sends nothing."""
    site = site_of(request.form.get("site", ""))
    nonce = request.form.get("nonce", "")
    if site is None or not asks.is_nonce(nonce):
        return _page(site, problem="pop.no_site", status=422)
    act = _act()
    try:
        if act in _GUESSES:
            count("sign_in")
        user = _ACTS[act](site)
        if user is None:
            return _lead(site, step=_THEN[act])
        if act not in _WHOLE and not sessions.sign_in(user):
            return _lead(site, step="second")
    except entering.NameNeeded as error:
        return _lead(site, error=error if act == "name" else None, step="name")
    except DomainError as error:
        return _lead(site, error=error, step=_step_of(act))
    if sessions.lacks_factor(user):
        return _lead(site, error=NotAllowed("not_allowed.set_up_second_factor"), step="set-up")
    if not asks.hand_over(user, site_id=site.id, nonce=nonce):
        return _lead(site, done="lost")
    return _lead(site, done="done" if act in _BRIEF else _end(user))


def _lead(
    site: Site, *, error: DomainError | None = None, step: str = "", done: str = ""
) -> Response:
    """To the page that follows, which the session keeps for this window."""
    locale, nonce = locale_of(site), request.form["nonce"]
    names = (*_TYPED, "code") if step in _MAILED else _TYPED
    typed = {name: request.form[name][:254] for name in names if name in request.form}
    told = {"told": error.say(locale), "wrong_field": _wrong_in(error)} if error else {}
    name = steps.lead(nonce, {"step": step, "done": done, "typed": typed, **told})
    query = urlencode({"site": site.key, "nonce": nonce, "locale": locale, "led": name})
    return redirect(f"{settings().prefix}/embed/sign-in?{query}", 303)  # type: ignore[return-value]


def _wrong_in(error: DomainError) -> str | None:
    """The field to mend: where either may be wrong, the one that is never filled in again."""
    return "password" if error.key == "wrong_sign_in" else error.field


def _end(user: User) -> str:
    return "offer" if may_offer_passkey(user) else "done"


def _too_many(error: TooMany) -> Response:
    """The form again, with its other ways to continue."""
    site = site_of(request.values.get("site", ""))
    if site is not None and request.method == "POST":
        return _lead(site, error=error, step=_step_of(_act()))
    return _page(site, told=error.say(locale_of(site)), step=_first() if site else "")


def _act() -> str:
    act = request.form.get("act", "")
    return act if act in _ACTS else "sign-in"


def _step_of(act: str) -> str:
    """The step to show after a form was refused."""
    begins_again = act in _BRIEF or (act == "second" and sessions.half() is None)
    return _first() if begins_again else act


# --- acts: the user they prove, or None if an email was sent; raise `DomainError` -----------------


def _sign_in(site: Site) -> User:
    return signed_in_by(request.form, place_of(site))


def _continue(site: Site) -> User:
    user = viewer().user
    if user is None:
        raise NotAllowed("token_not_in_force.ended")
    if not sessions.reaches(site.id):
        raise NotAllowed("not_allowed.provider_elsewhere")
    return user


def _second(_site: Site) -> User:
    waits = sessions.half()
    if waits is not None and proving.is_short(request.form):
        count_second_factor(waits[0])
    return sessions.finish(request.form)


def _passkey(site: Site) -> User:
    given = {**request.form, "challenge": sessions.taken_challenge()}
    user = ways()["passkey"].prove(given, place_of(site))
    sessions.begin(user)
    return user


def _email(site: Site) -> None:
    email = request.form.get("email", "")[:254]
    count("email_network")
    count_email(email)
    window = _window(site)
    entering.ask(email, window, locale=locale_of(site))
    sessions.remember(window.asked)


def _email_code(site: Site) -> User:
    return by_email_code(request.form, place_of(site))


def _name(site: Site) -> User:
    if not may_sign_up(site):
        raise NotAllowed("not_allowed")
    return entering.finish(sessions.asked(), request.form.get("name", ""))


def _register(site: Site) -> User | None:
    if not may_sign_up(site):
        raise NotAllowed("not_allowed")
    email = request.form.get("email", "")
    count_sign_in(email)
    by_email = mailer().reaches_people
    count("email_network" if by_email else "sign_in")
    count_email(email)
    window = _window(site)
    made = joining.sign_up(
        email=email,
        password=request.form.get("password", "")[:1024],
        name=request.form.get("name", ""),
        locale=locale_of(site),
        by_email=by_email,
        window=window,
    )
    sessions.remember(window.asked)
    return made


def _code(_site: Site) -> User:
    return joining.finish_by_code(_counted(), request.form.get("code", ""))


def _forgot(site: Site) -> None:
    email = request.form.get("email", "")[:254]
    count("email_network")
    count_email(email)
    window = _window(site)
    joining.ask_for_reset(email, window)
    sessions.remember(window.asked)


def _reset(_site: Site) -> User:
    new = request.form.get("password", "")[:1024]
    user = joining.reset_by_code(_counted(), request.form.get("code", ""), new)
    staff.did(user, "password_changed")
    return user


_ACTS: dict[str, Callable[[Site], User | None]] = {
    "sign-in": _sign_in,
    "second": _second,
    "passkey": _passkey,
    "continue": _continue,
    "email": _email,
    "email-code": _email_code,
    "name": _name,
    "register": _register,
    "code": _code,
    "forgot": _forgot,
    "reset": _reset,
}

#: Acts that could guess a secret.
_GUESSES = ("sign-in", "second", "passkey", "email-code", "code", "reset")
#: Acts after which the session already exists.
_WHOLE = ("continue", "second", "passkey")
#: Acts that are buttons of the first page.
_BRIEF = ("continue", "passkey")


def _may_continue(site: Site | None, step: str) -> bool:
    return site is not None and step == _first() and sessions.reaches(site.id)


def _first() -> str:
    """The first step: a code if emails reach people, else a password."""
    return "email" if mailer().reaches_people else "sign-in"


def _window(site: Site) -> joining.Window:
    nonce = request.form.get("nonce", "")
    return joining.Window(site.id, nonce if asks.waits(nonce) else "")


def _counted() -> str:
    """This browser's request, after counting another try at its code."""
    asked = sessions.asked()
    count_sign_in(f"code:{asked}")
    return asked


def _page(
    site: Site | None,
    *,
    problem: str | None = None,
    told: str = "",
    wrong_field: str | None = None,
    done: str = "",
    step: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    locale = locale_of(site)
    waits = sessions.half() if step == "second" else None
    second = factors_of(waits[0]) if waits else Factors()
    return page(
        "sign_in.html",
        site,
        status=status,
        **_offered(site, step),
        step=step,
        signed_in=viewer().user if _may_continue(site, step) and not done else None,
        problem=say(f"widget.{problem}", locale) if problem else told,
        wrong_field=wrong_field,
        second=second,
        typed=typed or {},
        kept=_KEPT,
        done=done,
        passkeys=assets.asset("dashboard/passkey.js") if passkeys.host() else None,
    )


def _offered(site: Site | None, step: str) -> dict[str, Any]:
    """The ways to sign in that this step offers."""
    return {
        "ways": offered(),
        "by_email": mailer().reaches_people,
        "providers": providers.offered(site) if site and step in _FIRST else [],
        "may_register": site is not None and may_sign_up(site),
    }
