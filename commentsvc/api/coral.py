"""A moderation phase for Coral: Coral asks about each comment before publishing it, and we answer.

Coral's signature identifies the caller. It covers the body, and its secret was entered by
the site's owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, request

from ..accounts.keys import QUOTA
from ..core.errors import NotAllowed, NotFound
from ..core.signing import coral as signing
from ..posting.judges import answering
from ..posting.judges.coral import read_request
from ..sites.judges import coral_secrets
from ..sites.queries import by_key
from ..web.csrf import no_csrf
from ..web.foreign import answer_errors
from ..web.limits import limit, wait_after
from ..web.problems import TooMany

if TYPE_CHECKING:
    from ..sites.models import Site

coral = Blueprint("coral", __name__)


@coral.post("/coral/phase", provide_automatic_options=False)
@no_csrf
def phase() -> Response:
    """Judge a text by the rules of the site that the address names."""
    sent = request.get_data(cache=False)
    site = _asked_for(sent)
    _count(site)
    return _answer(200, answering.answer(site, read_request(sent)))


def _asked_for(sent: bytes) -> Site:
    """The site, if Coral's signature was made with one of its secrets. A refusal does not reveal
    which sites exist. Raises `NotAllowed`."""
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
    if wait := wait_after(QUOTA, "coral", site.key):  # per site: the client is a server
        raise TooMany("too_many_requests", wait)


def _answer(status: int, said: object) -> Response:
    return Response(orjson.dumps(said), status, content_type="application/json")


def _error(status: int, words: str) -> Response:
    return _answer(401 if status == 403 else status, {"error": words})


answer_errors(coral, _error)
