"""One's own security: second factor, passkeys, recovery codes, and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, request, url_for

from ...accounts import devices
from ...accounts.factors import factors_of, passkeys, recovery, totp
from ...accounts.providers import people
from ...core.errors import DomainError
from ...notifications.mail import mailer
from ...sites import providers, second_factor, staff
from ...sites.queries import only_site
from ...web import sessions
from ...web.auth import requires, signed_in
from ...web.limits import count_second_factor, limit
from ...web.proving import fresh
from ..blueprints import account
from ..page import go, language, page, security_words, tell, text_of, wants_json

if TYPE_CHECKING:
    from collections.abc import Callable


@account.get("/security")
@limit("read")
@requires()
def security() -> Response:
    """The person's factors and sessions."""
    return _page()


@account.get("/security/app")
@limit("manage")
@requires()
@fresh
def totp_page() -> Response:
    """A QR code for an authenticator app, and a field for its first code."""
    me = signed_in()
    if factors_of(me).totp:
        return go("account.security")
    return _app_page(*totp.offer(me))


@account.post("/security/app")
@limit("sign_in")
@requires()
@fresh
def add_totp() -> Response:
    """Take the app if its code is right; a first factor comes with recovery codes."""
    me, sealed = signed_in(), request.form.get("offer", "")[:2000]
    count_second_factor(me)
    try:
        secret = totp.read_offer(me, sealed)
        with staff.doing(me, "totp_added"):
            codes = totp.confirm(me, sealed, "".join(text_of(request.form, "code", 20).split()))
    except DomainError as error:
        if error.field != "code":
            return _page(error)
        return _app_page(secret, sealed, error)
    return _added(codes, "app.done")


@account.post("/security/app/remove")
@limit("manage")
@requires()
@fresh
def remove_totp() -> Response:
    """Remove the authenticator app."""
    me = signed_in()
    return _removed("app.removed", "totp_removed", lambda: totp.remove(me))


@account.post("/security/codes")
@limit("manage")
@requires()
@fresh
def new_codes() -> Response:
    """Ten new recovery codes, shown once and so without a redirect."""
    me = signed_in()
    try:
        with staff.doing(me, "codes_renewed"):
            codes = recovery.renew(me)
    except DomainError as error:
        return _page(error)
    return _codes_page(codes)


@account.post("/security/passkeys/options")
@limit("manage")
@requires()
@fresh
def new_passkey_options() -> Response:
    """The WebAuthn options for a browser that creates a passkey."""
    return jsonify(passkeys.creation_options(signed_in(), sessions.challenge()))


@account.post("/security/passkeys")
@limit("manage")
@requires()
@fresh
def add_passkey() -> Response:
    """Store the passkey that the browser created; without one yet, go back to create it."""
    answer = request.form.get("passkey", "")
    if not answer:  # this form only proved who it is, before the browser created one
        return go("account.security", _anchor="passkeys")
    try:
        name = text_of(request.form, "name", 200) or security_words("passkeys.unnamed")
        with staff.doing(signed_in(), "passkey_added", label=name):
            codes = passkeys.register(signed_in(), answer, sessions.taken_challenge(), name)
    except DomainError as error:
        return _page(error)
    return _added(codes, "passkeys.done")


@account.post("/security/passkeys/<passkey_id>/name")
@limit("manage")
@requires()
def rename_passkey(passkey_id: str) -> Response:
    """Rename a passkey."""
    try:
        passkeys.rename(signed_in(), passkey_id, text_of(request.form, "name", 200))
    except DomainError as error:
        return _page(error)
    tell("good", security_words("passkeys.renamed"))
    return go("account.security")


@account.post("/security/passkeys/<passkey_id>/remove")
@limit("manage")
@requires()
@fresh
def remove_passkey(passkey_id: str) -> Response:
    """Delete a passkey."""
    me = signed_in()
    live, by_email = [each.realm for each in providers.every()], mailer().reaches_people
    return _removed(
        "passkeys.removed",
        "passkey_removed",
        lambda: people.drop_passkey(me, passkey_id, live=live, by_email=by_email),
    )


@account.post("/security/sessions/<session_id>/end")
@limit("manage")
@requires()
def end_session(session_id: str) -> Response:
    """End another session, or sign out if it is the current one."""
    if session_id == sessions.public_id():
        sessions.sign_out()
        return go("account.sign_in")
    try:
        with staff.doing(signed_in(), "sessions_ended", count=1):
            devices.end(signed_in(), session_id)
    except DomainError as error:
        return _page(error)
    tell("good", security_words("sessions.ended"))
    return go("account.security")


@account.post("/security/sessions/end")
@limit("manage")
@requires()
def end_sessions() -> Response:
    """Sign out everywhere but here."""
    count = devices.end_others(signed_in(), but=sessions.public_id() or "")
    if count:
        staff.did(signed_in(), "sessions_ended", count=count)
    tell("good", security_words("sessions.all_ended", count=count))
    return go("account.security")


def _removed(done: str, kind: str, remove: Callable[[], None]) -> Response:
    try:
        with staff.doing(signed_in(), kind):
            remove()
    except DomainError as error:
        return _page(error)
    tell("good", security_words(done))
    return go("account.security")


def _added(codes: list[str], done: str) -> Response:
    if codes:
        return _codes_page(codes, done)
    tell("good", security_words(done))
    return go("account.security")


def _page(error: DomainError | None = None) -> Response:
    if error is not None and wants_json():
        raise error
    me = signed_in()
    has, realms = factors_of(me), people.realms_of(me)
    titles = {each.realm: each.title for each in providers.every()} if realms else {}
    connectable = [each for each in providers.offered(only_site()) if each.is_trusted]
    return page(
        "account/security.html",
        status=422 if error else 200,
        error=error.say(language()) if error else None,
        has=has,
        codes_of=recovery.COUNT,
        passkeys=passkeys.passkeys_of(me),
        may_add_passkey=passkeys.host() is not None,
        required=second_factor.is_required(me),
        sessions=devices.sessions_of(me),
        connected=[(realm, titles.get(realm, "")) for realm in realms],
        connectable=[each for each in connectable if each.realm not in realms],
        this=sessions.public_id(),
        where=url_for("account.security"),
    )


def _app_page(secret: str, sealed: str, error: DomainError | None = None) -> Response:
    import segno  # slow to import, and few open this page

    code = segno.make(totp.address(signed_in(), secret), micro=False)
    answer = page(
        "account/app.html",
        status=422 if error else 200,
        qr=code.svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        offer=sealed,
        error=error.say(language()) if error else None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _codes_page(codes: list[str], done: str = "codes.renewed") -> Response:
    answer = page("account/codes.html", codes=codes, done=security_words(done))
    answer.headers["Cache-Control"] = "no-store"
    return answer
