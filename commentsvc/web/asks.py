"""Which frames of this browser wait for a sign-in, so that a stranger's link cannot sign anybody in
to the stranger's own frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request, session

from ..accounts import frames
from ..accounts.leaving import check_stays
from ..core import clock
from ..core.addresses import parts_of
from ..settings import settings
from . import sessions
from .csrf import own_origins

if TYPE_CHECKING:
    from ..accounts.models import User

_ASKS = sessions.carried("asks")
_MOST = 8  # frames that wait at once in one browser
_NONCE = re.compile(r"[0-9a-f]{32,64}")


def is_nonce(nonce: str) -> bool:
    """Whether this has the form of a frame's nonce."""
    return _NONCE.fullmatch(nonce) is not None


def note(nonce: str) -> None:
    """Remember that a frame of ours opened this window. While opening it, the frame's script
    changes its address to one that no page of ours has; nobody else can make a browser send that
    Referer."""
    came = parts_of(request.headers.get("Referer", ""))
    if (
        came.path != f"{settings().prefix}/embed/asking-{nonce}"
        or f"{came.scheme}://{came.netloc}" not in own_origins()
    ):
        return
    kept = {**_waiting(), nonce: int(clock.now().timestamp())}
    session[_ASKS] = dict(list(kept.items())[-_MOST:])


def hand_over(user: User, *, site_id: int, nonce: str) -> bool:
    """Store the sign-in for the frame. False if no frame of this browser waits for it (any more),
    if the person must give or set up a second factor first, or if only another site vouches for
    them. Raises `NotAllowed` for an account that is being deleted."""
    check_stays(user)
    if sessions.lacks_factor(user) or not sessions.reaches(site_id):
        return False
    kept = _waiting()
    if kept.pop(nonce, None) is None:
        return False
    session[_ASKS] = kept
    try:
        frames.begin(user, site_id=site_id, nonce=nonce, family=sessions.public_id())
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
