"""Moderation for programs, and for moderators in the box: queues, decisions, undo."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from ..core.errors import NotFound
from ..moderation import commands as moderation
from ..moderation.desk import queue
from ..moderation.judging.own import of_sites
from ..moderation.judging.reasons import PEOPLE
from ..moderation.record import decision_by_public_id
from ..sites.queries import by_id
from ..threads.commands import comment_by_id, comment_by_public_id
from ..web.auth import may, my_sites, signed_in
from .operation import operation
from .schemas import cards, requests, responses

if TYPE_CHECKING:
    from ..moderation.desk.card import Card
    from ..moderation.models import Decision
    from ..sites.models import Site

decisions = Blueprint("api_decisions", __name__)

_FILTERS = frozenset(each.name for each in fields(queue.Filters))


@operation(
    decisions,
    "GET",
    "/queue",
    limit="moderate",
    needs="staff",
    query=requests.QueueQuery,
    answers={200: cards.CardPage},
    problems=(403, 404),
)
def list_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List the comments in a queue.

    The queue covers one site, or all sites you moderate. Each card says why it is there, and
    shows the scores next to the site's limits.
    """
    sites = _sites(query.get("site"))
    page = queue.page(
        sites,
        query["queue"],
        order=query["order"],
        after=query.get("after"),
        limit=query["limit"],
        filters=queue.Filters(**{name: query[name] for name in _FILTERS if name in query}),
        locale=query.get("locale"),
    )
    return {"items": page.items, "next": page.next}


@operation(
    decisions,
    "GET",
    "/queue/counts",
    limit="moderate",
    needs="staff",
    query=requests.QueueCountsQuery,
    answers={200: cards.QueueCounts},
    problems=(403, 404),
)
def count_queues(query: dict[str, Any]) -> dict[str, Any]:
    """Count the comments in each queue. Counting stops at 10,000."""
    return {"counts": queue.counts(_sites(query.get("site")))}


@operation(
    decisions,
    "GET",
    "/queue/reasons",
    limit="moderate",
    needs="staff",
    query=requests.ReasonsQuery,
    answers={200: cards.ReasonList},
    problems=(403, 404),
)
def list_reasons(query: dict[str, Any]) -> dict[str, Any]:
    """List the reasons you can give on a site.

    The built-in ones come first, then those that the site's owners have added.
    """
    site, locale = _sites(query["site"])[0], query.get("locale")
    own = of_sites([site.id]).get(site.id, ())
    return {
        "items": [
            *({"code": each.code, "title": each.title_in(locale), "own": False} for each in PEOPLE),
            *({"code": each.code, "title": each.title_in(locale), "own": True} for each in own),
        ]
    }


@operation(
    decisions,
    "GET",
    "/comments/<id:comment_id>/card",
    limit="moderate",
    needs="staff",
    query=requests.CardQuery,
    answers={200: cards.Card},
    problems=(403, 404),
)
def get_card(comment_id: str, query: dict[str, Any]) -> Card:
    """Get one comment as moderators see it. Send its `version` back with your decision."""
    return queue.card(comment_id, my_sites("moderate"), locale=query.get("locale"))


@operation(
    decisions,
    "POST",
    "/comments/<id:comment_id>/decisions",
    limit="moderate",
    needs="staff",
    body=requests.NewDecision,
    answers={201: responses.Decision},
    problems=(403, 404, 409),
)
def decide_comment(comment_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Approve, reject, feature or pin a comment.

    409 if someone else has decided first, or the author has changed the comment in the meantime.
    Nobody is notified before `undo_until`.
    """
    my_sites("moderate")
    comment = comment_by_public_id(comment_id)
    if not may("moderate", by_id(comment.site_id)):
        raise NotFound("not_found.comment")
    user = signed_in()
    made = moderation.decide(
        comment_id,
        action=body["action"],
        reason=body.get("reason"),
        note=body.get("note"),
        message=body.get("message"),
        by=user,
        seen_version=body["seen_version"],
    )
    return _decision(made)


@operation(
    decisions,
    "POST",
    "/decisions/<id:decision_id>/undo",
    limit="moderate",
    needs="staff",
    answers={201: responses.Decision},
    problems=(403, 404, 409),
)
def undo_decision(decision_id: str) -> dict[str, Any]:
    """Undo a decision.

    Before `undo_until`, nobody is notified of the decision or of the undo.
    """
    my_sites("moderate")
    user = signed_in()
    if not may("moderate", by_id(decision_by_public_id(decision_id).site_id)):
        raise NotFound("not_found.decision")
    return _decision(moderation.undo(decision_id, by=user))


def _sites(key: str | None) -> list[Site]:
    """The viewer's sites, or the requested one. Other sites are not found."""
    sites = my_sites("moderate")
    if key is None:
        return sites
    found = [site for site in sites if site.key == key]
    if not found:
        raise NotFound("not_found.site", field="site")
    return found


def _decision(made: Decision) -> dict[str, Any]:
    comment = comment_by_id(made.comment_id)
    return {
        "id": made.public_id,
        "comment_id": comment.public_id,
        "action": made.action,
        "reason": made.reason,
        "status": comment.status,
        "version": comment.version,
        "created_at": made.created_at,
        "undo_until": made.tell_after if made.told_at is None else None,
    }
