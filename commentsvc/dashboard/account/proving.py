"""Ask people to prove who they are before sensitive acts, in a form or on the way to a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, redirect, request, url_for

from ...accounts.factors import factors_of, passkeys
from ...web.auth import requires, signed_in
from ...web.csrf import FIELD
from ...web.home import here
from ...web.limits import limit
from ...web.problems import of_error
from ...web.proving import PREFIX, ProofNeeded, may_prove_by_email, require_fresh
from ..blueprints import account, dashboard
from ..page import language, local_address, page, wants_json

if TYPE_CHECKING:
    from ...core.errors import DomainError


@account.post("/prove")
@limit("sign_in")
@requires()
def prove() -> Response:
    """Take the proof that a page asked for, and go on to that page."""
    wanted = local_address(request.form.get("next"), url_for("account.home"))
    try:
        require_fresh()
    except ProofNeeded as needed:
        return _page(needed, url_for("account.prove"), [("next", wanted)])
    return redirect(wanted, 303)  # type: ignore[return-value]


def ask(error: DomainError) -> Response:
    """The question, with the sent form inside; scripts get the problem, to send a form instead."""
    assert isinstance(error, ProofNeeded)
    if wants_json():
        return of_error(error)
    asked = here()
    if request.method != "POST":
        return _page(error, url_for("account.prove"), [("next", asked)])
    sent = request.form.items(multi=True)
    kept = [(k, v) for k, v in sent if k != FIELD and not k.startswith(PREFIX)]
    return _page(error, asked, kept)


def _page(error: ProofNeeded, action: str, kept: list[tuple[str, str]]) -> Response:
    me = signed_in()
    has = factors_of(me)
    return page(
        "account/prove.html",
        status=403,
        action=action,
        kept=kept,
        error=error.wrong.say(language()) if error.wrong else None,
        has=has,
        password=bool(me.password_hash),
        passkeys=bool(has.passkey and passkeys.host()),
        by_email=may_prove_by_email(me),
        is_mailed=error.is_mailed,
    )


for _blueprint in (dashboard, account):
    _blueprint.register_error_handler(ProofNeeded, ask)
