"""News for a reader: their notifications, and the conversations they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from ..notifications import guests, queries
from ..notifications.following import commands as following
from ..sites.queries import by_id, by_key, policy_of
from ..threads.commands import by_public_id
from ..web.auth import acting, require, signed_in
from ..web.limits import count_email
from . import shapes
from .operation import operation
from .schemas import own, requests

if TYPE_CHECKING:
    from ..threads.models import Thread

news = Blueprint("api_news", __name__)


@operation(
    news,
    "GET",
    "/notifications",
    limit="read",
    needs="somebody",
    query=requests.NotificationsQuery,
    answers={200: own.Notifications},
    problems=(403, 404),
)
def list_notifications(query: dict[str, Any]) -> dict[str, Any]:
    """List what you were notified of on a site, newest first.

    All likes of one comment form one notification, and so do new comments in a conversation that you
    follow. `count` says how many there are. Reading the list does not mark anything as read.
    """
    site = by_key(query["site"])
    require("read", site)
    user = signed_in()
    found = queries.notifications_for(user, site, after=query.get("after"), limit=query["limit"])
    unread = queries.unread_count(user, site)
    return {"items": found.items, "unread": unread, "next": found.next}


@operation(
    news,
    "POST",
    "/notifications/read",
    limit="like",
    needs="somebody",
    body=requests.ReadUpTo,
    answers={204: None},
    problems=(403,),
)
def read_notifications(body: dict[str, Any]) -> None:
    """Mark notifications as read, up to one that you have seen. You can safely repeat this."""
    queries.mark_read(acting(), up_to=body["up_to"])


@operation(
    news,
    "PUT",
    "/threads/<id:thread_id>/follow",
    limit="like",
    needs="somebody",
    body=requests.FollowIn,
    answers={204: None},
    problems=(403, 404),
)
def follow_thread(thread_id: str, body: dict[str, Any]) -> None:
    """Follow a conversation.

    `rhythm` says how often new comments are emailed to you: `now`, `daily`, `weekly` or `never`. They
    are always among your notifications. Repeating this changes the rhythm.
    """
    following.follow(acting(), _thread(thread_id), body["rhythm"])


@operation(
    news,
    "DELETE",
    "/threads/<id:thread_id>/follow",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403, 404),
)
def unfollow_thread(thread_id: str) -> None:
    """Stop following a conversation. If you do not follow it, nothing happens."""
    following.unfollow(acting(), _thread(thread_id).id)


@operation(
    news,
    "PUT",
    "/me/replies-email",
    limit="email_network",
    needs="somebody",
    body=requests.RepliesEmailIn,
    answers={200: own.RepliesEmail},
    problems=(403, 404),
)
def ask_for_replies(body: dict[str, Any]) -> dict[str, Any]:
    """Ask for emails about replies, as a guest.

    The address gets a link to confirm the request. It is never shown to other readers, and is
    deleted if nobody confirms it within two days.
    """
    site = by_key(body["site"])
    require("read", site)
    user = acting()
    count_email(body["email"])
    state = guests.ask(
        user, body["email"], site=site, locale=shapes.language(body, policy_of(site))
    )
    return {"replies_email": state}


@operation(
    news,
    "DELETE",
    "/me/replies-email",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403,),
)
def forget_replies_email() -> None:
    """Stop the emails about replies, and delete the address. You can safely repeat this."""
    guests.forget(acting())


def _thread(thread_id: str) -> Thread:
    row = by_public_id(thread_id)
    require("read", by_id(row.site_id))
    return row
