"""Webhooks of a site: which addresses are called, for which events, and the log of calls.

deliveries.py sends, events.py builds the bodies.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlalchemy import delete, func, select

from ..accounts.acts import record
from ..core import clock
from ..core.addresses import host_of
from ..core.calling import CallFailed, address_to_call, call
from ..core.db import db, release, unit_of_work
from ..core.errors import Conflict, Invalid, NotFound
from ..core.ids import new_secret
from ..core.jobs import enqueue, handler, periodic
from ..core.locale import named
from ..core.paging import Page, decode_cursor, encode_cursor
from ..core.sealing import sealer
from ..settings import settings
from ..sites.queries import by_id, require, require_hidden
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..accounts.models import User
    from ..sites.models import Site

#: The events to choose from. The first two are Facebook's, in Facebook's shape.
EVENTS = (
    "plugin_comment",
    "plugin_comment_reply",
    "comment.published",
    "comment.edited",
    "comment.held",
    "comment.rejected",
    "comment.withdrawn",
)
MOST = 20  # of one site
KEPT = timedelta(days=30)  # in the delivery log


def subscribe(
    site: Site,
    url: str,
    *,
    events: Sequence[str],
    by: User | None,
    secret: str | None = None,
    verify_token: str | None = None,
) -> Webhook:
    """Have this address called. A job first asks whether it wants to be (`verify`).

    `secret` signs the calls and `verify_token` is sent with the challenge; both are created if left
    out. `by` None is the operator. Raises `NotAllowed`, `Invalid`, `Conflict`.
    """
    _may(site, by)
    wanted, address = _events(events), address_to_call(url, private=settings().webhook_private)
    for name, given in (("secret", secret), ("verify_token", verify_token)):
        if given is not None and not 8 <= len(given) <= 120:
            raise Invalid("invalid.secret", field=name)
    with unit_of_work():
        many = db.session.scalar(select(func.count()).where(Webhook.site_id == site.id)) or 0
        if many >= MOST:
            raise Conflict("conflict.webhook_most", n=MOST)
        webhook = Webhook(
            site_id=site.id,
            url=address,
            events=wanted,
            kept_secret=sealer().seal(secret or new_secret()),
            kept_verify_token=sealer().seal(verify_token or new_secret()),
            state="new",
            created_at=clock.now(),
        )
        db.session.add(webhook)
        db.session.flush()
        enqueue("verify_webhook", webhook_id=webhook.id)
        _record("webhook_added", webhook, by)
    return webhook


def _record(kind: str, webhook: Webhook, by: User | None) -> None:
    host = host_of(webhook.url)  # the rest of an address may hold a secret
    record(kind, site_id=webhook.site_id, by=by, host=host, events=webhook.events)


def _events(names: Sequence[str]) -> list[str]:
    unknown = [each for each in names if each not in EVENTS]
    if unknown or not names:
        raise Invalid("invalid.choose_some", names=named("event", EVENTS), field="events")
    return [each for each in EVENTS if each in names]


def _may(site: Site, by: User | None) -> None:
    if by is not None:
        require(by, "manage_site", site)


def find(public_id: str, *, by: User | None) -> Webhook:
    """A webhook of a site that this person manages. Raises `NotFound`, also for other sites'
    webhooks."""
    webhook = db.session.scalar(select(Webhook).where(Webhook.public_id == public_id))
    if webhook is None:
        raise NotFound("not_found.webhook")
    if by is not None:
        require_hidden(by, "manage_site", by_id(webhook.site_id), "webhook")
    return webhook


def change(
    public_id: str, *, by: User | None, url: str | None = None, events: Sequence[str] | None = None
) -> Webhook:
    """Change the address (which is asked first) or the events. Raises like `subscribe`."""
    with unit_of_work():
        webhook = find(public_id, by=by)
        if events is not None:
            webhook.events = _events(events)
        address = webhook.url
        if url is not None:
            address = address_to_call(url, private=settings().webhook_private)
        if address != webhook.url:
            webhook.url, webhook.state, webhook.verified_at = address, "new", None
            enqueue("verify_webhook", webhook_id=webhook.id)
        _record("webhook_changed", webhook, by)
    return webhook


def pause(public_id: str, *, by: User | None) -> Webhook:
    """Stop calling it until `resume`; events in between are not sent later."""
    with unit_of_work():
        webhook = find(public_id, by=by)
        webhook.state = "paused"
        _record("webhook_paused", webhook, by)
    return webhook


def resume(public_id: str, *, by: User | None) -> Webhook:
    """Call it again, once it has answered the challenge."""
    with unit_of_work():
        webhook = find(public_id, by=by)
        webhook.state, webhook.failing_since = "new", None
        enqueue("verify_webhook", webhook_id=webhook.id)
        _record("webhook_resumed", webhook, by)
    return webhook


def remove(public_id: str, *, by: User | None) -> None:
    """Delete a webhook and its log."""
    with unit_of_work():
        webhook = find(public_id, by=by)
        _record("webhook_removed", webhook, by)
        db.session.delete(webhook)


# --- does it want to be called? -------------------------------------------------------------------


@handler("verify_webhook", lane="calls", by=lambda webhook_id: str(webhook_id))
def _verify(webhook_id: int) -> None:
    verify(webhook_id)


def verify(webhook_id: int) -> bool:
    """Ask the address whether it wants to be called, as Facebook did: it must answer with the
    challenge. Returns whether it did; the webhook is then active, else its `why` says what went
    wrong. Not inside a unit: it calls a server."""
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None or webhook.state == "active":
        return webhook is not None
    url, token = webhook.url, webhook.verify_token
    release()
    why = _challenge(url, token)
    with unit_of_work():
        found = db.session.get(Webhook, webhook_id)
        if found is None or found.url != url:
            return False
        found.why = why
        if why is None:
            found.state, found.verified_at, found.failing_since = "active", clock.now(), None
    return why is None


def _challenge(url: str, token: str) -> str | None:
    """None if the address answers correctly, else a sentence that says what is wrong."""
    challenge = str(secrets.randbelow(10**10))
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    joint = "&" if "?" in url else "?"
    try:
        answer = call(f"{url}{joint}{urlencode(asked)}", private=settings().webhook_private)
    except CallFailed as error:
        return error.detail[:300]
    if answer.status != 200:
        return f"The verification request returned {answer.status} instead of 200."
    if not hmac.compare_digest(answer.body.strip(), challenge.encode()):
        return "The response did not contain the challenge (hub.challenge)."
    return None


# --- reading --------------------------------------------------------------------------------------


def webhooks_of(site: Site) -> Sequence[Webhook]:
    """The site's webhooks, oldest first."""
    query = select(Webhook).where(Webhook.site_id == site.id).order_by(Webhook.id)
    return db.session.scalars(query).all()


def deliveries_of(webhook: Webhook, *, after: str | None = None, limit: int = 50) -> Page[Delivery]:
    """The webhook's deliveries, newest first."""
    query = select(Delivery).where(Delivery.webhook_id == webhook.id)
    if after:
        query = query.where(Delivery.id < decode_cursor(after, int)[0])
    rows = db.session.scalars(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    cursor = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(list(rows[:limit]), cursor)


@periodic("forget_deliveries", minutes=1440)
def forget_deliveries() -> None:
    """Delete deliveries after a month, enough to investigate failures."""
    with unit_of_work():
        db.session.execute(delete(Delivery).where(Delivery.created_at < clock.now() - KEPT))
