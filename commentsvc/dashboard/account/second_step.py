"""The second step of signing in, and signing in with a passkey, which needs no other."""

from __future__ import annotations

from flask import Response, jsonify, request

from ...accounts.factors import factors_of, passkeys, proving
from ...accounts.ways import Place, ways
from ...core.errors import DomainError, NotAllowed
from ...web import sessions
from ...web.limits import count_second_factor, limit
from ..blueprints import account
from ..page import go, language, local_address, page
from .sign_in import onward, refuse, sign_in_page


@account.post("/passkey/options")
@limit("sign_in_wait")
def passkey_options() -> Response:
    """The WebAuthn request: for a passkey of whoever waits for the second step or must prove who
    they are; if nobody is known, for any passkey."""
    waits = sessions.half()
    user = None if "alone" in request.form else waits[0] if waits else sessions.user()
    return jsonify(passkeys.request_options(user, sessions.challenge()))


@account.post("/passkey")
@limit("sign_in", again=lambda error: sign_in_page(error=error, wanted=request.form.get("next")))
def passkey_sign_in() -> Response:
    """Sign in with a passkey whose holder the browser has verified: that is two factors."""
    given = {"passkey": request.form.get("passkey", ""), "challenge": sessions.taken_challenge()}
    wanted = request.form.get("next")
    try:
        way = ways().get("passkey")
        if way is None or not given["challenge"]:
            raise NotAllowed("not_allowed.passkey")
        user = way.prove(given, Place())
    except DomainError as error:
        return refuse(error, wanted)
    sessions.begin(user)
    return onward(user, wanted)


@account.get("/second-step")
@limit("read")
def second_step() -> Response:
    """The form for a code, and a button for a passkey."""
    if sessions.half() is None:
        return go("account.sign_in")
    return _page(request.args.get("next"))


@account.post("/second-step")
@limit("sign_in", again=lambda error: _page(request.form.get("next"), error))
def do_second_step() -> Response:
    """Check the second factor, and begin the session."""
    found, wanted = sessions.half(), request.form.get("next")
    if found is None:
        return go("account.sign_in")
    if proving.is_short(request.form):
        count_second_factor(found[0])
    try:
        user = sessions.finish(request.form)
    except DomainError as error:
        if sessions.half() is None:
            return refuse(NotAllowed("not_allowed.second_step"), wanted)
        return _page(wanted, error)
    return onward(user, wanted)


def _page(wanted: str | None, error: DomainError | None = None) -> Response:
    found = sessions.half()
    if found is None:
        return go("account.sign_in")
    return page(
        "account/second_step.html",
        status=403 if error else 200,
        error=error.say(language()) if error else None,
        has=factors_of(found[0]),
        passkeys=passkeys.host() is not None,
        next=local_address(wanted, ""),
    )
