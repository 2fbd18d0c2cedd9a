"""Schedules the emails about followed conversations: one per follow, however many comments are
new."""

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
    """Schedule an email for each follow in its rhythm. Only inside a unit."""
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
