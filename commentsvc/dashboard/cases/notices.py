"""Notices of illegal content for moderators: take up, note something, decide."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...moderation.cases import notices as given
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, go_back, refused, tell, text_of
from .pages import case_words, cases_page, kind_words

_STATES = ("received", "under_review", "decided")


@dashboard.get("/notices")
@limit("read")
@requires("moderate")
def notices() -> Response:
    """The notices on the viewer's sites, newest first, filtered by state."""
    sites, site = chosen_sites()
    state = request.args.get("state", "")
    state = state if state in _STATES else ""
    page = given.page(sites, state=state or None, after=request.args.get("after"), limit=20)
    return cases_page(
        "dashboard/notices.html",
        section="notices",
        site=site,
        rows=given.read(page.items),
        next_cursor=page.next,
        state=state,
        states=_STATES,
        outcomes=given.OUTCOMES,
        kind_of=kind_words,
    )


@dashboard.post("/notices/<receipt>/review")
@limit("moderate")
@requires("moderate")
def review_notice(receipt: str) -> Response:
    """Take a notice up, or add a note for the other moderators."""
    here = url_for("dashboard.notices")
    try:
        given.take_up(receipt, by=signed_in(), note=text_of(request.form, "note", 6000))
    except DomainError as error:
        return refused(error, here)
    tell("good", case_words("notices.done_review"))
    return go_back(here)


@dashboard.post("/notices/<receipt>/decision")
@limit("moderate")
@requires("moderate")
def decide_notice(receipt: str) -> Response:
    """Decide a notice, with the ground that both sides are notified of."""
    here = url_for("dashboard.notices")
    outcome, ground = text_of(request.form, "outcome", 12), text_of(request.form, "ground", 3000)
    try:
        given.decide_notice(receipt, outcome=outcome, ground=ground, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", case_words("notices.done_decided"))
    return go_back(here)
