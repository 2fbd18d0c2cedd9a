"""Who has taken a card, in words: by claiming it, being assigned it, or with a filter."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from flask import Response, jsonify, request, url_for

from ...core.errors import DomainError, Invalid, NotFound
from ...moderation.desk import queue
from ...moderation.desk.bounded import TookTooLong
from ...moderation.sharing import claims
from ...moderation.sharing import filters as saving
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, mine, refused, tell, text_of, wants_json
from . import filters
from .words import desk_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...moderation.sharing.claims import Taken
    from ...sites.models import Site


@dataclass(frozen=True)
class Mark:
    """A card's note of who has taken it; other moderators' keys skip that card. It is `claimed`, or
    a filter takes it: then it can still be claimed."""

    words: str
    mine: bool
    claimed: bool


def marks(comment_ids: Sequence[str], sites: Sequence[Site]) -> dict[str, Mark]:
    """Comment id -> who has taken it; a claim or an assignment takes precedence over a filter."""
    if not comment_ids:
        return {}
    found: dict[str, Mark] = {}
    for row, owner in saving.takers(sites):
        own = [site for site in sites if site.id == row.site_id]
        try:
            met = queue.among(comment_ids, own, row.queue, filters.chosen(row.given))
        except (Invalid, TookTooLong):
            continue
        words = desk_words("claim.filter", name=owner.name, filter=row.name)
        for comment_id in met:
            found.setdefault(comment_id, Mark(words, owner.id == signed_in().id, False))
    claimed = claims.taken(comment_ids, sites)
    return found | {comment_id: _mark(each) for comment_id, each in claimed.items()}


def _mark(taken: Taken) -> Mark:
    own = taken.user_id == signed_in().public_id
    if taken.assigned:
        return Mark(
            desk_words("claim.you" if own else "claim.assigned", name=taken.name), own, True
        )
    time = f"{taken.until:%H:%M} UTC"
    words = desk_words("claim.yours" if own else "claim.by", name=taken.name, time=time)
    return Mark(words, own, True)


@dashboard.post("/comments/<comment_id>/claim")
@limit("moderate")
@requires("moderate")
def claim(comment_id: str) -> Response:
    """Claim a comment, release it, or assign it to a colleague."""
    here, form, me = url_for("dashboard.queue_page"), request.form, signed_in()
    wish = text_of(form, "do", 20)
    try:
        if wish == "claim":
            claims.claim(comment_id, by=me)
        elif wish == "release":
            claims.release(comment_id, by=me)
        elif wish == "assign":
            claims.assign(comment_id, text_of(form, "to", 20), by=me)
        else:
            raise NotFound("not_found.action")
    except DomainError as error:
        return refused(error, here)
    mark = marks([comment_id], mine("moderate")).get(comment_id)
    sentence = mark.words if mark else desk_words("claim.free")
    if not wants_json():
        tell("good", sentence)
        return go_back(here)
    return jsonify(sentence=sentence, mark=asdict(mark) if mark else None)
