"""Who is on the way to a provider and back in this browser, and who has come back and is not known yet."""

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
#: Survives signing in: it is then that the owner of an address is asked to connect the two.
_BACK = sessions.carried("connect")
_MOST = 4  # on the way at once
_BACK_SECONDS = 20 * 60  # an email may have to be read meanwhile


@dataclass(frozen=True)
class Errand:
    """What for somebody went to a provider: to sign in on our own pages (and go on to `wanted`) or in the
    window of a site (for the frame of `nonce`), or to connect the account of `person`."""

    wanted: str = ""
    site: str = ""
    nonce: str = ""
    locale: str = ""
    person: str = ""


def leave(provider: Provider, state: str, errand: Errand) -> None:
    """Remember, in this browser alone, that it goes to the provider with this state."""
    kept = {**_on_the_way(), state: {"to": provider.name, "at": _now(), **asdict(errand)}}
    session[_GONE] = dict(list(kept.items())[-_MOST:])


def return_from(name: str, state: str) -> Errand | None:
    """What for this browser went to the provider of this name with this state, once; None where it did not,
    or too long ago."""
    kept = _on_the_way()
    found = kept.pop(state, None)
    session[_GONE] = kept
    if found is None or found.pop("to") != name or not use_up(state):
        return None
    found.pop("at")
    return Errand(**found)


def hold(provider: Provider, said: ProviderUser, errand: Errand) -> None:
    """Keep who has come back until they have chosen a name, or signed in to connect."""
    session[_BACK] = {
        "from": provider.name, "at": _now(), "said": asdict(said), "errand": asdict(errand)
    }  # fmt: skip


def held(name: str) -> tuple[ProviderUser, Errand] | None:
    """Who has come back from the provider of this name and waits."""
    kept = session.get(_BACK)
    if not isinstance(kept, dict) or kept["from"] != name or kept["at"] < _now() - _BACK_SECONDS:
        return None
    return ProviderUser(**kept["said"]), Errand(**kept["errand"])


def waiting() -> tuple[str, str | None]:
    """From which provider somebody has come back who waits, with which address."""
    kept = session.get(_BACK)
    found = held(kept["from"]) if isinstance(kept, dict) else None
    return (kept["from"], found[0].email) if kept and found else ("", None)


def let_go() -> None:
    """Nobody waits any more."""
    session.pop(_BACK, None)


def _on_the_way() -> dict[str, dict[str, Any]]:
    since = _now() - STATE_VALID.total_seconds()
    kept = session.get(_GONE)
    return {s: e for s, e in kept.items() if e["at"] > since} if isinstance(kept, dict) else {}


def _now() -> int:
    return int(clock.now().timestamp())
