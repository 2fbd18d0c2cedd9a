"""What an import can only say at its end, because it refers to what may stand further down."""

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
    """`merges`: threads of an own export whose comments had joined another's. `homes`: comments that
    were written in such a thread."""

    site: Site
    merges: list[tuple[int, str]] = field(default_factory=list)  # row, source id of the other
    homes: list[tuple[int, str]] = field(default_factory=list)  # comment's row, thread's source id

    def settle(self, threads: Mapping[str, int | None]) -> None:
        """Write them down. Inside a unit."""
        rows = dict(threads)
        for row_id, into in self.merges:
            target = rows.get(into)
            if target and target != row_id:
                db.session.get_one(Thread, row_id).merged_into_id = target
        for row_id, home in self.homes:
            if found := rows.get(home):
                db.session.get_one(Comment, row_id).home_id = found
        db.session.flush()
