"""Judging old comments again under another policy, from the facts stored with them."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import exists, func, select

from ..core import clock
from ..core.db import db
from ..core.errors import Invalid
from ..moderation.desk.card import is_severe_on
from ..moderation.judging.facts import found_in, limits_of, word_lists
from ..moderation.judging.rules import RULES, judge
from ..moderation.judging.spam.gathered import hosts_in, link_facts
from ..moderation.judging.verdict import Action, Rule, Submission, submission_from
from ..moderation.models import Flag
from ..sites.hours import is_open
from ..sites.policy import KNOBS
from ..sites.queries import policy_of
from ..sites.sections.queries import section_at, within
from ..threads import text as texts
from ..threads.models import Comment, Revision, Thread
from ..threads.rules import holds_at
from .past import FIELDS, Past

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..sites.sections.queries import Section

Outcome = Literal["published", "flagged", "held", "rejected", "refused"]
OUTCOMES: Mapping[Action, Outcome] = {
    Action.PASS: "published",
    Action.REVIEW: "flagged",
    Action.HOLD: "held",
    Action.REJECT: "rejected",
}
MONTH = timedelta(days=30)
MOST = 4_000  # comments; if there are more, a sample
_EXAMPLES = 5
_EXCERPT = 140
_WAITS = ("held", "rejected")
_HOURS = ("open_hours", "hours_zone", "outside_hours", "outside_seconds")
_REFUSING = (
    *("guests_may_post", "min_length", "max_length", "slow_seconds", "close_after_days"),
    *_HOURS,
)
#: Policy fields that affect a comment when it is written or reported.
DECIDING = frozenset(
    (*(name for name, knob in KNOBS.items() if knob.judged), *FIELDS, *_REFUSING)
) | {
    "banned_words",
    "suspect_words",
    "flags_to_hold",
    "allowed_hosts",
    "denied_hosts",
}


@dataclass(frozen=True)
class Change:
    """Comments with a different outcome: how many, how many of those moderators have rejected or
    approved, and the newest of them (ID, text, whether it is severe)."""

    count: int = 0
    rejected: int = 0
    approved: int = 0
    examples: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """How many comments were judged, of how many; how many of them are held (or rejected) under the
    current and the changed policy; and the different outcomes, by outcome before and after."""

    comments: int
    total: int
    held_now: int
    held_then: int
    caught: Change  # would be held, and are not now
    released: Change  # the other way round
    moves: dict[tuple[Outcome, Outcome], Change]


def replay(
    site: Site,
    changes: Mapping[str, Any],
    *,
    section: Section | None = None,
    span: timedelta = MONTH,
    rules: Sequence[Rule] = RULES,
    seconds: float | None = None,
) -> Replay:
    """What the changed policy of a site, or of one section, would have done to recent comments
    there: to a sample if there are many, and only to those judged within `seconds`. Sections keep
    their own settings. Raises `Invalid` naming a field."""
    base = policy_of(site)
    policy = within(base, section)
    changed = policy.with_changes(changes)
    until = time.monotonic() + seconds if seconds is not None else None
    total, rows = sample(site, span, section)
    past = Past(site, rows) if FIELDS & set(changes) else None
    reports = _reports(site, rows) if "flags_to_hold" in changes else {}

    def judged(policy: Policy) -> Callable[[Any], Outcome]:
        return _judge(site, policy, rules, past, reports, set(changes))

    if section is not None:
        as_is, as_would_be = judged(policy), judged(changed)
    else:
        as_is, as_would_be = _everywhere(site, policy, judged), _everywhere(site, changed, judged)
    moved: dict[tuple[Outcome, Outcome], list[Any]] = defaultdict(list)
    for row in rows:
        if until is not None and time.monotonic() > until:
            break
        moved[as_is(row), as_would_be(row)].append(row)
    return _told(moved, total)


def _everywhere(
    site: Site, policy: Policy, judged: Callable[[Policy], Callable[[Any], Outcome]]
) -> Callable[[Any], Outcome]:
    """The outcome of a comment on a site with this policy, whatever its section."""
    made: dict[str | None, Callable[[Any], Outcome]] = {None: judged(policy)}

    def outcome(row: Any) -> Outcome:
        section = section_at(site, row.address, row.tags)
        code = section.code if section is not None else None
        if code not in made:
            made[code] = judged(within(policy, section))
        return made[code](row)

    return outcome


def sample(site: Site, span: timedelta, section: Section | None = None) -> tuple[int, list[Any]]:
    """How many recent comments, on the site or in one section, have stored facts, and at most
    `MOST` of them in a meaningless order, so that stopping early still leaves a sample."""
    where: tuple[Any, ...] = (
        Comment.site_id == site.id,
        Comment.created_at >= clock.now() - span,
        Comment.status != "withdrawn",
        Revision.facts.is_not(None),
    )
    if section is not None:
        where = (*where, Comment.thread_id.in_(_threads_in(site, section, span)))
    asked = select(func.count()).select_from(Comment)
    joined = (Revision, Revision.id == Comment.revision_id)
    total = db.session.scalar(asked.join(*joined).where(*where)) or 0
    rows = db.session.execute(
        select(
            *(Comment.public_id, Comment.status, Comment.reviewed, Comment.author_id),
            *(Comment.revision_id, Comment.created_at, Revision.text, Revision.facts),
            *(Comment.site_id, Revision.scores),
            *(Thread.created_at.label("thread_at"), Thread.address, Thread.tags),
            Revision.verdict["action"].as_string().label("action"),
        )
        .join(*joined)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(*where, Comment.id % (1 + total // MOST) == 0)
        .limit(MOST)
    ).all()
    return total, sorted(rows, key=lambda row: row.public_id)


def _threads_in(site: Site, section: Section, span: timedelta) -> list[int]:
    """The section's conversations with recent comments."""
    rows = db.session.execute(
        select(Thread.id, Thread.address, Thread.tags)
        .where(Thread.site_id == site.id)
        .where(
            exists().where(Comment.thread_id == Thread.id, Comment.created_at >= clock.now() - span)
        )
    )
    return [row.id for row in rows if section_at(site, row.address, row.tags) == section]


def _judge(
    site: Site,
    policy: Policy,
    rules: Sequence[Rule],
    past: Past | None,
    reports: Mapping[int, float],
    changed: set[str],
) -> Callable[[Any], Outcome]:
    """The outcome of a comment under this policy: its words are matched again; facts about its
    author are the stored ones, unless the policy now needs others."""
    submission = rejudged(site, policy)

    def outcome(row: Any) -> Outcome:
        facts = submission(row)
        if past is not None:
            facts = replace(facts, author=_author(facts, policy, past, row))
        if _is_refused(facts, policy, past, row, changed):
            return "refused"
        action = judge(rules, facts).action
        weight = reports.get(row.revision_id, 0.0)
        if policy.flags_to_hold and weight >= policy.flags_to_hold and not row.reviewed:
            action = max(action, Action.HOLD)
        return OUTCOMES[action]

    return outcome


def rejudged(site: Site, policy: Policy) -> Callable[[Any], Submission]:
    """The facts about a row of `sample` under this policy."""
    banned, suspect = word_lists(site.id, policy)
    limits = limits_of(policy)

    def submission(row: Any) -> Submission:
        facts = submission_from(row.facts, text=row.text, plain=row.text)
        linked = link_facts(site, policy, hosts_in(row.text))
        return replace(
            facts,
            limits=limits,
            outside_hours=holds_at(policy, row.created_at),
            **linked,
            new_hosts=tuple(each for each in facts.new_hosts if each in linked["links"]),
            banned=found_in(banned, row.text),
            suspect=found_in(suspect, row.text),
        )

    return submission


def _author(facts: Submission, policy: Policy, past: Past, row: Any) -> Any:
    return replace(
        facts.author,
        approved=past.approved(row),
        recent_posts=past.posts(row, policy.flood_minutes),
        repeats=policy.hold_repeats and past.repeats(row),
    )


def _is_refused(
    facts: Submission, policy: Policy, past: Past | None, row: Any, changed: set[str]
) -> bool:
    """Whether the comment could not have been posted; checks only the changed fields."""
    asked = changed.intersection(_REFUSING)
    if "guests_may_post" in asked and not policy.guests_may_post and facts.author.kind == "guest":
        return True
    shut = bool(asked.intersection(_HOURS)) and not is_open(policy, row.created_at)
    if shut and policy.outside_hours == "close":
        return True
    slow = max(
        policy.slow_seconds,
        policy.outside_seconds if shut and policy.outside_hours == "slow" else 0,
    )
    is_paced = "slow_seconds" in asked or shut
    if is_paced and past is not None and past.pause(row) < slow:
        return True
    open_for = timedelta(days=policy.close_after_days)
    if "close_after_days" in asked and open_for and row.created_at - row.thread_at >= open_for:
        return True
    if asked & {"min_length", "max_length"}:
        try:
            texts.clean(row.text, min_length=policy.min_length, max_length=policy.max_length)
        except Invalid:
            return True
    return False


def _reports(site: Site, rows: Sequence[Any]) -> dict[int, float]:
    """Revision -> the total weight of readers' reports on it, if there are any."""
    wanted = {row.revision_id for row in rows}
    if not wanted:
        return {}
    found = db.session.execute(
        select(Flag.revision_id, func.sum(Flag.weight))
        .where(Flag.site_id == site.id, Flag.rule.is_(None), Flag.weight > 0)
        .where(Flag.created_at >= min(row.created_at for row in rows))
        .group_by(Flag.revision_id)
    )
    return {revision: round(weight, 3) for revision, weight in found if revision in wanted}


def _told(moved: Mapping[tuple[Outcome, Outcome], list[Any]], total: int) -> Replay:
    def rows(chosen: Callable[[bool, bool], bool]) -> Iterable[Any]:
        return (
            row
            for (before, after), found in moved.items()
            if chosen(before in _WAITS, after in _WAITS)
            for row in found
        )

    return Replay(
        comments=sum(map(len, moved.values())),
        total=total,
        held_now=len(list(rows(lambda before, _: before))),
        held_then=len(list(rows(lambda _, after: after))),
        caught=_change(rows(lambda before, after: after and not before)),
        released=_change(rows(lambda before, after: before and not after)),
        moves={key: _change(found) for key, found in sorted(moved.items()) if key[0] != key[1]},
    )


def _change(found: Iterable[Any]) -> Change:
    rows = sorted(found, key=lambda row: row.created_at, reverse=True)
    decided = [row for row in rows if row.reviewed]
    return Change(
        count=len(rows),
        rejected=sum(row.status == "rejected" for row in decided),
        approved=sum(row.status == "published" for row in decided),
        examples=[
            (
                row.public_id,
                texts.excerpt(row.text, _EXCERPT),
                is_severe_on(row.site_id, row.scores),
            )
            for row in rows[:_EXAMPLES]
        ],
    )
