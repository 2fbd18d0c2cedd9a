"""Which frames of this browser wait for somebody to sign in, so that a stranger's link signs in nobody
for the stranger's own frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request, session

from ..accounts import frames
from ..core import clock
from ..core.addresses import parts_of
from ..web import sessions
from ..web.csrf import own_origins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User
    from ..sites.models import Site

_ASKS = "asks"
_MOST = 8  # frames that wait at once, in one browser
_NONCE = re.compile(r"[0-9a-f]{32,64}")


def is_nonce(nonce: str) -> bool:
    """Whether this has the form of what frames send."""
    return _NONCE.fullmatch(nonce) is not None


def note(nonce: str) -> None:
    """Remember that a frame of ours opened this window. Its script gives itself an address that no
    page of ours has, for the moment of opening; nobody else can make a browser send that."""
    came = parts_of(request.headers.get("Referer", ""))
    if (
        came.path != f"/embed/asking/{nonce}"
        or f"{came.scheme}://{came.netloc}" not in own_origins()
    ):
        return
    kept = {**_waiting(), nonce: int(clock.now().timestamp())}
    session[_ASKS] = dict(list(kept.items())[-_MOST:])


def sign_in(user: User) -> bool:
    """Begin a session of our own pages as well: whoever signs in here has done so there. False where a
    second factor is to come."""
    kept = _waiting()
    done = sessions.sign_in(user)
    session[_ASKS] = kept
    return done


def begin(user: User) -> None:
    """The same for whoever has proved all there is to prove, by a passkey."""
    kept = _waiting()
    sessions.begin(user)
    session[_ASKS] = kept


def finish(given: Mapping[str, str]) -> User:
    """The second factor. Raises `NotAllowed`."""
    kept = _waiting()
    user = sessions.finish(given)
    session[_ASKS] = kept
    return user


def hand_over(user: User, site: Site, nonce: str) -> bool:
    """Leave the sign-in for the frame; False where none of this browser waits for it (any more)."""
    kept = _waiting()
    if kept.pop(nonce, None) is None:
        return False
    session[_ASKS] = kept
    try:
        frames.begin(user, site_id=site.id, nonce=nonce, family=sessions.public_id())
    except frames.EndedSignIn:
        return False
    return True


def waits(nonce: str) -> bool:
    """Whether a frame of this browser waits for this sign-in."""
    return nonce in _waiting()


def _waiting() -> dict[str, int]:
    kept = session.get(_ASKS)
    since = clock.now().timestamp() - frames.ASK_SECONDS
    return {name: at for name, at in kept.items() if at > since} if isinstance(kept, dict) else {}
