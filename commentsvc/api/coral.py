"""A phase of Coral's moderation: Coral asks about each comment before it publishes, and we answer.

Coral's signature identifies the caller: it is made over the body, with a secret that the site's owner has
entered.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, request
from limits import parse

from ..accounts.keys import QUOTA
from ..core.errors import NotAllowed, NotFound
from ..core.signing import coral as signing
from ..posting.judges import answering
from ..posting.judges.coral import read_request
from ..sites.judges import coral_secrets
from ..sites.queries import by_key
from ..web.csrf import no_csrf
from ..web.foreign import answer_errors
from ..web.limits import limit, limits
from ..web.problems import TooMany

if TYPE_CHECKING:
    from ..sites.models import Site

coral = Blueprint("coral", __name__)

_QUOTA = parse(QUOTA)  # of one site: a server asks, not a reader


@coral.post("/coral/phase", provide_automatic_options=False)
@no_csrf
def phase() -> Response:
    """Judge a text by the rules of the site that the address names."""
    sent = request.get_data(cache=False)
    site = _asked_for(sent)
    _count(site)
    return _answer(200, answering.answer(site, read_request(sent)))


def _asked_for(sent: bytes) -> Site:
    """The site, if Coral's signature was made with one of its secrets. This does not reveal which sites
    exist. Raises `NotAllowed`."""
    given = request.headers.get(signing.HEADER, "")
    try:
        site = by_key(request.args.get("site", ""))
    except NotFound:
        site = None
    if site is None or not signing.is_signed(given, coral_secrets(site), sent):
        _count_guess()
        raise NotAllowed("not_allowed.coral_signature")
    return site


@limit("score")
def _count_guess() -> None:
    """Wrong signatures count by address: guessing should not be free."""


def _count(site: Site) -> None:
    strategy = limits().limiter.limiter
    if not strategy.hit(_QUOTA, "coral", site.key):
        reset = strategy.get_window_stats(_QUOTA, "coral", site.key).reset_time
        raise TooMany("too_many_requests", max(1, round(reset - time.time() + 0.5)))


def _answer(status: int, said: object) -> Response:
    return Response(orjson.dumps(said), status, content_type="application/json")


def _error(status: int, words: str) -> Response:
    return _answer(401 if status == 403 else status, {"error": words})


answer_errors(coral, _error)
