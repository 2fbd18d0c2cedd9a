"""The log as a page and as a file: decisions on comments, and other acts of staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Response, request, stream_with_context

from ...accounts.acts import BY_ITSELF, GROUPS
from ...core import clock
from ...core.errors import Invalid
from ...core.shown import one_line
from ...exchange.formats.spreadsheet import line
from ...moderation.desk import log as decisions
from ...moderation.judging.reasons import PEOPLE, REASONS, title
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..cases.reasons import options_of
from ..page import chosen_sites, language, mine, staff_page, words_of
from ..site.roles import end_of
from . import acts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...accounts.models import User
    from ...sites.models import Site

COLUMNS = (
    "at", "by", "automated", "what", "undone", "comment", "person", "conversation", "text", "reason",
    "note", "message", "details", "site",
)  # fmt: skip
_AT_ONCE = 500  # rows of the file per query


@dashboard.get("/log")
@limit("read")
@requires("moderate")
def log() -> Response:
    """Who did what, newest first, filtered by who, what, why and when."""
    sites, site = chosen_sites()
    filters, wrong = _filters()
    locale = language()
    codes = [each.code for each in PEOPLE] + [c for c in REASONS if REASONS[c].automated]
    return staff_page(
        "dashboard/log.html",
        section="log",
        site=site,
        page=decisions.entries(sites, filters, viewer=signed_in(), after=request.args.get("after")),
        filters=filters,
        filtered=filters != decisions.LogFilters(),
        wrong=wrong,
        by_options=_people(),
        groups=_options(),
        reasons=[(code, title(code, locale)) for code in codes] + options_of(sites, locale),
        reason_title=lambda code: title(code, locale),
        details=acts.details,
        by_itself=BY_ITSELF,
        status=422 if wrong else 200,
    )


@dashboard.get("/log.csv")
@limit("read")
@requires("moderate")
def log_file() -> Response:
    """The whole log as a CSV file, with cells that no spreadsheet evaluates."""
    sites, site = chosen_sites()
    filters, wrong = _filters()
    if wrong is not None:
        raise wrong
    rows = stream_with_context(_rows(sites, filters, signed_in()))
    answer = Response(rows, content_type="text/csv; charset=utf-8")
    name = f"{site.key if site else 'commentsvc'}-log-{clock.now():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _filters() -> tuple[decisions.LogFilters, Invalid | None]:
    """The filters in the address, and the error in its dates, if any."""
    given, wrong = request.args, None
    since = until = None
    try:
        since, until = end_of(given.get("since", "")), end_of(given.get("until", ""))
        if since and until and since > until:
            raise Invalid("invalid.days_turned", field="until")
    except Invalid as error:
        wrong = error
    return decisions.LogFilters(
        by=given.get("by", ""),
        action=given.get("action", ""),
        reason=given.get("reason", ""),
        since=since - timedelta(days=1) if since else None,  # the whole day, not its end
        until=until,
    ), wrong


def _options() -> list[tuple[str, list[tuple[str, str]]]]:
    """The filter's options: all decisions, each kind of them, each group of acts, each kind."""
    each = [(name, words_of(f"action.{name}")) for name in decisions.ACTIONS]
    return [
        (words_of("log.group.decisions"), [("decisions", words_of("filter.any")), *each]),
        (words_of("log.others"), [(name, words_of(f"log.group.{name}")) for name in GROUPS]),
        *(
            (words_of(f"log.group.{name}"), list(map(_kind, kinds)))
            for name, kinds in GROUPS.items()
        ),
    ]


def _kind(kind: str) -> tuple[str, str]:
    return f"{decisions.DID}{kind}", words_of(f"did.{kind}")


def _people() -> list[tuple[str, str]]:
    me = signed_in()
    fixed = [("people", words_of("log.by_people")), ("rules", words_of("log.by_rules"))]
    others = [each for each in decisions.moderators(mine("moderate")) if each.id != me.id]
    return [
        (me.public_id, words_of("log.by_me")),
        *fixed,
        *((each.public_id, each.name) for each in others),
    ]


def _rows(sites: Sequence[Site], filters: decisions.LogFilters, viewer: User) -> Iterator[str]:
    yield "\ufeff" + line(COLUMNS)
    after: str | None = None
    while True:
        page = decisions.entries(sites, filters, viewer=viewer, after=after, limit=_AT_ONCE)
        yield "".join(line(_cells(each)) for each in page.items)
        after = page.next
        if after is None:
            return


def _cells(row: decisions.Entry | acts.Act) -> tuple[str, ...]:
    at = row.at.isoformat()
    if isinstance(row, acts.Act):
        reason, details = acts.reason(row), one_line("; ".join(acts.details(row)))
        subject = ("", row.about_name or "", row.thread_href or "", "", reason or "")
        automated = "yes" if row.kind in BY_ITSELF else ""
        return (
            at,
            row.by_name or "",
            automated,
            row.kind,
            "yes" if row.undone else "",
            *subject,
            "",
            "",
            details,
            row.site_key,
        )
    automated = "yes" if row.by_name is None else ""
    undone = "yes" if row.undone else ""
    subject = (row.comment_id, row.author_name, row.thread_title, row.excerpt, row.reason or "")
    said = (row.note or "", row.message or "", row.rule or "")
    return (at, row.by_name or "", automated, row.action, undone, *subject, *said, row.site_key)
