"""Decide about many comments: the preview, the progress, and undoing all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, jsonify, request, url_for

from ...core import clock
from ...core.errors import DomainError
from ...moderation.cases import bulk
from ...moderation.cases.hits import hits
from ...moderation.cases.sweeping import call_back
from ...moderation.desk.log import versions
from ...moderation.judging.reasons import title
from ...moderation.sharing.worded import language_among
from ...moderation.waves.folding import unfolded
from ...sites.queries import by_id
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..cases.canned import canned_in
from ..page import (
    chosen_sites,
    go,
    go_back,
    language,
    local_address,
    mine,
    refused,
    staff_page,
    tell,
    text_of,
    wants_json,
    words_of,
)
from . import filters
from .queue import MOST_SHOWN, SEEN

if TYPE_CHECKING:
    from ...moderation.cases.models import Bulk

_WAITING = ("waiting", "running", "undoing")
_UNDOABLE = ("waiting", "running", "done")
_REFRESH_SECONDS = 2
_OFFERED = 60  # seconds after its end for which other pages offer to undo a bulk


@dashboard.post("/bulk")
@limit("moderate")
@requires("moderate")
def bulk_make() -> Response:
    """Store what the form chose, the ticked cards or all that match the filter, and show it."""
    form = request.form
    ticked, action = None, text_of(form, "action")
    if text_of(form, "scope") != "all":
        found = [SEEN.fullmatch(each) for each in form.getlist("ticked")[: bulk.MOST]]
        ticked = {each[1]: int(each[2]) for each in found if each}
    try:
        sites, _ = chosen_sites()
        if ticked and form.get("folded"):
            ticked = unfolded(ticked, [site.id for site in sites], bulk.MOST)
        chosen = filters.chosen({**filters.given(), **filters.beside(form)})
        made = bulk.preview(
            sites,
            action=action,
            reason=text_of(form, "reason") or None,
            ban=action == "reject" and "ban" in form,  # hidden beside another action
            canned=canned_in(form),
            by=signed_in(),
            ticked=ticked,
            queue=request.args.get("queue", "pending"),
            filters=replace(chosen, together=True) if "beside" in form else chosen,
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.queue_page"))
    if ticked and (left := len(ticked) - made.total):
        tell("warn", words_of("bulk.left_out", count=left))
    came_from = _queue(form.get("back"))
    return go("dashboard.bulk_page", bulk_id=made.public_id, came_from=came_from)


def _queue(address: str | None) -> str | None:
    """The address, if it is one of the queue: its tab, search and order."""
    found = local_address(address, "")
    return found if urlsplit(found).path == url_for("dashboard.queue_page") else None


def _came_from() -> str | None:
    """The queue that the bulk was chosen in, which its pages and forms carry."""
    return _queue(request.values.get("came_from"))


@dashboard.get("/bulk/<bulk_id>")
@limit("read")
@requires("moderate")
def bulk_page(bulk_id: str) -> Response:
    """The preview; once started, the progress. The page reloads itself while it runs."""
    found = bulk.find(bulk_id, mine("moderate"))
    at_work = found.state in _WAITING
    if wants_json():
        return _became(found)
    answer = staff_page(
        "dashboard/bulk.html",
        section="queue",
        switch=False,
        bulk=found,
        came_from=_came_from(),
        hits=hits(found) if found.state == "preview" else None,
        at_work=at_work,
        own=found.by_id == signed_in().id,
        reason=title(found.reason, language()) if found.reason else None,
        message=_message(found),
        undo_seconds=_undo_seconds(found),
        sentence=_sentence(found) if found.state != "preview" else "",
    )
    if at_work:
        answer.headers["Refresh"] = str(_REFRESH_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _became(found: Bulk) -> Response:
    """What has become of undoing it, for a script: where to ask again (`wait`) while it lasts."""
    if found.state in _WAITING:
        wait = url_for("dashboard.bulk_page", bulk_id=found.public_id)
        return jsonify(sentence=_of_undo(found), wait=wait)
    ids = [each for each, _ in found.targets]
    now = versions(ids[:MOST_SHOWN], mine("moderate"))
    return jsonify(sentence=_of_undo(found), ids=ids, versions=now)


def _of_undo(found: Bulk) -> str:
    return words_of("done.undone" if found.state == "undone" else "bulk.state_undoing")


def _undo_seconds(found: Bulk) -> int:
    """For how long other pages still offer to undo it."""
    ended = found.finished_at if found.state == "done" else None
    past = (clock.now() - ended).total_seconds() if ended else 0
    return max(0, round(_OFFERED - past)) if found.state in _UNDOABLE else 0


def _message(found: Bulk) -> str | None:
    """The message to the authors in the viewer's language, without anybody's name in it."""
    if not found.message:
        return None
    return found.message[language_among(found.message, language(), by_id(found.site_ids[0]))]


@dashboard.post("/bulk/<bulk_id>/start")
@limit("moderate")
@requires("moderate")
def bulk_start(bulk_id: str) -> Response:
    """Decide: a short bulk at once, and back to the queue; a long one by a job, on its own page."""
    found = bulk.find(bulk_id, mine("moderate"))
    came_from = _came_from()
    here = url_for("dashboard.bulk_page", bulk_id=bulk_id, came_from=came_from)
    try:
        bulk.carry_out(found, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    is_done = found.state == "done"
    sentence, seconds = _sentence(found), _undo_seconds(found)
    if wants_json():
        left = {} if is_done else {"location": here}
        return jsonify(sentence=sentence, undo_seconds=seconds, **left)
    if not is_done:
        return go_back(here)
    again = url_for("dashboard.bulk_undo", bulk_id=bulk_id)
    tell("good", sentence, undo=again, seconds=seconds)
    return go_back(came_from or url_for("dashboard.queue_page"))


def _sentence(found: Bulk) -> str:
    """What it does or has done, in words."""
    count = found.total - found.skipped
    many = words_of(f"bulk.{found.action}_many", count=count) if count else words_of("bulk.heading")
    skipped = words_of("bulk.skipped", count=found.skipped) if found.skipped else ""
    return " · ".join(filter(None, (many, words_of(f"bulk.state_{found.state}"), skipped)))


@dashboard.post("/bulk/<bulk_id>/undo")
@limit("moderate")
@requires("moderate")
def bulk_undo(bulk_id: str) -> Response:
    """Undo all of it, or stop it and undo what it has done; from a message, stay on the page that
    shows that."""
    found = bulk.find(bulk_id, mine("moderate"))
    here = url_for("dashboard.bulk_page", bulk_id=bulk_id, came_from=_came_from())
    try:
        call_back(found, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    words = _of_undo(found)
    if wants_json():
        return _became(found)
    if "back" in request.form:
        tell("good", words)
    return go_back(here)
