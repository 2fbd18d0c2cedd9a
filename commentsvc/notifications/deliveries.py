"""Calls webhooks: signed, retried for two days with growing pauses, and logged."""

from __future__ import annotations

import hmac
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from ..core import clock
from ..core.calling import Answer, CallFailed, call
from ..core.db import db, release, unit_of_work
from ..core.errors import Conflict, NotFound
from ..core.jobs import enqueue, handler
from ..core.signing import standard
from ..settings import settings
from ..sites.queries import by_id, require_hidden
from ..threads.models import Comment
from .events import body
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from ..accounts.models import User

#: Seconds until the next try after the first, second, … failure.
PAUSES = (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)
#: The webhook is paused after this long without a success.
PATIENCE = timedelta(days=3)
_GONE = 410


def signature(secret: str, sent: bytes, algorithm: str = "sha256") -> str:
    """The value of X-Hub-Signature-256 (or, with sha1, of the older X-Hub-Signature)."""
    return f"{algorithm}={hmac.new(secret.encode(), sent, algorithm).hexdigest()}"


def _by_webhook(delivery_id: int) -> str:
    """The webhook's ID, so that one that hangs occupies one thread and not the others'."""
    found = select(Delivery.webhook_id).where(Delivery.id == delivery_id)
    return str(db.session.scalar(found))


@handler("call_webhook", lane="calls", by=_by_webhook)
def deliver(delivery_id: int) -> None:
    """Send one event, if it is still true. Failures are retried later and never raise."""
    asked = _prepared(delivery_id)
    if asked is None:
        return
    url, secret, event, name, sent = asked
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"commentsvc/{version('commentsvc')} (+{settings().public_url})",
        "X-Hub-Signature-256": signature(secret, sent),
        "X-Hub-Signature": signature(secret, sent, "sha1"),
        "X-Commentsvc-Event": event,
        "X-Commentsvc-Delivery": name,
        **standard.headers(secret, name=name, at=clock.now(), sent=sent),
    }
    private = settings().webhook_private
    answer: Answer | None = None
    why = None
    try:
        answer = call(url, method="POST", body=sent, headers=headers, private=private)
        if not 200 <= answer.status < 300:
            why = f"The address returned {answer.status}."
    except CallFailed as error:
        why = error.detail[:300]
    _write_down(delivery_id, answer, why)


def _prepared(delivery_id: int) -> tuple[str, str, str, str, bytes] | None:
    """Address, secret, event, the delivery's id and the body; None if there is nothing to send."""
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.state != "waiting":
        release()
        return None
    webhook = db.session.get_one(Webhook, delivery.webhook_id)
    comment = db.session.get(Comment, delivery.comment_id) if delivery.comment_id else None
    said = body(delivery.event, comment) if comment is not None else None
    why = None
    if said is None:
        why = "The comment has since changed, so there is nothing to send."
    elif webhook.state != "active" or delivery.event not in webhook.events:
        why = "The webhook is paused or no longer includes this event."
    if said is None or why is not None:
        with unit_of_work():
            found = db.session.get_one(Delivery, delivery_id)
            found.state, found.why, found.done_at = "dropped", why, clock.now()
            found.next_at = None
        return None
    asked = (webhook.url, webhook.secret, delivery.event, delivery.public_id, orjson.dumps(said))
    release()
    return asked


def _write_down(delivery_id: int, answer: Answer | None, why: str | None) -> None:
    with unit_of_work():
        delivery = db.session.get(Delivery, delivery_id)
        if delivery is None:
            return  # the webhook was removed meanwhile
        webhook = db.session.get_one(Webhook, delivery.webhook_id)
        moment = clock.now()
        delivery.attempts += 1
        delivery.status = answer.status if answer else None
        delivery.took_ms = answer.took_ms if answer else None
        delivery.why = why
        if why is None:
            delivery.state, delivery.done_at, delivery.next_at = "delivered", moment, None
            webhook.failing_since, webhook.why = None, None
            return
        webhook.failing_since = webhook.failing_since or moment
        webhook.why = why
        gone = answer is not None and answer.status == _GONE
        if not gone and delivery.attempts <= len(PAUSES):
            pause = PAUSES[delivery.attempts - 1]
            delivery.next_at = moment + timedelta(seconds=pause)
            enqueue("call_webhook", delay=pause, delivery_id=delivery.id)
            return
        delivery.state, delivery.done_at, delivery.next_at = "failed", moment, None
        if gone or moment - webhook.failing_since >= PATIENCE:
            webhook.state = "paused"


def redeliver(public_id: str, *, by: User | None) -> Delivery:
    """Send a failed, dropped or finished delivery again. Raises `NotFound`, `Conflict`."""
    with unit_of_work():
        delivery = db.session.scalar(select(Delivery).where(Delivery.public_id == public_id))
        if delivery is None:
            raise NotFound("not_found.delivery")
        webhook = db.session.get_one(Webhook, delivery.webhook_id)
        if by is not None:
            require_hidden(by, "manage_site", by_id(webhook.site_id), "delivery")
        if webhook.state != "active":
            raise Conflict("conflict.webhook_paused")
        if delivery.state == "waiting":
            raise Conflict("conflict.on_its_way")
        delivery.state, delivery.attempts, delivery.done_at = "waiting", 0, None
        delivery.next_at = clock.now()
        enqueue("call_webhook", delivery_id=delivery.id)
    return delivery
