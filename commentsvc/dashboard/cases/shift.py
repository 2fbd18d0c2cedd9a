"""The shift page: what was decided, what waits, and notes for the next moderators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Response, request, url_for
from markupsafe import Markup

from ...core import clock
from ...core.errors import DomainError, Invalid
from ...moderation.sharing import handover, shift
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.words import desk_words
from ..page import (
    chosen_sites,
    go_back,
    language,
    mine,
    my_site,
    refused,
    staff_page,
    tell,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

_FORM = "%Y-%m-%dT%H:%M"  # as browsers send it


@dashboard.get("/shift")
@limit("read")
@requires("moderate")
def shift_page() -> Response:
    """Activity since the viewer's shift began, or since the time in the address."""
    sites, site = chosen_sites()
    wrong = None
    try:
        found = shift.of_sites(sites, _since(sites))
    except Invalid as error:
        wrong, found = error, shift.of_sites(sites, shift.begun(signed_in(), sites))
    return staff_page(
        "dashboard/shift.html",
        status=422 if wrong else 200,
        section="queue",
        site=site,
        shift=found,
        since=found.since.strftime(_FORM),
        earliest=(clock.now() - shift.LONGEST).strftime(_FORM),
        wrong=wrong.say(language()) if wrong else "",
        notes=[(each, Markup(each.html)) for each in handover.open_on(sites)],  # texts.html: safe
        names={each.id: each.name for each in mine("moderate")},
        longest=handover.LONGEST,
    )


@dashboard.post("/shift/notes")
@limit("manage")
@requires("moderate")
def leave_note() -> Response:
    """Leave a note for the next moderators."""
    site = my_site(text_of(request.form, "site", 40), "moderate")
    here = url_for("dashboard.shift_page", site=site.key)
    try:
        handover.leave(site, request.form.get("text", ""), by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", desk_words("shift.left"))
    return go_back(here)


@dashboard.post("/shift/notes/<note_id>/close")
@limit("manage")
@requires("moderate")
def close_note(note_id: str) -> Response:
    """Close a note, which hides it from everybody."""
    here = url_for("dashboard.shift_page")
    try:
        handover.close(note_id, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", desk_words("shift.closed"))
    return go_back(here)


def _since(sites: Sequence[Site]) -> datetime:
    """The time in the address, else when the viewer's shift began. Raises `Invalid`."""
    given = request.args.get("since", "")
    if not given:
        return shift.begun(signed_in(), sites)
    try:
        return datetime.strptime(given, _FORM).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("invalid.shift_since", field="since") from None
