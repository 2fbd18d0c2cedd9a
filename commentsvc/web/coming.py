"""Sign-ins with a provider in this browser: those under way, and people who have come back but have
no account yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flask import session

from ..accounts.providers.flow import ProviderUser
from ..accounts.providers.people import STATE_VALID, use_up
from ..core import clock
from . import sessions

if TYPE_CHECKING:
    from ..accounts.providers import Provider

_GONE = "with"
#: Survives signing in, because the owner of an address is asked to connect the two afterwards.
_BACK = sessions.carried("connect")
_MOST = 4  # under way at once
_BACK_SECONDS = 20 * 60  # includes the time to read an email


@dataclass(frozen=True)
class Errand:
    """Why somebody went to a provider: to sign in on our own pages (and continue to `wanted`) or in
    the window of a site (for the frame of `nonce`), or to connect the account of `person`."""

    wanted: str = ""
    site: str = ""
    nonce: str = ""
    locale: str = ""
    person: str = ""


def leave(provider: Provider, state: str, errand: Errand) -> None:
    """Remember, only in this browser, that it goes to the provider with this state."""
    kept = {**_on_the_way(), state: {"to": provider.name, "at": _now(), **asdict(errand)}}
    session[_GONE] = dict(list(kept.items())[-_MOST:])


def return_from(name: str, state: str) -> Errand | None:
    """Why this browser went to this provider with this state, once; None if it did not, or too long
    ago."""
    kept = _on_the_way()
    found = kept.pop(state, None)
    session[_GONE] = kept
    if found is None or found.pop("to") != name or not use_up(state):
        return None
    found.pop("at")
    return Errand(**found)


def hold(provider: Provider, said: ProviderUser, errand: Errand) -> None:
    """Store the person who has come back until they have chosen a name, or signed in to connect."""
    session[_BACK] = {
        "from": provider.name, "at": _now(), "said": asdict(said), "errand": asdict(errand)
    }  # fmt: skip


def held(name: str) -> tuple[ProviderUser, Errand] | None:
    """The person who has come back from this provider and waits, and why."""
    kept = session.get(_BACK)
    if not isinstance(kept, dict) or kept["from"] != name or kept["at"] < _now() - _BACK_SECONDS:
        return None
    return ProviderUser(**kept["said"]), Errand(**kept["errand"])


def waiting() -> tuple[str, str | None]:
    """The provider and the address of the person who has come back and waits; ("", None) if nobody
    does."""
    kept = session.get(_BACK)
    found = held(kept["from"]) if isinstance(kept, dict) else None
    return (kept["from"], found[0].email) if kept and found else ("", None)


def let_go() -> None:
    """Forget the person who waits."""
    session.pop(_BACK, None)


def _on_the_way() -> dict[str, dict[str, Any]]:
    since = _now() - STATE_VALID.total_seconds()
    kept = session.get(_GONE)
    return {s: e for s, e in kept.items() if e["at"] > since} if isinstance(kept, dict) else {}


def _now() -> int:
    return int(clock.now().timestamp())
