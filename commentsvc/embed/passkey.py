"""The sign-in window makes a passkey, for who has just signed in there without one: faster next time.

By then the frame has what it waits for (sign_in.py), whatever comes of the passkey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, make_response, render_template, request

from ..accounts.factors import factors_of, passkeys
from ..core.errors import DomainError
from ..core.locale import direction, say
from ..sites import staff
from ..sites.queries import policy_of
from ..web import assets, headers, sessions
from ..web.auth import requires, signed_in
from ..web.limits import limit
from ..web.proving import require_fresh
from .page import style_of

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..sites.models import Site

#: What ends with somebody signed in who may have no passkey yet.
_OFFERED_AFTER = ("sign-in", "second", "email-code", "name", "register", "code", "reset")


def is_offered(user: User, act: str) -> bool:
    """Whether the window offers one to who has signed in by this act. The browser has its say as well, and
    remembers that it was offered (static/embed/pop.js)."""
    return act in _OFFERED_AFTER and passkeys.host() is not None and not factors_of(user).passkey


@limit("manage")
@requires()
def add() -> Response:
    """Keep the passkey that the browser has made; the first factor brings recovery codes, shown once."""
    from .sign_in import locale_of, site_of

    site = site_of(request.form.get("site", ""))
    locale = locale_of(site)
    me, name = signed_in(), say("security.passkeys.unnamed", locale)
    try:
        require_fresh()
        with staff.doing(me, "passkey_added", label=name):
            codes = passkeys.register(
                me, request.form.get("passkey", ""), sessions.taken_challenge(), name
            )
    except DomainError as error:
        return _page(site, locale, problem=error.say(locale))
    return _page(site, locale, codes=codes)


def _page(
    site: Site | None, locale: str, *, codes: list[str] | None = None, problem: str = ""
) -> Response:
    body = render_template(
        "embed/passkey.html",
        say=say,
        locale=locale,
        direction=direction(locale),
        nonce=request.form.get("nonce", ""),
        codes=codes,
        problem=problem,
        style=headers.inline_style(
            style_of(policy_of(site) if site else None) + assets.text_of("embed/pop.css")
        ),
        script=assets.asset("embed/pop.js"),
    )
    answer = make_response(body, 422 if problem else 200)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
