"""An author's answers to the moderators: objecting to a decision, having read a warning."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from ..core.errors import NotFound
from ..moderation.cases import appeals as hearing
from ..moderation.cases import sanctions
from ..sites.queries import by_id
from ..threads.commands import comment_by_public_id
from ..web.auth import may, require, require_proof, viewer
from .operation import operation
from .schemas import appeals as shapes

appeals = Blueprint("api_appeals", __name__)


@operation(
    appeals,
    "POST",
    "/comments/<id:comment_id>/appeal",
    limit="flag",
    needs="somebody",
    body=shapes.NewAppeal,
    answers={201: shapes.Appeal},
    problems=(403, 404, 409),
)
def appeal_decision(comment_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Object to the decision about your comment.

    Once a decision; somebody other than who made it reads the appeal. 409 when there is nothing to
    object to.
    """
    comment = comment_by_public_id(comment_id)
    site = by_id(comment.site_id)
    user = viewer().user
    own = user is not None and comment.author_id == user.id
    if not comment.shown and not own and not may("moderate", site):
        raise NotFound("not_found.comment")
    made = hearing.appeal(comment.public_id, body["text"], by=require("appeal", site))
    return {
        "id": made.public_id,
        "comment_id": comment.public_id,
        "text": made.text,
        "created_at": made.created_at,
        "decided_at": made.decided_at,
        "outcome": made.outcome,
        "answer": made.answer,
    }


@operation(
    appeals,
    "POST",
    "/warnings/<id:warning_id>/acknowledge",
    limit="flag",
    needs="somebody",
    answers={204: None},
    problems=(403, 404),
)
def acknowledge_warning(warning_id: str) -> None:
    """Say that you have read a warning.

    Until then, posting answers 403 `acknowledge_first`, with the warning's id in `field`.
    """
    seen = viewer()
    require_proof("appeal", sanctions.site_of_warning(warning_id, seen.user))
    sanctions.acknowledge(warning_id, user=seen.user)
