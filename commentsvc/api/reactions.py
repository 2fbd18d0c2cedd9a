"""Readers' reactions to comments, if a site offers any besides likes, and to pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from ..core.errors import NotFound
from ..posting.liking import like, react_to_page
from ..sites.queries import by_key, policy_of
from ..sites.sections.tags import tags_in
from ..threads.commands import find_thread
from ..threads.likes import unlike
from ..threads.pages import reactions_here
from ..threads.reactions import pages as of_pages
from ..threads.reactions import shown
from ..threads.rules import policy_around
from ..web.auth import require, signed_in, viewer
from ..web.network import network_of
from .comments import visible
from .operation import operation
from .schemas import requests, responses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.models import Site
    from ..threads.models import Comment, Thread

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


@operation(
    reactions,
    "PUT",
    "/threads/reaction",
    limit="like",
    body=requests.NewPageReaction,
    answers={200: responses.PageReacted},
    problems=(403, 404, 409),
)
def react_to_article(body: dict[str, Any]) -> dict[str, Any]:
    """React to an article itself.

    This also works for an article without comments: its conversation is then created. As with comments,
    each person has one reaction, and guests can react if the site allows them to like comments.
    """
    site, kind = _site(body["site"]), body["kind"]
    given = react_to_page(
        site,
        body["href"],
        viewer().user,
        kind,
        title=body.get("title"),
        tags=tags_in(body.get("tags")),
        network=network_of(request),
    )
    return _of_page(given.thread, site, kind, given.edit_token)


@operation(
    reactions,
    "DELETE",
    "/threads/reaction",
    limit="like",
    needs="somebody",
    query=requests.ThreadQuery,
    answers={200: responses.PageReacted},
    problems=(403, 404),
)
def remove_page_reaction(query: dict[str, Any]) -> dict[str, Any]:
    """Remove your reaction to an article."""
    site = _site(query["site"])
    row = find_thread(site, query["href"])
    if row is None:
        raise NotFound("not_found.thread")
    of_pages.unreact(row, signed_in())
    return _of_page(row, site, None)


def _site(key: str) -> Site:
    site = by_key(key)
    require("like", site)
    return site


def _of_page(
    thread: Thread, site: Site, kind: str | None, token: str | None = None
) -> dict[str, Any]:
    counts = reactions_here(thread, policy_of(site, thread.address, thread.tags)) or {}
    return {
        "reaction": kind,
        "reactions": counts,
        "thread_id": thread.public_id,
        "edit_token": token,
    }


def _counts(comment: Comment, site: Site, likes: int, others: Mapping[str, int]) -> dict[str, Any]:
    kinds = policy_around(comment, site).kinds
    return {"reactions": dict(shown(kinds, likes, tuple(others.items()))), "like_count": likes}
