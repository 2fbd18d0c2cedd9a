"""Statements of reasons in the form that the Commission's Transparency Database accepts.

Fields and values are those of its API
(https://transparency.dsa.ec.europa.eu/page/api-documentation, in the version in force since 1 July
2025; its source is https://github.com/digital-services-act/transparency-database). It accepts no
personal data, so texts typed by people are never sent, not even those of a site's own reasons: only
our own sentences and the category.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import db
from ...moderation.cases.models import Notice, NoticeAppeal, Sanction
from ...moderation.cases.sanctions import is_final
from ...moderation.cases.standing import is_undone
from ...moderation.judging.reasons import author_text, site_of, title
from ...moderation.models import Decision, Flag
from ...moderation.outcomes import may_be_undone
from ...moderation.taxonomy import BY_CODE, OTHER, Filed, filed
from ...sites.queries import policy_of
from ...threads.models import Comment, Revision
from .facts import FINDS_NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import TextIO

    from ...sites.models import Site

#: Where comments are published, and therefore restricted: the European Economic Area.
TERRITORIAL_SCOPE = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
    *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
)
#: The order of columns in a file.
FIELDS = (
    *("decision_visibility", "decision_account", "account_type", "end_date_account_restriction"),
    *("decision_ground", "decision_ground_reference_url"),
    *("illegal_content_legal_ground", "illegal_content_explanation"),
    *("incompatible_content_ground", "incompatible_content_explanation"),
    *("incompatible_content_illegal", "content_type", "content_type_other", "category"),
    *("category_specification", "category_specification_other", "territorial_scope"),
    *("content_language", "content_date", "application_date", "decision_facts", "source_type"),
    *("automated_detection", "automated_decision", "puid"),
)
_DISCOVERED = {
    "SOURCE_ARTICLE_16": "Somebody had sent a notice about it.",
    "SOURCE_TRUSTED_FLAGGER": "A trusted flagger had sent a notice about it.",
    "SOURCE_TYPE_OTHER_NOTIFICATION": "Readers had reported it.",
    "SOURCE_VOLUNTARY": "It was found by the site itself.",
}
_ACCOUNTS = {"suspend": "DECISION_ACCOUNT_SUSPENDED", "ban": "DECISION_ACCOUNT_TERMINATED"}


def statements_of(
    site: Site, since: datetime, until: datetime, *, limit: int | None = None, without: Any = None
) -> Iterator[dict[str, Any]]:
    """Statements of the period, oldest first: comments that were rejected or taken down, then
    suspensions and bans. Those undone are left out, and those that still may be, because the author
    has not been notified yet. `without` is a query condition on a puid that excludes statements."""
    rules_url = policy_of(site).rules_url
    found = 0
    for made in (_of_comments, _of_accounts):
        for each in made(site, since, until, without):
            if limit is not None and found >= limit:
                return
            found += 1
            if each["decision_ground"].endswith("INCOMPATIBLE_CONTENT") and rules_url:
                each["decision_ground_reference_url"] = rules_url
            yield {name: each[name] for name in FIELDS if each.get(name) is not None}


# --- comments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    decision: Decision
    written: datetime
    language: str | None
    findings: list[dict[str, Any]]
    reported: bool
    notice: Notice | None


def _of_comments(
    site: Site, since: datetime, until: datetime, without: Any
) -> Iterator[dict[str, Any]]:
    counter = aliased(Decision)
    query = (
        select(
            Decision,
            Comment.created_at,
            Revision.language,
            Revision.verdict,
            _reported().label("reported"),
            Notice,
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .join(Revision, Revision.id == Decision.revision_id)
        .outerjoin(Notice, _notice())
        .where(Decision.site_id == site.id)
        .where(Decision.created_at >= since, Decision.created_at < until)
        .where(Decision.action.in_(("reject", "hold")))
        .where(Decision.status_before != Decision.status_after)
        .where((Decision.status_after == "rejected") | (Decision.status_before == "published"))
        .where(~select(counter.id).where(counter.undoes_id == Decision.id).exists())
        .order_by(Decision.id, Notice.id)
    )
    if without is not None:
        query = query.where(~without(Decision.public_id))
    last = None
    for row in db.session.execute(query.execution_options(yield_per=500)):
        if row[0].id != last and not may_be_undone(row[0]):  # two notices, one decision
            findings = (row[3] or {}).get("findings", [])
            yield _of_comment(_Seen(row[0], row[1], row[2], findings, bool(row[4]), row[5]))
        last = row[0].id


def _reported() -> Any:
    flagged = (Flag.comment_id == Decision.comment_id) & (Flag.created_at <= Decision.created_at)
    return exists().where(flagged, Flag.rule.is_(None), Flag.weight > 0)


def _notice() -> Any:
    """The notice that led to this very decision, if any: for its category, its keyword, and whether
    it came from a trusted flagger."""
    first = (Notice.outcome == "illegal") & (Notice.reviewer_id == Decision.by_id)
    heard = exists().where(
        NoticeAppeal.notice_id == Notice.id, NoticeAppeal.decision_id == Decision.id
    )
    return and_(
        Notice.comment_id == Decision.comment_id,
        or_(and_(first, Notice.decided_at <= Decision.created_at), heard),
        Decision.reason == "illegal",
    )


def _of_comment(seen: _Seen) -> dict[str, Any]:
    decision = seen.decision
    source = "SOURCE_VOLUNTARY"
    where = filed(decision.reason)
    if seen.notice is not None:
        source = "SOURCE_TRUSTED_FLAGGER" if seen.notice.trusted else "SOURCE_ARTICLE_16"
        if seen.notice.category:
            where = Filed(seen.notice.category, seen.notice.keyword or OTHER)
    elif seen.reported or decision.rule == "reported":
        source = "SOURCE_TYPE_OTHER_NOTIFICATION"
    kind = "REMOVED" if decision.status_after == "rejected" else "DISABLED"
    language = (seen.language or "").split("-")[0].upper()
    return {
        "decision_visibility": [f"DECISION_VISIBILITY_CONTENT_{kind}"],
        **_grounds(decision.reason, where),
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_language": language if len(language) == 2 else None,
        "content_date": f"{seen.written:%Y-%m-%d}",
        "application_date": f"{decision.created_at:%Y-%m-%d}",
        "decision_facts": f"A comment on an article was checked. {_DISCOVERED[source]}",
        "source_type": source,
        "automated_detection": "Yes" if _was_detected(seen) else "No",
        "automated_decision": _AUTOMATED[decision.by_id is None],
        "puid": decision.public_id,
    }


_AUTOMATED = {True: "AUTOMATED_DECISION_FULLY", False: "AUTOMATED_DECISION_NOT_AUTOMATED"}


def _was_detected(seen: _Seen) -> bool:
    """Whether a rule found something in the text, other than that everything is held or that
    it had no score."""
    return any(
        each.get("action") in ("REVIEW", "HOLD", "REJECT") and each.get("rule") not in FINDS_NOTHING
        for each in seen.findings
    )


# --- accounts -------------------------------------------------------------------------------------


def _of_accounts(
    site: Site, since: datetime, until: datetime, without: Any
) -> Iterator[dict[str, Any]]:
    query = (
        select(Sanction, User.created_at)
        .join(User, User.id == Sanction.user_id)
        .where(Sanction.site_id == site.id, Sanction.kind.in_(tuple(_ACCOUNTS)))
        .where(Sanction.created_at >= since, Sanction.created_at < until, ~is_undone(Sanction))
        .order_by(Sanction.id)
    )
    if without is not None:
        query = query.where(~without("sanction-" + Sanction.public_id))
    for row, joined in db.session.execute(query):
        if is_final(row):
            yield _of_account(row, joined)


def _of_account(row: Sanction, joined: datetime) -> dict[str, Any]:
    return {
        "decision_account": _ACCOUNTS[row.kind],
        "account_type": "ACCOUNT_TYPE_PRIVATE",
        "end_date_account_restriction": f"{row.until:%Y-%m-%d}" if row.until else None,
        **_grounds(row.reason, filed(row.reason)),
        "content_type": ["CONTENT_TYPE_OTHER"],
        "content_type_other": "Account",
        "content_date": f"{joined:%Y-%m-%d}",
        "application_date": f"{row.created_at:%Y-%m-%d}",
        "decision_facts": "A moderator reviewed the account's comments.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": _AUTOMATED[False],
        "puid": f"sanction-{row.public_id}",
    }


def _grounds(reason: str | None, where: Filed) -> dict[str, Any]:
    category = BY_CODE[where.category]
    code, about, detail = reason or "other", "", where.detail
    if site_of(reason) is not None:  # its owner typed the words
        code, about, detail = "other", category.label, category.label
    why = author_text(code, "en")
    said: dict[str, Any] = {
        "category": where.category,
        "category_specification": [where.keyword],
        "category_specification_other": (detail or None) if where.keyword == OTHER else None,
        "territorial_scope": list(TERRITORIAL_SCOPE),
    }
    if reason == "illegal":
        return said | {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": f"The law on: {category.label}",
            "illegal_content_explanation": why,
        }
    return said | {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": f"The site's rules on: {about or title(code, 'en')}",
        "incompatible_content_explanation": why,
        "incompatible_content_illegal": "No",
    }


# --- files ----------------------------------------------------------------------------------------


def write_json(statements: Iterable[dict[str, Any]], out: TextIO) -> None:
    """Write them in the form of the database's endpoint for several statements."""
    json.dump({"statements": list(statements)}, out, ensure_ascii=False, indent=1)


def write_csv(statements: Iterable[dict[str, Any]], out: TextIO) -> None:
    """Write a line for each; lists are JSON, as in the database's own files."""
    writer = csv.DictWriter(out, FIELDS, restval="")
    writer.writeheader()
    for each in statements:
        writer.writerow(
            {
                name: json.dumps(value) if isinstance(value, list) else value
                for name, value in each.items()
            }
        )
