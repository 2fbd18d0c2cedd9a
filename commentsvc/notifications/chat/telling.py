"""Sends chats what is new: at once, hourly or daily, never in quiet hours; retried on failure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from ...accounts.models import User
from ...core import clock
from ...core.db import changed, db, release, unit_of_work
from ...core.jobs import enqueue, handler, periodic
from ...sites.queries import can
from . import messages, sending
from .commands import began, is_quiet, site_of
from .models import ChatChannel
from .news import arrived, gather

if TYPE_CHECKING:
    from datetime import datetime

    from .sending import Message

#: Seconds until the next try after the first, second, … failure; the last applies to all later
#: ones.
PAUSES = (60, 300, 1800, 7200, 21_600)
#: The channel is paused after this long without a success.
PATIENCE = timedelta(days=3)
#: Rows this young may not be visible yet although later ones already are.
_SETTLED = timedelta(seconds=2)
_IN_HAND = timedelta(minutes=5)  # a job that has not finished by then is enqueued again


@periodic("tell_channels", minutes=1)
def ask_for_messages() -> None:
    """Enqueue the messages that are due now."""
    moment = clock.now()
    ready = or_(ChatChannel.due_at.is_(None), ChatChannel.due_at <= moment)
    query = select(ChatChannel).where(ChatChannel.state == "active", ready)
    for channel in db.session.scalars(query.order_by(ChatChannel.id)).all():
        if _is_due(channel, moment):
            _ask(channel, moment)
    release()


def _is_due(channel: ChatChannel, moment: datetime) -> bool:
    if is_quiet(channel, moment):
        return False
    if channel.rhythm != "now" and channel.told_until >= began(channel, moment):
        return False
    return channel.rhythm != "now" or arrived(channel, moment - _SETTLED)


def _ask(channel: ChatChannel, moment: datetime) -> None:
    """Enqueue a job, unless another worker already has."""
    with unit_of_work():
        free = or_(ChatChannel.due_at.is_(None), ChatChannel.due_at <= moment)
        mine = update(ChatChannel).where(ChatChannel.id == channel.id, free)
        if changed(mine.values(due_at=moment + _IN_HAND)):
            enqueue("tell_channel", channel_id=channel.id)


@handler("tell_channel", lane="calls", by=lambda channel_id: f"chat:{channel_id}")
def tell(channel_id: int) -> None:
    """Send one chat what is new, if its owner still moderates there. Failures are retried later and
    never raise."""
    channel = db.session.get(ChatChannel, channel_id)
    if channel is None or channel.state != "active":
        return
    until = clock.now() - _SETTLED
    message = _message(channel, until)
    if message is None:
        with unit_of_work():
            channel.told_until, channel.due_at = max(until, channel.told_until), None
        return
    why = _sent(channel, message)
    with unit_of_work():
        found = db.session.get(ChatChannel, channel_id)
        if found is not None:
            _write_down(found, why, until)


def _message(channel: ChatChannel, until: datetime) -> Message | None:
    """The message; None if there is nothing new or the owner may no longer see it."""
    user, site = db.session.get_one(User, channel.user_id), site_of(channel)
    if not user.is_active or not can(user, "moderate", site):
        return None
    found = gather(channel, until, user=user)
    return messages.news(channel, site, user, found) if found else None


@handler("try_channel", lane="calls", by=lambda channel_id: f"chat:{channel_id}")
def try_out(channel_id: int) -> None:
    """Send a test message and store the result. A failure does not pause the channel."""
    channel = db.session.get(ChatChannel, channel_id)
    if channel is None:
        return
    user, site = db.session.get_one(User, channel.user_id), site_of(channel)
    if not user.is_active or not can(user, "moderate", site):
        return
    why = _sent(channel, messages.trial(site, user))
    with unit_of_work():
        found = db.session.get(ChatChannel, channel_id)
        if found is not None:
            found.why = why
            if why is None:
                _write_down(found, None, found.told_until)


def _sent(channel: ChatChannel, message: Message) -> dict[str, Any] | None:
    """Send the message; the error's key and values, or None."""
    if not channel.readable:
        return {"key": "unavailable.sealed", "values": {}}
    address = channel.address
    release()
    return sending.send(address, message)


def _write_down(channel: ChatChannel, why: dict[str, Any] | None, until: datetime) -> None:
    moment = clock.now()
    channel.why = why
    if why is None:
        channel.attempts, channel.failing_since, channel.due_at = 0, None, None
        channel.sent_at, channel.told_until = moment, max(until, channel.told_until)
        return
    channel.attempts += 1
    channel.failing_since = channel.failing_since or moment
    if moment - channel.failing_since >= PATIENCE:
        channel.state = "paused"
    pause = PAUSES[min(channel.attempts, len(PAUSES)) - 1]
    channel.due_at = moment + timedelta(seconds=pause)
