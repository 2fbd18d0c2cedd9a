"""Channels: the ways to notify people. A channel is one file here and one row in `ROWS`.

An event is stored once, as a `Notification`. Each channel that the person wants gets its own job,
so that one that hangs or fails does not delay the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from ...core.parts import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...moderation.desk.card import Card
    from ...settings import Settings
    from ...sites.models import Site
    from ...threads.models import Comment, Thread
    from ..models import Notification

#: Modules of this folder, each with `make(settings) -> Channel`.
ROWS = ("mail",)


@dataclass(frozen=True)
class Waiting:
    """What is waiting on one site, as (what, how many, where to see it). Counts of zero are left
    out."""

    site: Site
    counts: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Digest:
    """What is waiting for one moderator, and the most urgent comments. `key` makes sure it is sent
    once."""

    user: User
    waiting: Sequence[Waiting]
    cards: Sequence[Card]
    key: str


@dataclass(frozen=True)
class Quoted:
    """A comment as emails quote it: the author's name, the text with its detected language, and
    the conversation."""

    comment: Comment
    by: str
    text: str
    thread: Thread
    language: str | None = None


@dataclass(frozen=True)
class Talk:
    """What is new in a followed conversation: the first comments, how many there are in all, and
    when the last one was published."""

    follow_id: int
    site: Site
    thread: Thread
    shown: Sequence[Quoted]
    count: int
    until: datetime


@dataclass(frozen=True)
class News:
    """News for one person: followed conversations, replies and mentions. `key` makes sure it is
    sent once."""

    user: User
    talks: Sequence[Talk]
    replies: Sequence[Quoted]
    key: str
    mentions: Sequence[Quoted] = ()


class Channel(Protocol):
    """One way to reach a person. `name` is stored in jobs, so it never changes."""

    name: str

    def wants(self, user: User, kind: str) -> bool:
        """Whether this person wants this kind of notification here, and can be reached."""

    def notify(self, notification: Notification) -> None:
        """Notify the person, at most once, if it is still true. Called outside a unit of work;
        raises if a retry may help."""

    def news(self, news: News) -> None:
        """Send the news to the person, at most once. Called outside a unit of work."""

    def digest(self, digest: Digest) -> None:
        """Send a moderator the digest, at most once. Called outside a unit of work."""


channels: Part[Mapping[str, Channel]] = Part("channels")


def install(app: Any, settings: Settings, value: Mapping[str, Channel] | None = None) -> None:
    """Fill the app's slot with `value`, or with every channel."""
    channels.install(app, value if value is not None else _every(settings))


def _every(settings: Settings) -> dict[str, Channel]:
    made: list[Channel] = [import_module(f"{__name__}.{row}").make(settings) for row in ROWS]
    return {channel.name: channel for channel in made}
