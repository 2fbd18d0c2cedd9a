"""Sign in by email alone: the code on a page of ours, and the page behind the link.

Opening a link changes nothing, since mail scanners open them all; a button does.
"""

from __future__ import annotations

from flask import Response, request

from ...accounts import entering
from ...accounts.joining import Window
from ...accounts.ways import Place
from ...core.errors import DomainError, NotAllowed
from ...notifications.mail import mailer
from ...sites.queries import by_id, may_sign_up
from ...web import asks, sessions
from ...web.limits import count_email, limit
from ...web.proving import by_email_code
from ..blueprints import account
from ..page import account_words, go, language, local_address, page, tell, text_of
from .joining import closed, private
from .sign_in import came_back, in_or_second_step


@account.get("/email")
@limit("read")
def email_page() -> Response:
    """Ask for the address; without email delivery, go to the password form."""
    if not mailer().reaches_people:
        return go("account.sign_in", next=local_address(request.args.get("next"), "") or None)
    return _page("email")


@account.post("/email")
@limit("email_network", again=lambda error: _page("email", error))
def ask_by_email() -> Response:
    """Send the code and the link; the answer never says whether the address has an account."""
    email = text_of(request.form, "email", 254)
    count_email(email)
    window = Window(None)
    try:
        entering.ask(email, window, locale=language())
    except DomainError as error:
        return _page("email", error)
    sessions.remember(window.asked)
    return _page("code")


@account.post("/email/code")
@limit("sign_in", again=lambda error: _page("code", error))
def sign_in_by_email() -> Response:
    """Check the code; a new person is asked for a name."""
    try:
        user = by_email_code(request.form, Place())
    except entering.NameNeeded:
        return _page("name")
    except DomainError as error:
        return _page("code", error)
    return in_or_second_step(user, request.form.get("next"))


@account.post("/email/name")
@limit("read", again=lambda error: _page("name", error))
def name_by_email() -> Response:
    """Create the account whose address was proved."""
    try:
        if not may_sign_up(None):
            raise NotAllowed("not_allowed")
        user = entering.finish(sessions.asked(), text_of(request.form, "name", 200))
    except DomainError as error:
        return _page("name" if error.field == "name" else "email", error)
    return in_or_second_step(user, request.form.get("next"))


@account.get("/link")
@limit("read")
def link_page() -> Response:
    """Who the link would sign in, and a button."""
    return _link_page(request.args.get("token", ""))


@account.post("/link")
@limit("sign_in", again=lambda error: _link_page(request.form.get("token", ""), error))
def sign_in_by_link() -> Response:
    """Sign in here, and in the waiting comment box if it belongs to this browser."""
    secret = request.form.get("token", "")
    entry = entering.entry_of(secret)
    if entry is None:
        return closed("link")
    try:
        at = by_id(entry.site_id) if entry.site_id else None
        if entry.is_new and not may_sign_up(at):
            raise NotAllowed("not_allowed")
        user = entering.by_link(secret, text_of(request.form, "name", 200))
    except DomainError as error:
        return _link_page(secret, error)
    answer = in_or_second_step(user, None)
    site_id = entry.site_id
    if site_id is not None and asks.hand_over(user, site_id=site_id, nonce=entry.nonce):
        tell("good", account_words("link.back"))
    return answer


def _page(step: str, error: DomainError | None = None) -> Response:
    return page(
        "account/email.html",
        status=422 if error else 200,
        step=step,
        error=error.say(language()) if error else None,
        email=text_of(request.form, "email", 254) or came_back(request.args.get("next"))[1],
        name=text_of(request.form, "name", 200),
        next=local_address(request.values.get("next"), ""),
    )


def _link_page(secret: str, error: DomainError | None = None) -> Response:
    entry = entering.entry_of(secret)
    if entry is None:
        return closed("link")
    return private(
        page(
            "account/link.html",
            status=422 if error else 200,
            entry=entry,
            token=secret,
            name=text_of(request.form, "name", 200),
            error=error.say(language()) if error else None,
        )
    )
