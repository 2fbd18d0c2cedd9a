"""Readers' reactions, if a site offers any besides likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from ..posting.liking import like
from ..threads.likes import unlike
from ..threads.reactions import shown
from ..threads.rules import policy_around
from ..web.auth import signed_in, viewer
from ..web.network import network_of
from .comments import visible
from .operation import operation
from .schemas import requests, responses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.models import Site
    from ..threads.models import Comment

reactions = Blueprint("api_reactions", __name__)


@operation(
    reactions,
    "PUT",
    "/comments/<id:comment_id>/reaction",
    limit="like",
    body=requests.NewReaction,
    answers={200: responses.Reacted},
    problems=(403, 404, 409),
)
def react(comment_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """React to a comment.

    `kind` is one of the reactions that the site offers. Each person has one reaction per comment: a new one
    replaces it, and sending the same one again changes nothing. Someone without an account becomes a guest,
    if the site allows guests to like comments.
    """
    comment, site = visible(comment_id, "like")
    kind = body["kind"]
    given = like(comment, viewer().user, network=network_of(request), kind=kind)
    counts = _counts(comment, site, given.count, given.others)
    return {"reaction": kind, **counts, "edit_token": given.edit_token}


@operation(
    reactions,
    "DELETE",
    "/comments/<id:comment_id>/reaction",
    limit="like",
    needs="somebody",
    answers={200: responses.Reacted},
    problems=(403, 404),
)
def remove_reaction(comment_id: str) -> dict[str, Any]:
    """Remove your reaction, whichever it is."""
    comment, site = visible(comment_id, "like")
    left = unlike(comment, signed_in(), kind=None)
    return {"reaction": None, **_counts(comment, site, left.likes, left.others), "edit_token": None}


def _counts(comment: Comment, site: Site, likes: int, others: Mapping[str, int]) -> dict[str, Any]:
    kinds = policy_around(comment, site).kinds
    return {"reactions": dict(shown(kinds, likes, tuple(others.items()))), "like_count": likes}
