"""The log of decisions as a page."""

from __future__ import annotations

from flask import Response, request

from ...moderation.desk import log as decisions
from ...moderation.judging.reasons import PEOPLE, REASONS, title
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, language, mine, staff_page, words_of


@dashboard.get("/log")
@limit("read")
@requires("moderate")
def log() -> Response:
    """Who decided what, newest first, filtered by who, what and why."""
    sites, site = chosen_sites()
    filters = decisions.LogFilters(
        by=request.args.get("by", ""),
        action=request.args.get("action", ""),
        reason=request.args.get("reason", ""),
    )
    locale = language()
    codes = [each.code for each in PEOPLE] + [c for c in REASONS if REASONS[c].automated]
    return staff_page(
        "dashboard/log.html",
        section="log",
        site=site,
        page=decisions.entries(sites, filters, after=request.args.get("after")),
        filters=filters,
        by_options=_people(),
        actions=[(each, words_of(f"action.{each}")) for each in decisions.ACTIONS],
        reasons=[(code, title(code, locale)) for code in codes],
        reason_title=lambda code: title(code, locale),
    )


def _people() -> list[tuple[str, str]]:
    me = signed_in()
    fixed = [("people", words_of("log.by_people")), ("rules", words_of("log.by_rules"))]
    others = [each for each in decisions.moderators(mine("moderate")) if each.id != me.id]
    return [
        (me.public_id, words_of("log.by_me")),
        *fixed,
        *((each.public_id, each.name) for each in others),
    ]
