"""The frozen shapes that every format is read into and written from; no parsing here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Status = Literal["published", "pending", "rejected", "withdrawn"]
STATUSES: tuple[str, ...] = ("published", "pending", "rejected", "withdrawn")

OWN = "commentsvc"  # the source of comments in our own exports
MAX_TEXT = 100_000  # characters of a comment; more than any system we read allows
MAX_ADDRESS = 2048


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """The site that an export in our own format came from, so that it can be set up again."""

    key: str
    name: str
    origins: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Mapping[str, Any], ...] = ()
    reasons: tuple[Mapping[str, Any], ...] = ()  # its own
    app_ids: tuple[str, ...] = ()
    forums: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """The author, as far as the source says; `source_id` is the account's ID there.

    The other fields are for people in our own exports: `identities` are "disqus:5" or, for the
    site's own sign-in, "site:5"; `role` and the last six fields are a membership.
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

    `private` marks pages that were not public at the source (drafts, password-protected).
    """

    source: str
    source_id: str
    url: str | None
    title: str | None = None
    closed: bool = False
    created_at: datetime | None = None
    private: bool = False
    address: str | None = None  # its canonical address, if the url gives another
    merged_into: str | None = None
    closed_at: datetime | None = None
    closes_at: datetime | None = None
    premoderate: bool = False
    slow_seconds: int = 0
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # what pages call it: Disqus's identifiers
    reacted_by: Mapping[str, str] = field(default_factory=dict)  # to the page: person -> kind


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
    """An author's appeal against a decision, and its outcome."""

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
    """One decision about a comment; `revision` counts from 1, `by` is a source ID or None."""

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
    """One call for a moderator, by a person (`by`) or a rule."""

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
    """One comment. `text` is our Markdown source; IP addresses are never included.

    (`source`, `source_id`) identifies it permanently, so that importing a file again adds nothing;
    `formerly` are the sources under which earlier versions imported such a file. `reason` says why
    it is not published: spam, trash, deleted, hidden, no_text.
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
    origin: str | None = None  # "disqus:4711": where a comment was once imported from
    home: str | None = None  # the thread it was written in, before a merge
    published_at: datetime | None = None
    reviewed: bool = False
    featured: bool = False
    pinned: bool = False
    unscored: str | None = None
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a reader had to decide or leave out: a code, the place in the
    file, a sentence."""

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something left out on purpose (a pingback, an order note); only counted."""

    what: str
    count: int = 1


class Broken(Exception):
    """The file cannot be read further; everything read before is valid."""

    def __init__(self, kind: str, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.problem = Problem(kind, where, what)


@dataclass(frozen=True, slots=True)
class Break:
    """One of several files or lines is broken; reading continues after it."""

    problem: Problem


Record = SiteRecord | AuthorRecord | ThreadRecord | CommentRecord
Item = Record | Problem | Skipped | Break
