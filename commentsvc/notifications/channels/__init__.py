"""Channels: how somebody hears of something. A channel is one file here and one row in `ROWS`.

What happened is written down once, as a `Notification`; each channel that the person wants gets a job
of its own, so that one that hangs or fails holds up no other.
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
    """What waits on one site: (what, how many, where to look), nothing that is none."""

    site: Site
    counts: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Digest:
    """What waits for one moderator, and the most urgent comments. `key` names it: sent once."""

    user: User
    waiting: Sequence[Waiting]
    cards: Sequence[Card]
    key: str


@dataclass(frozen=True)
class Quoted:
    """A comment as it is passed on: who wrote it, what, and where."""

    comment: Comment
    by: str
    text: str
    thread: Thread


@dataclass(frozen=True)
class Talk:
    """What is new in a conversation that somebody follows: the first comments of so many, and when the
    last one came."""

    follow_id: int
    site: Site
    thread: Thread
    shown: Sequence[Quoted]
    count: int
    until: datetime


@dataclass(frozen=True)
class News:
    """What came where somebody follows, replies and mentions. `key` names it: sent once."""

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
        """Tell the person, at most once, if what it says is still so. Called outside a unit of work;
        raises when trying again later may help."""

    def news(self, news: News) -> None:
        """Tell somebody what came where they follow, at most once. Called outside a unit of work."""

    def digest(self, digest: Digest) -> None:
        """Tell a moderator what waits, at most once. Called outside a unit of work."""


channels: Part[Mapping[str, Channel]] = Part("channels")


def install(app: Any, settings: Settings, value: Mapping[str, Channel] | None = None) -> None:
    """Fill the app's slot: with what is given, or with every channel there is."""
    channels.install(app, value if value is not None else _every(settings))


def _every(settings: Settings) -> dict[str, Channel]:
    made: list[Channel] = [import_module(f"{__name__}.{row}").make(settings) for row in ROWS]
    return {channel.name: channel for channel in made}
