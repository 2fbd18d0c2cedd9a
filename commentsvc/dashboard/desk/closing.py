"""What is set by hand for one conversation: the day on which it closes, and its tags."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Response, request, url_for

from ...core.errors import Invalid, NotFound
from ...sites.queries import by_id, policy_of
from ...threads.commands import by_public_id
from ...threads.rules import set_closes_at, set_tags
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, mine, refused, tell, words_of

if TYPE_CHECKING:
    from ...threads.models import Thread


@dashboard.post("/threads/<thread_id>/closes")
@limit("moderate")
@requires("close_thread")
def close_thread_later(thread_id: str) -> Response:
    """Close a conversation at the end of a day or, without one, when the policy says."""
    thread = my_thread(thread_id)
    try:
        set_closes_at(thread, _end_of(request.form.get("closes_at", ""), thread), by=signed_in())
    except Invalid as error:
        return refused(error, url_for("dashboard.queue_page"))
    tell("good", words_of("done.saved"))
    return go_back(url_for("dashboard.queue_page"))


@dashboard.post("/threads/<thread_id>/tags")
@limit("moderate")
@requires("close_thread")
def tag_thread(thread_id: str) -> Response:
    """Set a conversation's tags, which can put it into another section."""
    thread = my_thread(thread_id)
    try:
        set_tags(thread, request.form.get("tags", "").split(","), by=signed_in())
    except Invalid as error:
        return refused(error, url_for("dashboard.queue_page"))
    tell("good", words_of("done.saved"))
    return go_back(url_for("dashboard.queue_page"))


def last_day(thread: Thread) -> str:
    """The last day for comments there, for the form; "" if none is set."""
    if thread.closes_at is None:
        return ""
    return (thread.closes_at - timedelta(seconds=1)).astimezone(_zone(thread)).date().isoformat()


def my_thread(thread_id: str) -> Thread:
    """The conversation, if the viewer may close it. Raises `NotFound` otherwise."""
    thread = by_public_id(thread_id)
    if thread.site_id not in [each.id for each in mine("close_thread")]:
        raise NotFound("not_found.thread")
    return thread


def _end_of(day: str, thread: Thread) -> datetime | None:
    """The end of a day in the site's time zone. Raises `Invalid`."""
    if not day.strip():
        return None
    try:
        after = date.fromisoformat(day.strip()) + timedelta(days=1)
        return datetime.combine(after, time(), _zone(thread)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("invalid.date", field="closes_at") from None


def _zone(thread: Thread) -> ZoneInfo:
    return ZoneInfo(policy_of(by_id(thread.site_id), thread.address, thread.tags).hours_zone)
