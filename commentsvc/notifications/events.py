"""Webhook events about comments: which event it is, and the body, built when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..accounts.models import User
from ..core import clock
from ..core.db import db
from ..core.jobs import enqueue
from ..sites.queries import by_id
from ..threads import text as texts
from ..threads.commands import revision_of, thread_of
from ..threads.models import Comment, Revision, Thread
from ..threads.views import permalink
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from datetime import datetime

    from ..moderation.models import Decision
    from ..sites.models import Site

#: The status that a comment must still have when the event is sent; otherwise it is dropped.
STATUS = {
    "plugin_comment": "published",
    "plugin_comment_reply": "published",
    "comment.published": "published",
    "comment.edited": "published",
    "comment.held": "pending",
    "comment.rejected": "rejected",
    "comment.withdrawn": "withdrawn",
}
_BY_STATUS = {
    "published": "comment.published",
    "pending": "comment.held",
    "rejected": "comment.rejected",
    "withdrawn": "comment.withdrawn",
}
_GRAPH_TIME = "%Y-%m-%dT%H:%M:%S+0000"


# --- which event it is ----------------------------------------------------------------------------


def announce_text(comment: Comment, revision_id: int | None) -> None:
    """Announce a new or edited comment. Inside a unit; once, however often it is called."""
    revision = db.session.get(Revision, revision_id) if revision_id else None
    if revision is None or revision.id != comment.revision_id:
        return  # the later revision announces itself
    name = _BY_STATUS[comment.status]
    if revision.number > 1 and comment.status == "published":
        name = "comment.edited"
    _announce(comment, name, f"r{revision.id}")


def announce_decision(comment: Comment, decision: Decision) -> None:
    """Announce a decision that changed the status. Inside a unit; once, however often it is
    called."""
    changed = decision.status_before != decision.status_after
    if changed and comment.status == decision.status_after:
        _announce(comment, _BY_STATUS[comment.status], f"d{decision.id}")


def announce_withdrawal(comment: Comment) -> None:
    """Announce that the author withdrew the comment. Inside a unit; once, however often it is
    called."""
    if comment.status == "withdrawn":
        _announce(comment, "comment.withdrawn", "w")


def _announce(comment: Comment, name: str, occasion: str) -> None:
    webhooks = db.session.scalars(
        select(Webhook).where(Webhook.site_id == comment.site_id, Webhook.state == "active")
    ).all()
    if not webhooks:
        return
    told = [(name, occasion)]
    if comment.status == "published":
        # Facebook announced a comment once, when it was published
        told.append(("plugin_comment_reply" if comment.parent_id else "plugin_comment", "once"))
    for webhook in webhooks:
        for event, when in told:
            if event in webhook.events:
                _prepare(webhook, event, comment, f"{webhook.id}:{event}:{comment.id}:{when}")


def _prepare(webhook: Webhook, event: str, comment: Comment, key: str) -> None:
    if db.session.scalar(select(Delivery.id).where(Delivery.key == key)):
        return
    delivery = Delivery(
        webhook_id=webhook.id,
        key=key,
        event=event,
        comment_id=comment.id,
        state="waiting",
        attempts=0,
        created_at=clock.now(),
        next_at=clock.now(),
    )
    db.session.add(delivery)
    db.session.flush()
    enqueue("call_webhook", delivery_id=delivery.id)


# --- bodies ---------------------------------------------------------------------------------------


def body(event: str, comment: Comment) -> dict[str, Any] | None:
    """The body of this event now; None if it is no longer true (for example, if the author withdrew
    it).

    Facebook's two events have Facebook's shape; ours use the same envelope.
    """
    if comment.status != STATUS[event]:
        return None
    site, thread = by_id(comment.site_id), thread_of(comment)
    if event.startswith("plugin_"):
        entry_id = next(iter(site.facebook_app_ids), site.key)
        value = _facebook(comment, thread)
        if comment.parent_id is not None:
            parent = db.session.get_one(Comment, comment.parent_id)
            value["parent"] = _facebook(parent, thread)
        return _envelope("application", entry_id, event, value)
    return _envelope("commentsvc", site.key, event, _own(site, thread, comment))


def _envelope(what: str, entry_id: str, event: str, value: dict[str, Any]) -> dict[str, Any]:
    moment = int(clock.now().timestamp())
    change = {"field": event, "value": value}
    return {"object": what, "entry": [{"id": entry_id, "time": moment, "changes": [change]}]}


def _facebook(comment: Comment, thread: Thread) -> dict[str, Any]:
    """A comment as Facebook's webhooks sent it; only IDs and time for one that is not public."""
    public = comment.status == "published"
    author = db.session.get_one(User, comment.author_id) if public else None
    named = author is not None and author.erased_at is None
    return {
        "created_time": comment.created_at.strftime(_GRAPH_TIME),
        "message": texts.plain(revision_of(comment).text) if public else "",
        "from": {
            "name": author.name if author and named else "",
            "id": author.public_id if author and named else "0",
        },
        "id": f"{thread.public_id}_{comment.public_id}",
    }


def _own(site: Site, thread: Thread, comment: Comment) -> dict[str, Any]:
    author = db.session.get_one(User, comment.author_id)
    parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    said: dict[str, Any] = {
        "site": site.key,
        "thread": {"id": thread.public_id, "href": thread.href, "title": thread.title},
        "id": comment.public_id,
        "parent_id": parent.public_id if parent else None,
        "status": comment.status,
        "created_at": _time(comment.created_at),
        "edited_at": _time(comment.edited_at),
        "permalink": permalink(thread.href, comment.public_id),
        "source": comment.source,
        "parent_source": parent.source if parent else None,
    }
    if comment.status != "withdrawn":
        said["text"] = revision_of(comment).text
        said["html"] = texts.html(said["text"])
        said["author"] = {"id": author.public_id, "name": author.name, "kind": author.kind}
    return said


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
