"""References that an import can only resolve at its end, because they may point further down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...core.db import db
from ...threads.models import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...sites.models import Site


@dataclass
class Later:
    """`merges`: threads of our own export that were merged into others. `homes`: comments written
    in such a thread."""

    site: Site
    merges: list[tuple[int, str]] = field(default_factory=list)  # row, source id of the other
    homes: list[tuple[int, str]] = field(default_factory=list)  # comment's row, thread's source id

    def settle(self, threads: Mapping[str, int | None]) -> None:
        """Store them. Inside a unit."""
        rows = dict(threads)
        for row_id, into in self.merges:
            target = rows.get(into)
            if target and target != row_id:
                db.session.get_one(Thread, row_id).merged_into_id = target
        for row_id, home in self.homes:
            if found := rows.get(home):
                db.session.get_one(Comment, row_id).home_id = found
        db.session.flush()
