"""An author's responses to moderators: appealing a decision, acknowledging a warning."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from ..core.errors import NotFound
from ..moderation.cases import appeals as hearing
from ..moderation.cases import sanction_appeals, sanctions
from ..sites.queries import by_id, by_key
from ..threads.commands import comment_by_public_id
from ..web.auth import may, require, require_proof, viewer
from .operation import operation
from .schemas import appeals as shapes
from .schemas.responses import OwnAppeal

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
    """Appeal a decision on your comment.

    You can appeal each decision once. Someone other than the person who decided reviews the
    appeal. 409 if there is nothing to appeal.
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
    "/sanctions/appeal",
    limit="flag",
    needs="somebody",
    body=shapes.NewSanctionAppeal,
    answers={201: OwnAppeal},
    problems=(403, 404, 409),
)
def appeal_sanction(body: dict[str, Any]) -> Any:
    """Appeal the suspension or ban that keeps you from posting on a site.

    You can appeal each suspension or ban once. Someone other than the person who decided reviews the
    appeal. 409 if there is nothing to appeal. `sanction` in `/me` shows the outcome.
    """
    site = by_key(body["site"])
    user = require("appeal", site)
    assert user is not None  # the operation needs somebody
    return sanction_appeals.appeal(site, body["text"], by=user)


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
    """Acknowledge a warning.

    Until you do, posting gets 403 `acknowledge_first`, and `errors[0].pointer` ends with the ID of the
    warning.
    """
    seen = viewer()
    require_proof("appeal", sanctions.site_of_warning(warning_id, seen.user))
    sanctions.acknowledge(warning_id, user=seen.user)
