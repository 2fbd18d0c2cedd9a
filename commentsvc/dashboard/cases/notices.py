"""Notices of illegal content, as moderators see them: take one up, note something, decide it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for

from ...accounts.models import User
from ...core.db import db
from ...core.errors import DomainError
from ...moderation.cases import notices as given
from ...moderation.cases.models import Notice
from ...sites.queries import by_id
from ...threads import text as texts
from ...threads.models import Comment, Revision
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, go_back, refused, tell, text_of
from .pages import case_words, cases_page

_STATES = ("received", "under_review", "decided")


@dataclass(frozen=True)
class Row:
    """A notice with the text it is about, as it was then, and where that comment is now."""

    notice: Notice
    site_name: str
    comment: Comment
    text: str
    reviewer: str | None


@dashboard.get("/notices")
@limit("read")
@requires("moderate")
def notices() -> Response:
    """The notices of one's sites, the newest first; by state."""
    sites, site = chosen_sites()
    state = request.args.get("state", "")
    state = state if state in _STATES else ""
    page = given.page(sites, state=state or None, after=request.args.get("after"), limit=20)
    return cases_page(
        "dashboard/notices.html",
        section="notices",
        site=site,
        rows=[_row(each) for each in page.items],
        next_cursor=page.next,
        state=state,
        states=_STATES,
        outcomes=given.OUTCOMES,
    )


@dashboard.post("/notices/<receipt>/review")
@limit("moderate")
@requires("moderate")
def review_notice(receipt: str) -> Response:
    """Take a notice up, or note something about it for the other moderators."""
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
    """Decide a notice, with the ground that both sides are told."""
    here = url_for("dashboard.notices")
    outcome, ground = text_of(request.form, "outcome", 12), text_of(request.form, "ground", 3000)
    try:
        given.decide_notice(receipt, outcome=outcome, ground=ground, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", case_words("notices.done_decided"))
    return go_back(here)


def _row(notice: Notice) -> Row:
    revision = db.session.get(Revision, notice.revision_id)
    reviewer = db.session.get(User, notice.reviewer_id) if notice.reviewer_id else None
    return Row(
        notice=notice,
        site_name=by_id(notice.site_id).name,
        comment=db.session.get_one(Comment, notice.comment_id),
        text=texts.excerpt(revision.text, 1000) if revision else "",
        reviewer=reviewer.name if reviewer else None,
    )
