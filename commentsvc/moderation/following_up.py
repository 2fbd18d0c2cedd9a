"""What follows from decisions: jobs that notify people, and jobs that learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.jobs import enqueue, enqueue_each
from ..sites.queries import by_id, policy_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Decision
    from .record import Case


def follow_up(made: Sequence[tuple[Case, Decision]]) -> None:
    """Enqueue what follows from these log rows. Inside the unit of work that added them."""
    enqueue_each(
        "on_decision",
        [
            ((each.tell_after - each.created_at).total_seconds(), {"decision_id": each.id})
            for _, each in made
            if each.tell_after is not None
        ],
    )
    waiting = [each.comment_id for _, each in made if each.status_after == "pending"]
    if waiting:
        enqueue("find_wave", comment_ids=waiting)
    decided = [case.comment.id for case, decision in made if decision.by_id is not None]
    if decided:
        enqueue("know_hosts", comment_ids=decided)
        enqueue("learn_spam", comment_ids=decided)
        enqueue("keep_precedents", comment_ids=decided)
    _weigh_trust(made)


def _weigh_trust(made: Sequence[tuple[Case, Decision]]) -> None:
    """Enqueue a review of the authors' trust for when the decisions can no longer be undone."""
    authors: dict[int, set[int]] = {}
    for case, decision in made:
        if decision.action in ("approve", "reject", "undo"):
            authors.setdefault(case.site.id, set()).add(case.comment.author_id)
    for site_id, user_ids in authors.items():
        delay = policy_of(by_id(site_id)).undo_seconds
        enqueue("weigh_trust", delay=delay, site_id=site_id, user_ids=sorted(user_ids))
