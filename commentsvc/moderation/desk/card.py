"""The shape of a card: a comment as a moderator sees it. Facts only; cards.py builds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...sites.queries import by_id, policy_of
from ...threads import text as texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ...sites.policy import Policy
    from ..judging.weighing import Mark


def is_severe(scores: Mapping[str, float] | None, policy: Policy) -> bool:
    """Whether a text is blurred until a moderator asks for it."""
    return max((scores or {}).values(), default=0.0) >= policy.blur_at


def is_severe_on(site_id: int, scores: Mapping[str, float] | None) -> bool:
    """The same, by this site's policy."""
    return is_severe(scores, policy_of(by_id(site_id)))


@dataclass(frozen=True)
class Person:
    """The author, with their record on this site. `flags` are open reports on their comments."""

    id: str
    name: str
    kind: str  # member | guest
    role: str | None
    until: datetime | None  # when that role ends
    since: datetime
    approved: int = 0
    rejected: int = 0
    pending: int = 0
    flags: int = 0


@dataclass(frozen=True)
class Why:
    """One finding in words."""

    rule: str
    reason: str
    action: str  # PASS, REVIEW, HOLD, REJECT
    sentence: str


@dataclass(frozen=True)
class Measured:
    """One score beside the site's limits; a limit that is not set is None."""

    label: str
    name: str
    value: float
    limit: float | None  # hold_at
    flag_at: float | None
    reject_at: float | None
    said: float | None = None  # the model's own, before the site's calibration


@dataclass(frozen=True)
class Report:
    """An open flag; `by` is None for a reader without an account, and for a rule."""

    reason: str
    title: str
    note: str | None
    by_id: str | None
    by: str | None
    rule: str | None
    weight: float
    at: datetime


@dataclass(frozen=True)
class Earlier:
    """An earlier text of the comment."""

    number: int
    text: str
    at: datetime

    @property
    def plain(self) -> str:
        """The text without its markup, with the addresses of its links."""
        return texts.plain(self.text, addresses=True)


@dataclass(frozen=True)
class Decided:
    """A row of the comment's log."""

    id: str
    action: str
    by: str | None  # None: the rules
    by_id: str | None
    reason: str | None
    title: str | None
    note: str | None
    message: str | None
    at: datetime
    undone: bool
    undoes: bool
    findings: list[Mapping[str, Any]] = field(default_factory=list)  # of the rules' own decisions


@dataclass(frozen=True)
class Card:
    """A comment as moderators see it. Ids are public; offsets of marks count in `text`."""

    id: str
    row_id: int
    site_id: int
    site_key: str
    site_name: str
    thread_id: str
    thread_title: str | None
    thread_href: str
    thread_tags: tuple[str, ...]
    permalink: str
    status: str
    version: int
    depth: int
    created_at: datetime
    edited_at: datetime | None
    text: str
    html: str
    language: str | None
    author: Person
    reviewed: bool
    featured: bool
    pinned: bool
    like_count: int
    flag_count: int
    reactions: dict[str, int] = field(default_factory=dict)  # other than likes
    parent_id: str | None = None
    parent_author: str | None = None
    parent_excerpt: str | None = None
    parent_severe: bool = False
    scores: list[Measured] = field(default_factory=list)
    unscored: str | None = None  # why, in words
    why: list[Why] = field(default_factory=list)
    urgency: list[str] = field(default_factory=list)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    flags: list[Report] = field(default_factory=list)
    revisions: list[Earlier] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    severe: bool = False  # at or above the site's `blur_at`

    @property
    def plain(self) -> str:
        """The text without its markup, with the addresses of its links."""
        return texts.plain(self.text, addresses=True)
