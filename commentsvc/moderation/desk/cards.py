"""Cards for moderators, assembled for a whole page with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ...core import clock
from ...core.db import db
from ...core.errors import NotFound
from ...core.remembering import remembered
from ...sites.queries import policy_of
from ...threads import text as texts
from ...threads.models import Comment
from ...threads.reactions import known_counts
from ...threads.views import permalink
from ...toxicity.labels import LABELS
from ..judging.reasons import label_name, sentence
from ..judging.together import sentences
from ..judging.urgency import explained, waiting_since
from ..judging.weighing import deadline, marks_of
from . import rows
from .card import Card, Decided, Earlier, Measured, Person, Report, Why, is_severe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...sites.models import Site
    from ...sites.policy import Policy

PARENT_EXCERPT = 240


def cards(
    row_ids: Sequence[int], sites: Sequence[Site], *, locale: str | None = None
) -> list[Card]:
    """Cards in the order of the ids, in six queries. Comments on other sites are left out."""
    if not row_ids:
        return []
    known = {site.id: site for site in sites}
    found = {row.row_id: row for row in rows.comments(row_ids, known)}
    flags, decisions = rows.flags(row_ids, locale), rows.decisions(row_ids, locale)
    revisions = rows.revisions([row.row_id for row in found.values() if row.number > 1])
    records = rows.records(found.values())
    until = deadline()
    return [
        _card(
            row,
            known[row.site_id],
            person=_person(row, records[row.author_row, row.site_id]),
            flags=flags[row_id],
            decisions=decisions[row_id],
            revisions=[each for each in revisions[row_id] if each.number != row.number],
            locale=locale,
            until=until,
        )
        for row_id in row_ids
        if (row := found.get(row_id)) is not None
    ]


def card(comment_public_id: str, sites: Sequence[Site], *, locale: str | None = None) -> Card:
    """One comment's card, if it is on one of these sites. Raises `NotFound`."""
    found = these([comment_public_id], sites, locale=locale)
    if not found:
        raise NotFound("not_found.comment")
    return found[0]


def these(
    public_ids: Sequence[str], sites: Sequence[Site], *, locale: str | None = None
) -> list[Card]:
    """The cards of these comments, as far as they are on these sites."""
    here = Comment.on_sites([site.id for site in sites])
    asked = select(Comment.id).where(Comment.public_id.in_(public_ids), here)
    return cards(db.session.scalars(asked).all(), sites, locale=locale)


def _person(row: Any, record: rows.Record) -> Person:
    in_force = row.until is None or row.until > clock.now()
    return Person(
        id=row.author_id,
        name=row.author_name,
        kind=row.author_kind,
        role=row.role if in_force else None,
        until=row.until,
        since=row.author_since,
        approved=record.get("published", 0),
        rejected=record.get("rejected", 0),
        pending=record.get("pending", 0),
        flags=record.get("flags", 0),
    )


def _card(
    row: Any,
    site: Site,
    *,
    person: Person,
    flags: list[Report],
    decisions: list[Decided],
    revisions: list[Earlier],
    locale: str | None,
    until: float,
) -> Card:
    policy = policy_of(site, row.address, row.tags)
    findings = [*_later(row, decisions), *(row.verdict or {}).get("findings", ())]
    by_readers = [(each.reason, each.weight) for each in flags if each.rule is None]
    since = waiting_since(row.created_at, [each.at for each in flags])
    return Card(
        id=row.id,
        row_id=row.row_id,
        site_id=site.id,
        site_key=site.key,
        site_name=site.name,
        thread_id=row.thread_id,
        thread_title=row.thread_title,
        thread_href=row.href,
        thread_tags=row.tags,
        permalink=permalink(row.href, row.id),
        status=row.status,
        version=row.version,
        depth=row.depth,
        created_at=row.created_at,
        edited_at=row.edited_at,
        text=row.text,
        html=row.html,
        language=row.language,
        author=person,
        reviewed=row.reviewed,
        featured=row.featured,
        pinned=row.pinned,
        like_count=row.like_count,
        reactions=known_counts(row.reactions),
        flag_count=row.flag_count,
        parent_id=row.parent_id,
        parent_author=row.parent_author,
        parent_excerpt=_excerpt(row.parent_text) if row.parent_text else None,
        parent_severe=is_severe(row.parent_scores, policy),
        scores=measured(row.scores, (row.facts or {}).get("scores"), policy, locale),
        unscored=_unscored(row.unscored, locale),
        why=[_why(*each) for each in zip(findings, sentences(findings, locale), strict=True)],
        urgency=explained(since, findings, by_readers, locale=locale),
        findings=findings,
        marks=marks_of(
            row.text,
            findings,
            row.scores,
            stored=(row.facts or {}).get("marks"),
            until=until,
        ),
        flags=flags,
        revisions=revisions,
        decisions=decisions,
        severe=is_severe(row.scores, policy),
    )


def _later(row: Any, decisions: Sequence[Decided]) -> list[Mapping[str, Any]]:
    """Findings that put the comment back into the queue after the verdict on its text."""
    last = next((each for each in decisions if each.action in ("approve", "reject", "hold")), None)
    if row.status != "pending" or last is None or last.action != "hold":
        return []
    return [each for each in last.findings if each.get("rule") in ("reported", "revised")]


def _why(finding: Mapping[str, Any], sentence: str) -> Why:
    return Why(
        rule=str(finding.get("rule")),
        reason=str(finding.get("reason")),
        action=str(finding.get("action")),
        sentence=sentence,
    )


def measured(
    scores: Mapping[str, float] | None,
    judged: Mapping[str, float] | None,
    policy: Policy,
    locale: str | None,
) -> list[Measured]:
    """The scores that the rules used, each with the model's own score."""
    return [
        Measured(
            label=label,
            name=label_name(label, locale),
            value=(judged or scores).get(label, scores[label]),
            said=scores[label],
            limit=policy.hold_at.get(label),
            flag_at=policy.flag_at.get(label),
            reject_at=policy.reject_at.get(label),
        )
        for label in LABELS
        if scores and label in scores
    ]


def _unscored(why: str | None, locale: str | None) -> str | None:
    if why is None:
        return None
    finding = {"reason": "unscored", "action": "HOLD", "evidence": {"why": why}}
    return sentence(finding, locale)


@remembered(1024, longest=2000, few=64)
def _excerpt(text: str) -> str:
    """Cached, because all replies quote their parent and parsing Markdown is slow."""
    return texts.excerpt(text, PARENT_EXCERPT)
