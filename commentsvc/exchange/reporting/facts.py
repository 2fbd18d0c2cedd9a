"""What a site did in a period, read only from its public log, so that anybody with the log
can recount it.

A decision undone before the period's end does not count. Rows after the end are not read, so a
report is the same whenever it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select

from ...core.db import db
from ...moderation.models import AuditEntry
from ...moderation.taxonomy import NOT_SPECIFIED_NOTICE, OTHER, Filed, filed_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

#: What was restricted, and how: selects a column of Parts 5 and 6.
Kind = Literal["removal", "disable", "other", "provision", "suspension", "termination"]
Source = Literal["own", "notice", "trusted"]
About = Literal["comment", "sanction", "notice"]

_SANCTIONS: dict[str, Kind] = {
    "suspend": "suspension",
    "ban": "termination",
    "premoderate": "other",
    "network": "provision",
}
#: Rules that hold everybody, or pass on reports, and so find nothing themselves.
FINDS_NOTHING = frozenset(
    (
        *("premoderated_site", "premoderated_thread", "premoderated_user", "outside_hours"),
        *("new_commenter", "reported", "revised", "unscored"),
    )
)


@dataclass(frozen=True)
class Measure:
    """One restriction. `automated`: no person took part; `detected`: rules found it,
    whoever decided."""

    at: datetime
    kind: Kind
    law: bool  # based on the law, otherwise on the site's terms
    filed: Filed
    automated: bool = False
    detected: bool = False
    source: Source = "own"


@dataclass(frozen=True)
class Noticed:
    """One notice; None means that it had not happened by the period's end."""

    at: datetime
    filed: Filed
    trusted: bool
    decided_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Complaint:
    """One appeal by an author or a sanctioned person, or complaint by a notifier."""

    at: datetime
    about: About
    trusted: bool = False
    decided_at: datetime | None = None
    reversed: bool | None = None


@dataclass(frozen=True)
class Facts:
    """`measures` were taken in the period; notices and complaints were received or decided in it.
    `last`: number and hash of the newest row read."""

    since: datetime
    until: datetime
    measures: list[Measure]
    notices: list[Noticed]
    complaints: list[Complaint]
    last: tuple[int, str] | None

    def within(self, at: datetime | None) -> bool:
        """Whether a time is in the period."""
        return at is not None and self.since <= at < self.until


@dataclass
class _Reading:
    """What has been read of the log so far, by the names in its rows."""

    measures: dict[str, Measure] = field(default_factory=dict)  # by decision
    others: dict[str, Measure] = field(default_factory=dict)  # by sanction
    found_by: dict[str, str | None] = field(default_factory=dict)  # comment -> rule that held it
    notices: dict[str, Noticed] = field(default_factory=dict)
    complaints: dict[str, Complaint] = field(default_factory=dict)
    last: tuple[int, str] | None = None


def facts_of(site_id: int, since: datetime, until: datetime) -> Facts:
    """Everything in the log about a period: one pass over its rows, from the first."""
    read = facts_from(_rows(site_id, until), since)
    measures = [*read.measures.values(), *read.others.values()]
    found = Facts(since, until, [], [], [], read.last)
    return replace(
        found,
        measures=[each for each in measures if found.within(each.at)],
        notices=[
            each
            for each in read.notices.values()
            if found.within(each.at) or found.within(each.decided_at)
        ],
        complaints=[
            each
            for each in read.complaints.values()
            if found.within(each.at) or found.within(each.decided_at)
        ],
    )


def _rows(site_id: int, until: datetime) -> Iterator[AuditEntry]:
    query = (
        select(AuditEntry)
        .where(AuditEntry.site_id == site_id, AuditEntry.at < until)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)


def facts_from(rows: Iterable[AuditEntry], since: datetime) -> _Reading:
    """What these rows say, in order; decisions before `since` only matter for later rows."""
    read = _Reading()
    for row in rows:
        data = row.data
        if row.kind == "decision":
            _decision(read, row.at, data, keep=row.at >= since)
        elif row.kind == "sanction":
            _sanction(read, row.at, data)
        elif row.kind == "notice":
            _notice(read, row.at, data)
        elif row.kind == "appeal":
            _complaint(read, row.at, data)
        read.last = (row.number, row.hash)
    return read


def _decision(read: _Reading, at: datetime, data: dict[str, Any], *, keep: bool) -> None:
    comment, rule = data["comment"], data["rule"]
    if data["undoes"]:
        read.measures.pop(data["undoes"], None)
        return
    if data["automated"] and data["action"] in ("hold", "reject"):
        read.found_by[comment] = None if rule in FINDS_NOTHING else rule
    kind = _kind_of(data)
    if kind is None or not keep:
        return
    read.measures[data["decision"]] = Measure(
        at,
        kind,
        law=data["reason"] == "illegal",
        filed=filed_in(data),
        automated=bool(data["automated"]) and rule != "reported",
        detected=read.found_by.get(comment) is not None,
    )


def _kind_of(data: dict[str, Any]) -> Kind | None:
    """The restriction that a decision imposes, or None: a comment waiting for its first review is
    not restricted yet."""
    if data["action"] == "reject" and data["to"] == "rejected" and data["from"] != "rejected":
        return "removal"
    if data["action"] in ("hold", "reject") and (data["from"], data["to"]) == (
        "published",
        "pending",
    ):
        return "disable"
    return None


def _sanction(read: _Reading, at: datetime, data: dict[str, Any]) -> None:
    kind = _SANCTIONS.get(data["kind"])
    if data.get("undoes"):
        read.others.pop(data["undoes"], None)
    if kind is None:
        return
    law = data["reason"] == "illegal"
    key = data.get("sanction") or f"row {len(read.others)}"  # older rows have no ID
    read.others[key] = Measure(at, kind, law=law, filed=filed_in(data))


def _notice(read: _Reading, at: datetime, data: dict[str, Any]) -> None:
    key = data.get("notice") or data["comment"]  # older rows only name the comment
    outcome, trusted = data["outcome"], bool(data.get("trusted"))
    if outcome is None:
        category = data.get("category") or NOT_SPECIFIED_NOTICE
        unnamed = "" if category == NOT_SPECIFIED_NOTICE else OTHER
        where = Filed(category, data.get("keyword") or unnamed)
        read.notices[key] = Noticed(at, where, trusted)
        return
    found = read.notices.get(key)
    if found is None:
        return
    read.notices[key] = found = replace(found, decided_at=at, outcome=outcome)
    decision = data.get("decision") or _decided_with(read, at, outcome)
    measure = read.measures.get(decision or "")
    if decision and measure is not None:
        read.measures[decision] = _after(found, measure)


def _after(found: Noticed, measure: Measure) -> Measure:
    """The measure that followed a notice."""
    source: Source = "trusted" if found.trusted else "notice"
    where = measure.filed if found.filed.category == NOT_SPECIFIED_NOTICE else found.filed
    return replace(measure, source=source, filed=where, detected=False)


def _decided_with(read: _Reading, at: datetime, outcome: str) -> str | None:
    """The decision of an older row: the one written just before it, in the same unit."""
    if outcome != "illegal" or not read.measures:
        return None
    newest = next(reversed(read.measures))
    same = read.measures[newest].law and (at - read.measures[newest].at).total_seconds() < 1
    return newest if same else None


def _complaint(read: _Reading, at: datetime, data: dict[str, Any]) -> None:
    key, outcome = data["appeal"], data["outcome"]
    about: About = "comment" if "decision" in data else "sanction"
    if "notice" in data:
        about = "notice"
        found, measure = read.notices.get(data["notice"]), read.measures.get(data["decision"] or "")
        if found and measure:
            read.measures[data["decision"]] = _after(found, measure)
    before = read.complaints.get(key) or Complaint(at, about, bool(data.get("trusted")))
    if outcome is not None:
        before = replace(before, decided_at=at, reversed=outcome == "overturned")
    read.complaints[key] = before
