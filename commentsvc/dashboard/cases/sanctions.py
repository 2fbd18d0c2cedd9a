"""Measures about a person, from that person's page: warn, suspend, ban, read first, trust, lift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...accounts.commands import names_of
from ...core import clock
from ...core.errors import DomainError, Invalid
from ...moderation.cases import sanctions
from ...moderation.cases.sweeping import sanction_and_reject
from ...moderation.desk import people as records
from ...moderation.judging.reasons import title
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, language, lasting, mine, my_site, refused, tell, text_of
from ..site.roles import end_of
from .pages import case_words

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
    from ...moderation.cases.models import Bulk
    from ...sites.models import Site


DAYS = ("1", "7", "30")  # of a suspension, one press each


@dataclass(frozen=True)
class Measure:
    """One row of a person's history."""

    site_id: int
    kind: str
    at: datetime
    until: datetime | None
    by: str | None
    reason: str | None
    message: str | None
    note: str | None
    unread: bool


@dashboard.post("/people/<person_id>/measures")
@limit("manage")
@requires("sanction")
def take_measure(person_id: str) -> Response:
    """Do something about a person on one site; they are told, with the reason and the message."""
    form = request.form
    site = my_site(text_of(form, "site"), "sanction")
    found = records.one(person_id, mine("see_people"))
    me = signed_in()
    here = url_for("dashboard.person", person_id=person_id, site=site.key)
    everything, waiting = ("reject_existing" in form), ("reject_waiting" in form)
    bulk = None
    try:
        kind, until = _term()
        said: dict[str, Any] = {
            "by": me,
            "reason": text_of(form, "reason", 40) or None,
            "message": text_of(form, "message") or None,
            "note": text_of(form, "note") or None,
            "until": until,
        }
        if waiting and not everything and kind in sanctions.AWAY:
            bulk = sanction_and_reject(site, found.user, kind, **said)
        else:
            sanctions.sanction(site, found.user, kind, **said, reject_existing=everything)
    except DomainError as error:
        return refused(error, here)
    undo = url_for("dashboard.bulk_undo", bulk_id=bulk.public_id) if bulk else None
    words = _done(kind, until, found.user.name, bulk)
    if everything and kind in sanctions.AWAY:
        words.append(case_words("sanctions.rejecting"))
    tell("good", " ".join(words), undo=undo)
    return go_back(here)


def _done(kind: str, until: datetime | None, name: str, bulk: Bulk | None) -> list[str]:
    """What was done, in sentences. What can be undone is not said to have been told to anybody."""
    length = lasting(until, language()) if until else ""
    done = case_words(f"sanctions.done.{kind}", name=name, until=length)
    if bulk is None:
        return [done, case_words("sanctions.notified")]
    return [done, case_words("sanctions.rejected", count=bulk.total - bulk.skipped)]


def _term() -> tuple[str, datetime | None]:
    """What is to be done, and until when: a length of time says both. Raises `Invalid`."""
    kind, length = text_of(request.form, "kind", 12), text_of(request.form, "length", 12)
    if kind not in sanctions.AWAY or not length:
        return kind, end_of(text_of(request.form, "until", 10))
    if length == "forever":
        return "ban", None
    if length not in DAYS:
        raise Invalid("invalid.not_a_choice", field="length")
    return "suspend", clock.now() + timedelta(days=int(length))


def measures_of(user: User, sites: list[Site]) -> list[Measure]:
    """What was done about a person on these sites, the newest first, in the page's language."""
    rows = sanctions.history(user, sites)
    names = names_of({row.by_id for row in rows if row.by_id})
    return [
        Measure(
            site_id=row.site_id,
            kind=row.kind,
            at=row.created_at,
            until=row.until,
            by=names.get(row.by_id or 0),
            reason=title(row.reason, language()) if row.reason else None,
            message=row.message,
            note=row.note,
            unread=row.kind == "warn" and row.acknowledged_at is None,
        )
        for row in rows
    ]
