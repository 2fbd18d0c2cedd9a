"""The sign-in window makes a passkey, for who has just signed in there without one: faster next time.

By then the frame has what it waits for (sign_in.py), whatever comes of the passkey.
"""

from __future__ import annotations

from flask import Response, request

from ..accounts.factors import passkeys
from ..core.errors import DomainError
from ..core.locale import say
from ..sites import staff
from ..web import assets, sessions
from ..web.auth import requires, signed_in
from ..web.limits import limit
from ..web.proving import require_fresh
from .window import locale_of, page, site_of


@limit("manage")
@requires()
def add() -> Response:
    """Keep the passkey that the browser has made; the first factor brings recovery codes, shown once."""
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
        return page("passkey.html", site, status=422, codes=None, problem=error.say(locale))
    return page(
        "passkey.html", site, codes=codes, problem="", saving=assets.asset("dashboard/codes.js")
    )
