"""What staff do about a whole conversation: close it, pre-moderate it, set its last day and its tags."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, request, url_for

from ...core.errors import Invalid, NotFound
from ...moderation.cases.cooling import premoderate
from ...sites.queries import by_id, policy_of
from ...threads.commands import by_public_id, set_closed
from ...threads.rules import set_closes_at, set_tags
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, mine, refused, tell, wants_json, words_of

if TYPE_CHECKING:
    from ...threads.models import Thread


@dashboard.post("/threads/<thread_id>/closed")
@limit("moderate")
@requires("close_thread")
def close_thread(thread_id: str) -> Response:
    """Close a conversation for writing."""
    return _set_closed(thread_id, True)


@dashboard.post("/threads/<thread_id>/open")
@limit("moderate")
@requires("close_thread")
def open_thread(thread_id: str) -> Response:
    """Open a closed conversation again."""
    return _set_closed(thread_id, False)


@dashboard.post("/threads/<thread_id>/premoderation")
@limit("moderate")
@requires("close_thread")
def premoderate_thread(thread_id: str) -> Response:
    """Hold every comment of a conversation for a moderator; without `on`, no longer."""
    on = "on" in request.form
    changed = premoderate(my_thread(thread_id), on, by=signed_in())
    again = url_for("dashboard.premoderate_thread", thread_id=thread_id)
    back = {"post": again, "fields": {"stay": "1"} if on else {"stay": "1", "on": "1"}}
    return _done(
        "thread_premoderated" if on else "thread_unpremoderated", back if changed else None
    )


@dashboard.post("/threads/<thread_id>/closes")
@limit("moderate")
@requires("close_thread")
def close_thread_later(thread_id: str) -> Response:
    """Close a conversation at the end of a day or, without one, when the policy says."""
    thread = my_thread(thread_id)
    before = thread.closes_at.isoformat() if thread.closes_at else None
    try:
        set_closes_at(thread, _end_of(request.form.get("closes_at", ""), thread), by=signed_in())
    except Invalid as error:
        return refused(error, url_for("dashboard.queue_page"))
    return _done("saved", _change(thread, closes_at=before))


@dashboard.post("/threads/<thread_id>/tags")
@limit("moderate")
@requires("close_thread")
def tag_thread(thread_id: str) -> Response:
    """Set a conversation's tags, which can put it into another section."""
    thread = my_thread(thread_id)
    before = list(thread.tags)
    try:
        set_tags(thread, request.form.get("tags", "").split(","), by=signed_in())
    except Invalid as error:
        return refused(error, url_for("dashboard.queue_page"))
    return _done("saved", _change(thread, tags=before))


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


def _set_closed(thread_id: str, closed: bool) -> Response:
    """What a colleague has done before is not undone with this."""
    thread = my_thread(thread_id)
    changed = set_closed(thread, closed, by=signed_in())
    done, undone = "thread_closed", "thread_opened"
    if not closed:
        done, undone = undone, done
    back = _change(thread, undone, closed=not closed)
    return _done(done, back if changed else None)


def _change(thread: Thread, what: str = "undone", **fields: Any) -> dict[str, Any]:
    """The call of the API, as our scripts know it, that sets something of a conversation back, and
    what is then said."""
    call = ["PATCH", f"/threads/{thread.public_id}", fields]
    return {"api": call, "say": words_of(f"done.{what}")}


def _done(what: str, step: dict[str, Any] | None = None) -> Response:
    """Say what was done: at once to a script whose page stays, with the step that undoes it; else
    on the next page."""
    words = words_of(f"done.{what}")
    if "stay" in request.form and wants_json():
        return jsonify(sentence=words, steps=[step] if step else [])
    tell("good", words)
    return go_back(url_for("dashboard.queue_page"))


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
