"""Whether a written report still agrees with the log: the hash chain is checked, and
everything is recounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import db
from ...core.errors import Invalid
from ...moderation import audit
from ...moderation.models import AuditEntry
from ...sites.queries import by_key
from . import templates as t
from .report import ABOUT, about_of, build, period_of, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The parts with counts; the provider writes the others.
COUNTED = (4, 5, 6, 7, 8)
_SERVICE = "Service"  # a name, which may change and which the provider may edit
_CONTEXT = "contextual information"
_OWN = (t.DISPUTES, *t.MANIFEST)  # rows that the provider may correct


@dataclass(frozen=True)
class Difference:
    """A value that differs when it is recounted, or another error (`row` 0)."""

    file: str
    row: int  # from 1, including the header
    column: str
    says: str
    counted: str


def verify(files: Mapping[str, str]) -> tuple[int, list[Difference]]:
    """How many values agree, and the differences. Raises `Invalid` if it is not a report,
    `NotFound` for an unknown site."""
    if ABOUT not in files:
        raise Invalid("invalid.report_file", name=ABOUT)
    said = about_of(files[ABOUT])
    site, period = by_key(said["site"]), period_of(said["period"])
    wrong = list(_of_log(site.id, said["number"], said["hash"]))
    again = build(site, period)
    held = 0
    for number in COUNTED:
        name = t.FILES[number]
        if name not in files:
            wrong.append(Difference(name, 0, "", "", "missing"))
            continue
        for is_same, difference in _compared(name, files[name], again[name]):
            held += is_same
            if not is_same:
                wrong.append(difference)
    return held, wrong


def _of_log(site_id: int, number: int, hash_: str) -> Iterator[Difference]:
    rows, broken = audit.verify(site_id)
    if broken is not None:
        yield Difference("log", 0, f"row {broken.number}", broken.why, "")
        return
    found = db.session.scalar(
        select(AuditEntry.hash).where(AuditEntry.site_id == site_id, AuditEntry.number == number)
    )
    if number and found != hash_:
        yield Difference("log", 0, f"row {number}", hash_, found or f"{rows} rows")


def _compared(name: str, given: str, again: str) -> Iterator[tuple[bool, Difference]]:
    before, now = read_rows(given), read_rows(again)
    columns = now[0]
    for index in range(max(len(before), len(now))):
        old = before[index] if index < len(before) else []
        new = now[index] if index < len(now) else []
        if any(each in _OWN for each in new):
            continue
        for place, column in enumerate(columns):
            if column == _SERVICE or column.lower().startswith(_CONTEXT):
                continue
            says, counted = (row[place] if place < len(row) else "" for row in (old, new))
            if says or counted:
                difference = Difference(name, index + 1, column, says, counted)
                yield says == counted, difference
