"""Proving who somebody is: with a sign-in form, and again before sensitive actions if the last
proof is old: a stolen cookie or an unlocked screen is not enough for those.

A refused form is shown again as one question, with all its fields hidden inside; submitting it
sends the form with a proof, so that nothing typed is lost.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import request

from ..accounts import entering
from ..accounts.factors import factors_of, passkeys, proving
from ..accounts.joining import Window
from ..accounts.ways import Place, offered, ways
from ..core.errors import DomainError, NotAllowed
from ..notifications.mail import mailer
from . import sessions
from .auth import signed_in, viewer
from .limits import count, count_email, count_email_code, count_second_factor, count_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")

PREFIX = "proof_"  # of a proof's fields, next to those of the form
_FIELDS = ("password", "code", "passkey")


def signed_in_by(form: Mapping[str, str], place: Place) -> User:
    """The user whom the form proves, in the way that it names or else the first one. Raises
    `NotAllowed` or `Invalid` for a wrong proof, `RateLimitExceeded` after too many tries."""
    every = {way.name: way for way in offered()}
    way = every.get(form.get("way") or next(iter(every), ""))
    if way is None:
        raise NotAllowed("wrong_sign_in")
    if account := way.account_of(form):
        count_sign_in(account)
    return way.prove(form, place)


def by_email_code(form: Mapping[str, str], place: Place) -> User:
    """The user whom an emailed code proves, in the browser that asked for it. Raises like
    `signed_in_by`, and `NameNeeded`."""
    code = form.get("code", "")
    found = entering.wanted(sessions.asked())
    if found is not None:
        count_email_code(found.grants["email"])
    asked = entering.meant(sessions.all_asked(), code)
    if asked:
        sessions.remember(asked)  # a new person's name comes next
    return ways()["email_code"].prove({"asked": asked, "code": code}, place)


class ProofNeeded(NotAllowed):
    """The signed-in person must prove again who they are; `wrong` is the error of a try, and
    `is_mailed` says that a code was emailed."""

    def __init__(
        self, key: str, *, wrong: DomainError | None = None, is_mailed: bool = False
    ) -> None:
        super().__init__(key)
        self.wrong, self.is_mailed = wrong, is_mailed


def fresh(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator for views of sensitive actions, below `requires`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        require_fresh()
        return view(*args, **kwargs)

    guarded.needs_proof = True  # type: ignore[attr-defined]  # for a test
    return guarded


def require_fresh() -> None:
    """Raises `ProofNeeded` unless the session's proof is fresh, or comes with this form. Keys and
    tokens of programs need no fresh proof."""
    if viewer().kind == "session" and not sessions.is_fresh():
        _prove()


def count_proof(me: User) -> None:
    """Count a signed-in person's try to prove again who they are, before it is checked, so that a
    stolen session cannot guess the password. Raises `RateLimitExceeded`."""
    count_sign_in(f"again:{me.public_id}")


def may_prove_by_email(me: User) -> bool:
    """Whether an emailed code is the proof: only for people who have nothing else. It must not
    bypass a second factor."""
    if me.password_hash or not me.member_email or me.email_verified_at is None:
        return False
    return mailer().reaches_people and not factors_of(me)


def may_offer_passkey(me: User) -> bool:
    """Whether a page may offer a passkey to a person who has just signed in. The browser decides too,
    and remembers that it was offered (static/dashboard/offer.js)."""
    if passkeys.host() is None or not sessions.is_fresh():
        return False
    return not factors_of(me).passkey


def _prove_by_email(me: User) -> None:
    email = me.member_email or ""
    if request.form.get(f"{PREFIX}send"):
        count("email_network")
        count_email(email)
        window = Window(None)
        entering.ask(email, window, locale=me.locale)
        sessions.remember(window.asked)
        raise ProofNeeded("proof_needed", is_mailed=True)
    code = request.form.get(f"{PREFIX}mailed", "")
    if not code:
        raise ProofNeeded("proof_needed")
    wrong = ProofNeeded("proof_needed", wrong=NotAllowed("not_allowed.email_code"), is_mailed=True)
    try:
        if by_email_code({"code": code}, Place()).id != me.id:
            raise wrong
    except (NotAllowed, entering.NameNeeded) as error:
        raise wrong from error
    sessions.renew()


def _prove() -> None:
    if may_prove_by_email(signed_in()):
        return _prove_by_email(signed_in())
    given = {name: request.form.get(PREFIX + name, "") for name in _FIELDS}
    if not any(given.values()):
        raise ProofNeeded("proof_needed")
    me = signed_in()
    count_proof(me)
    if proving.is_short(given):
        count_second_factor(me)
    if not proving.fits_again(me, given, sessions.taken_challenge()):
        raise ProofNeeded("proof_needed", wrong=NotAllowed("not_allowed.proof"))
    sessions.renew()
