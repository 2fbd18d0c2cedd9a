"""Planning the emails about followed conversations: one waits for each, however much is written meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import clock
from ...core.jobs import enqueue_each
from .rhythm import SLOT, next_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ..models import Follow


def plan(rows: Iterable[Follow]) -> None:
    """Have an email go out to each of them in their rhythm. In a unit only."""
    moment = clock.now()
    due = [(row, _due(row, moment)) for row in rows]
    if not due:
        return
    for row, at in due:
        row.due_at = at
    waits = [(row, max(0.0, (at - moment).total_seconds())) for row, at in due]
    at_once = [(wait, {"follow_id": row.id}) for row, wait in waits if row.rhythm == "now"]
    gathered = [(wait, {"user_id": row.user_id}) for row, wait in waits if row.rhythm != "now"]
    enqueue_each("email_followed", at_once)
    enqueue_each("email_gathered", gathered)


def _due(row: Follow, moment: datetime) -> datetime:
    due = next_time(row.rhythm, moment)
    if row.rhythm == "now" and row.mailed_at is not None:
        due = max(due, row.mailed_at + SLOT)
    return due
