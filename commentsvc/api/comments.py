"""Single comments: preview, post, read, edit, withdraw, like, report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from ..core.errors import Invalid, NotFound
from ..moderation import commands as moderation
from ..moderation.judging.reasons import title
from ..posting import before
from ..posting import commands as posting
from ..posting.bots.suspicion import Sender
from ..posting.commands import NewComment, Posted
from ..posting.known import site_lately
from ..posting.liking import like
from ..sites.queries import by_id, by_key, policy_of
from ..sites.sections.tags import tags_in
from ..threads import commands, pages
from ..threads.likes import unlike
from ..threads.rules import policy_around
from ..threads.text import mentions_in
from ..web.auth import may, require, require_proof, signed_in, viewer
from ..web.limits import within
from ..web.network import network_of
from . import shapes
from .operation import operation
from .schemas import people, requests, responses

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..sites.models import Site
    from ..threads.models import Comment

comments = Blueprint("api_comments", __name__)

MOST_KEY = 255


@operation(
    comments,
    "POST",
    "/comments",
    limit="post",
    body=requests.NewComment,
    query=requests.ShownQuery,
    answers={201: responses.PostedComment},
    problems=(403, 404, 409),
    takes_key=True,
)
def post_comment(
    body: dict[str, Any], query: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Post a comment.

    `status` says whether it was published, and `reasons` say why it is waiting for review. A guest
    sends a `name` and gets an `edit_token`. `mentions` count only from members, and only for members
    who have commented in the conversation. If you send the comment again with the same `Idempotency-Key`,
    you get the same response, and no second comment is created. A guest may get
    `effort_needed` with a `challenge`: send the comment again with the answer as `effort`.
    """
    site = site_lately(body["site"])
    user = require("post", site)
    posted = posting.submit(
        NewComment(
            site=site,
            href=body["href"],
            text=body["text"],
            parent=body.get("parent_id"),
            title=body.get("title") or None,
            tags=tags_in(body.get("tags")),
            name=body.get("name"),
            email=body.get("email") or None,
            user=user,
            idempotency_key=_key(),
            network=network_of(request),
            locale=query.get("locale"),
            mentions=body.get("mentions", ()),
            sent_by=_sender(body, user),
        )
    )
    headers = {"Location": f"{request.script_root}/api/v1/comments/{posted.comment.public_id}"}
    if posted.replayed:
        headers["Idempotent-Replayed"] = "true"
    return shapes.posted(posted, site, query), headers


@operation(
    comments,
    "GET",
    "/comments/<id:comment_id>",
    limit="read",
    query=requests.ShownQuery,
    answers={200: people.Conversation},
    problems=(404,),
)
def get_comment(comment_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Get one comment.

    `parents` are the comments it replies to, topmost first. Only its author and the
    site's moderators can see a comment that is held or rejected.
    """
    comment, site = visible(comment_id)
    policy = policy_around(comment, site)
    found = (
        pages.one(comment, policy)
        if comment.status == "published" or not _is_own_or_staffs(comment, site)
        else pages.Conversation([], pages.view(comment))
    )
    html, locale = query.get("include") == "html", shapes.language(query, policy)
    shown = shapes.comment(found.comment, html=html, locale=locale, policy=policy)
    parents = [
        shapes.comment(each, html=html, locale=locale, policy=policy) for each in found.parents
    ]
    revision = commands.revision_of(comment) if found.comment.gap is None else None
    mentions = mentions_in(revision.mentions if revision else None)
    return {**shown, "parents": parents, "mentions": mentions}


@operation(
    comments,
    "PATCH",
    "/comments/<id:comment_id>",
    limit="post",
    needs="somebody",
    body=requests.EditedComment,
    query=requests.ShownQuery,
    answers={200: responses.PostedComment},
    problems=(403, 404, 409),
)
def edit_comment(comment_id: str, body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Edit your own comment.

    You can do this until the time for editing has passed. The new text is checked again. Moderators can
    see the earlier texts. Without `mentions`, earlier mentions stay if their names are still in the text.
    """
    _, site = visible(comment_id)
    user = require("post", site)
    text, mentions, network = body["text"], body.get("mentions"), network_of(request)
    edited = posting.edit(comment_id, text, user=user, network=network, mentions=mentions)
    return shapes.posted(edited, site, query)


@operation(
    comments,
    "DELETE",
    "/comments/<id:comment_id>",
    limit="withdraw",
    needs="somebody",
    query=requests.ShownQuery,
    answers={200: responses.PostedComment},
    problems=(403, 404, 409),
)
def withdraw_comment(comment_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Withdraw your own comment.

    If it has replies, its place is kept. You can safely repeat this.
    """
    _, site = visible(comment_id)
    comment = posting.withdraw(comment_id, user=require_proof("post", site))
    return shapes.posted(Posted(comment), site, query)


@operation(
    comments,
    "PUT",
    "/comments/<id:comment_id>/like",
    limit="like",
    answers={200: responses.Liked},
    problems=(403, 404, 409),
)
def like_comment(comment_id: str) -> dict[str, Any]:
    """Like a comment.

    Repeating this does not count twice. Someone without an account becomes a guest, if the site
    allows guests to like comments.
    """
    comment, _ = visible(comment_id, "like")
    liked = like(comment, viewer().user, network=network_of(request))
    return {"liked": True, "like_count": liked.count, "edit_token": liked.edit_token}


@operation(
    comments,
    "DELETE",
    "/comments/<id:comment_id>/like",
    limit="like",
    needs="somebody",
    answers={200: responses.Liked},
    problems=(403, 404),
)
def unlike_comment(comment_id: str) -> dict[str, Any]:
    """Remove your like."""
    comment, _ = visible(comment_id, "like")
    count = unlike(comment, signed_in()).likes
    return {"liked": False, "like_count": count, "edit_token": None}


@operation(
    comments,
    "POST",
    "/comments/<id:comment_id>/flags",
    limit="flag",
    body=requests.NewFlag,
    query=requests.ShownQuery,
    answers={201: responses.Flag},
    problems=(403, 404),
)
def flag_comment(comment_id: str, body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Report a comment to the moderators.

    Each person can report a comment once. Repeating it changes nothing.
    """
    comment, site = visible(comment_id)
    user = require("flag", site)
    made = moderation.flag(
        comment.public_id,
        user=user,
        reason=body["reason"],
        note=body.get("note"),
        network=network_of(request),
    )
    return {
        "comment_id": comment.public_id,
        "reason": made.reason,
        "title": title(made.reason, shapes.language(query, policy_of(site))),
        "created_at": made.created_at,
    }


@operation(
    comments,
    "POST",
    "/preview",
    limit="score",
    body=requests.Draft,
    answers={200: responses.Preview},
    problems=(403, 404),
)
def preview_comment(body: dict[str, Any]) -> dict[str, Any]:
    """Preview a comment as HTML. Nothing is stored."""
    site = by_key(body["site"])
    require("post", site)
    return {"html": before.preview(site, body["text"], **_page(body))}


@operation(
    comments,
    "POST",
    "/score",
    limit="score",
    body=requests.Checked,
    answers={200: responses.Nudge},
    problems=(403, 404),
)
def score_comment(body: dict[str, Any]) -> dict[str, Any]:
    """Check what would happen to a text.

    The response says in words what would happen if the text were posted now. It contains no
    scores, because they would make it easy to get around the limits. Nothing is stored.
    """
    site = by_key(body["site"])
    user = require("post", site)
    locale = shapes.language(body, policy_of(site))
    edits = body.get("comment_id")
    found = before.nudge(site, body["text"], user=user, locale=locale, edits=edits, **_page(body))
    action = "hold" if found.would_hold else "publish"
    lines = [{"text": text, "href": href} for text, href in found.lines]
    return {"ask": found.ask, "sentences": found.sentences, "lines": lines, "action": action}


# --- shared ---------------------------------------------------------------------------------------


def _page(body: dict[str, Any]) -> dict[str, Any]:
    return {"href": body.get("href"), "tags": tags_in(body.get("tags"))}


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > MOST_KEY or not key.isprintable() or not key.isascii():
        raise Invalid("invalid.idempotency_key", n=MOST_KEY, field="Idempotency-Key")
    return key


def _sender(body: dict[str, Any], user: User | None) -> Sender | None:
    """The signs of a script; None for members, who are never asked. Counts the network's guest
    posts."""
    if user is not None and not user.is_guest:
        return None
    return Sender(
        form=body.get("form") or "",
        trap=body.get("website") or "",
        effort=body.get("effort") or "",
        boxed=request.headers.get("Origin") is not None,
        busy=not within("guest_posts"),
    )


def visible(comment_id: str, action: str = "read") -> tuple[Comment, Site]:
    """The comment and its site, if the viewer may see the comment and do `action` on the site.
    Whoever may do anything there may also read. Raises `NotFound`, `Unauthorized`, `NotAllowed`."""
    comment = commands.comment_by_public_id(comment_id)
    site = by_id(comment.site_id)
    if not comment.shown and not _is_own_or_staffs(comment, site):
        raise NotFound("not_found.comment")
    require(action, site)
    return comment, site


def _is_own_or_staffs(comment: Comment, site: Site) -> bool:
    user: User | None = viewer().user
    return user is not None and (comment.author_id == user.id or may("moderate", site))
