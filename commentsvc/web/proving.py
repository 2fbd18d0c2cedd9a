"""Who somebody proves to be: by a sign-in form, and once more before acts that hurt, if they have not proved
it for a while: a cookie that was stolen, or a screen left open, is not enough for those.

A form that is refused is shown again as one question, with all its fields inside; its answer is the form
itself with a proof beside it, so nothing that was typed is lost.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import request

from ..accounts import entering
from ..accounts.factors import proving
from ..accounts.ways import Place, offered, ways
from ..core.errors import DomainError, NotAllowed
from . import sessions
from .auth import signed_in, viewer
from .limits import count_email_code, count_second_factor, count_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")

PREFIX = "proof_"  # of the fields of a proof, beside those of the form
_FIELDS = ("password", "code", "passkey")


def signed_in_by(form: Mapping[str, str], place: Place) -> User:
    """Who the form proves to be, by the way it names or else by the first there is. Raises
    `NotAllowed` or `Invalid` for what is wrong, `TooMany` after too many tries."""
    every = {way.name: way for way in offered()}
    way = every.get(form.get("way") or next(iter(every), ""))
    if way is None:
        raise NotAllowed("wrong_sign_in")
    if account := way.account_of(form):
        count_sign_in(account)
    return way.prove(form, place)


def by_email_code(form: Mapping[str, str], place: Place) -> User:
    """Who the code proves to be that was emailed to whom this browser has named. Raises as `signed_in_by`,
    and `NameNeeded`."""
    asked = sessions.asked()
    found = entering.wanted(asked)
    if found is not None:
        count_email_code(found.grants["email"])
    return ways()["email_code"].prove({"asked": asked, "code": form.get("code", "")}, place)


class ProofNeeded(NotAllowed):
    """Who is signed in has to prove once more who they are; `wrong` is what was wrong with a try."""

    def __init__(self, key: str, *, wrong: DomainError | None = None) -> None:
        super().__init__(key)
        self.wrong = wrong


def fresh(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator for views of acts that hurt, under `requires`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        require_fresh()
        return view(*args, **kwargs)

    guarded.needs_proof = True  # type: ignore[attr-defined]  # for the test that lists them
    return guarded


def require_fresh() -> None:
    """Raises `ProofNeeded` unless the session's proof is fresh, or comes with this form. Keys and tokens
    of programs are good for what they were made for, and ask nobody."""
    if viewer().kind == "session" and not sessions.is_fresh():
        _prove()


def count_proof(me: User) -> None:
    """Count a try of somebody signed in to prove once more who they are, before it is looked at: a stolen
    session cannot guess the password. Raises 429's error."""
    count_sign_in(f"again:{me.public_id}")


def _prove() -> None:
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
