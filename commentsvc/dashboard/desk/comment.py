"""One comment with its whole history."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...moderation.cases.networks import blocked_until
from ...moderation.desk import queue
from ...moderation.desk.context import around
from ...moderation.sharing import claims
from ...moderation.waves.reading import company
from ...sites.queries import by_id
from ...threads.commands import by_public_id, comment_by_public_id
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..cases.pages import words_for
from ..chosen import display_of
from ..page import language, mine, page, staff_page
from .cards import asks, precedents_of, shown
from .closing import last_day
from .diff import Change, changes
from .queue import tools
from .taken import marks

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from ...moderation.desk.card import Card, Decided


@dataclass(frozen=True)
class Step:
    """One event: a text was written, or something was decided."""

    at: datetime
    text: list[Change] | None = None
    first: bool = False
    decision: Decided | None = None


@dashboard.get("/comments/<comment_id>")
@limit("read")
@requires("moderate")
def comment(comment_id: str) -> Response:
    """The comment's card, how readers see it, every text it had and every decision on it."""
    sites = mine("moderate")
    card = queue.card(comment_id, sites, locale=language())
    site = by_id(card.site_id)
    beside = company([card]).get(card.id)
    before = precedents_of([card] if asks(card) else [])
    on_it = marks([card.id] if asks(card) else [], [site])
    thread, row = by_public_id(card.thread_id), comment_by_public_id(comment_id)
    return staff_page(
        "dashboard/comment.html",
        section="queue",
        site=site,
        switch=False,
        one=shown(card, site, beside, before.get(card.id, ()), on_it.get(card.id)),
        colleagues=claims.colleagues(site) if asks(card) else [],
        may_release=asks(card) and claims.may_release(row, by=signed_in()),
        # made by threads.text, stored safe; the same markup as in the comment box
        as_seen=Markup(card.html),
        history=_history(card),
        thread=thread,
        last_day=last_day,
        network_known=row.network is not None,
        network_blocked=blocked_until(row),
        c=words_for(),
        **tools(),
    )


@dashboard.get("/comments/<comment_id>/context")
@limit("read")
@requires("moderate")
def comment_context(comment_id: str) -> Response:
    """The comments around this one: a fragment of a page, for one card."""
    answer = page(
        "dashboard/context.html",
        around=around(comment_id, mine("moderate")),
        display=display_of(signed_in()),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _history(card: Card) -> list[Step]:
    """Texts and decisions, oldest first; each later text as a diff."""
    texts = [(each.text, each.at) for each in sorted(card.revisions, key=lambda each: each.number)]
    texts.append((card.text, card.edited_at or card.created_at))
    steps = [Step(at=texts[0][1], text=[Change("same", texts[0][0])], first=True)]
    for (before, _), (after, at) in pairwise(texts):
        steps.append(Step(at=at, text=changes(before, after)))
    steps += [Step(at=each.at, decision=each) for each in card.decisions]
    return sorted(steps, key=lambda step: (step.at, step.decision is not None))
