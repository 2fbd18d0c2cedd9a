"""The frozen shapes that every foreign format is read into and written from; no parsing here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Status = Literal["published", "pending", "rejected", "withdrawn"]
STATUSES: tuple[str, ...] = ("published", "pending", "rejected", "withdrawn")

OWN = "commentsvc"  # the source of what our own exports hold
MAX_TEXT = 100_000  # characters of one comment; more than any system that we read allows
MAX_ADDRESS = 2048


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """The site an own export was taken from, so that it can be set up again."""

    key: str
    name: str
    origins: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Mapping[str, Any], ...] = ()
    app_ids: tuple[str, ...] = ()
    forums: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """Who wrote, as far as the source says; `source_id` is the name of the account there.

    The rest is for people of an own export: `identities` are "disqus:5" or, of the site's own login,
    "site:5"; `role` with its five companions is a membership.
    """

    name: str | None
    email: str | None = None
    source_id: str | None = None
    url: str | None = None
    role: str | None = None
    created_at: datetime | None = None
    member: bool = False
    erased_at: datetime | None = None
    locale: str | None = None
    identities: tuple[str, ...] = ()
    until: datetime | None = None
    message: str | None = None
    note: str | None = None
    set_by: str | None = None
    set_at: datetime | None = None
    earned: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """One conversation. `url` is as the source has it: absolute, relative, or unknown (None).

    `private` marks pages that the source did not show to everybody (drafts, password-protected).
    """

    source: str
    source_id: str
    url: str | None
    title: str | None = None
    closed: bool = False
    created_at: datetime | None = None
    private: bool = False
    address: str | None = None  # the identity it had, where that is not what its url says
    merged_into: str | None = None
    closed_at: datetime | None = None
    closes_at: datetime | None = None
    premoderate: bool = False
    slow_seconds: int = 0
    names: tuple[str, ...] = ()  # what pages call it, whatever their address: Disqus's identifiers


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """One text that a comment has had."""

    text: str
    created_at: datetime | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    model: str | None = None
    language: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    verdict: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppealRecord:
    """An author's answer to a decision, and what became of it."""

    text: str
    by: str | None = None
    created_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: str | None = None
    answer: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision about a comment; `revision` counts from 1, `by` is a source id or None."""

    action: str
    reason: str | None = None
    note: str | None = None
    by: str | None = None
    automated: bool = False
    revision: int | None = None
    created_at: datetime | None = None
    id: str | None = None
    rule: str | None = None
    message: str | None = None
    before: str | None = None  # the status
    after: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    undoes: str | None = None
    batch: str | None = None
    tell_after: datetime | None = None
    told_at: datetime | None = None
    appeal: AppealRecord | None = None


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """One call for a moderator: a person's (`by`) or a rule's."""

    reason: str
    note: str | None = None
    by: str | None = None
    created_at: datetime | None = None
    rule: str | None = None
    weight: float = 1.0
    revision: int | None = None
    closed_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """One comment. `text` is source in our Markdown; an IP address is never carried.

    (`source`, `source_id`) names it for ever, so that reading a file again adds nothing; `formerly` are
    sources under which earlier versions took such a file in. `reason` says why it is not published:
    spam, trash, deleted, hidden, no_text.
    """

    source: str
    source_id: str
    thread_source_id: str
    parent_source_id: str | None
    author: AuthorRecord
    text: str
    created_at: datetime | None
    status: Status = "published"
    reason: str | None = None
    likes: int = 0
    edited_at: datetime | None = None
    revisions: tuple[RevisionRecord, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    flags: tuple[FlagRecord, ...] = ()
    liked_by: tuple[str, ...] = ()
    reactions: Mapping[str, int] = field(default_factory=dict)  # other than likes: kind -> people
    reacted_by: Mapping[str, str] = field(default_factory=dict)  # person -> kind
    origin: str | None = None  # "disqus:4711": where an own comment once came from
    home: str | None = None  # the thread it was written in, before a merge
    published_at: datetime | None = None
    reviewed: bool = False
    featured: bool = False
    pinned: bool = False
    unscored: str | None = None
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader had to decide or leave out: a code, the place in the file, a sentence."""

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is left out on purpose (a pingback, an order note); only counted."""

    what: str
    count: int = 1


class Broken(Exception):
    """The file cannot be read further; what was read before it is sound."""

    def __init__(self, kind: str, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.problem = Problem(kind, where, what)


@dataclass(frozen=True, slots=True)
class Break:
    """One file or line out of several is broken; reading went on behind it."""

    problem: Problem


Record = SiteRecord | AuthorRecord | ThreadRecord | CommentRecord
Item = Record | Problem | Skipped | Break
