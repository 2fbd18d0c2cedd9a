"""The public view of people in a conversation or on a site: what they have published there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..accounts.models import User
from ..core.db import db
from ..core.errors import NotFound
from ..sites.queries import membership
from . import text as texts
from .models import Comment, Revision, Thread
from .views import BADGES, permalink

if TYPE_CHECKING:
    from datetime import datetime

    from ..sites.models import Site

MOST_PEOPLE = 100  # per conversation, the latest authors
_LAST_COMMENTS = 1000  # searched for them
MOST_COUNTED = 10_000
_SHOWN = 5
_EXCERPT = 140


@dataclass(frozen=True)
class Shown:
    """The beginning of a comment, and where it is."""

    id: str
    text: str
    thread_title: str | None
    link: str
    at: datetime


@dataclass(frozen=True)
class PersonView:
    """What a card shows about a person on one site; for guests only name and count. `count` is at
    most `MOST_COUNTED`."""

    id: str
    name: str
    kind: str
    badges: tuple[str, ...]
    count: int
    since: datetime | None = None
    given: tuple[str, ...] = ()  # from the site's own sign-in, like the two below
    url: str = ""
    picture: str = ""
    comments: list[Shown] = field(default_factory=list)


def people_of(thread: Thread, *, but: User | None) -> list[User]:
    """The members who commented in a conversation, latest first."""
    last = (
        select(Comment.author_id, Comment.published_at)
        .where(Comment.thread_id == thread.id, Comment.status == "published")
        .order_by(Comment.published_at.desc())
        .limit(_LAST_COMMENTS)
        .subquery()
    )
    query = (
        select(User)
        .join(last, last.c.author_id == User.id)
        .where(User.kind == "member", User.active())
        .group_by(User.id)
        .order_by(func.max(last.c.published_at).desc(), User.id)
        .limit(MOST_PEOPLE)
    )
    if but is not None:
        query = query.where(User.id != but.id)
    return list(db.session.scalars(query))


def person(site: Site, public_id: str, *, with_comments: bool) -> PersonView:
    """A person with a published comment on the site. Raises `NotFound` for anyone else."""
    user = db.session.scalar(select(User).where(User.public_id == public_id, User.active()))
    published = (
        Comment.author_id == (user.id if user is not None else 0),
        Comment.site_id == site.id,
        Comment.status == "published",
    )
    first = db.session.scalar(
        select(Comment.created_at).where(*published).order_by(Comment.created_at).limit(1)
    )
    if user is None or first is None:
        raise NotFound("not_found.person")
    some = select(Comment.id).where(*published).limit(MOST_COUNTED).subquery()
    count = int(db.session.scalar(select(func.count()).select_from(some)) or 0)
    if user.is_guest:
        return PersonView(user.public_id, user.name, user.kind, (), count)
    row, said = membership(user, site), user.profile or {}
    said = said if said.get("site") == site.id else {}
    return PersonView(
        id=user.public_id,
        name=user.name,
        kind=user.kind,
        badges=BADGES.get(row.role if row is not None else "", ()),
        count=count,
        since=first,
        given=tuple(said.get("badges", ())),
        url=said.get("url", ""),
        picture=said.get("picture", ""),
        comments=_newest(user, site) if with_comments else [],
    )


def _newest(user: User, site: Site) -> list[Shown]:
    found = db.session.execute(
        select(Comment, Revision.text, Thread)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.author_id == user.id, Comment.site_id == site.id)
        .where(Comment.status == "published")
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(_SHOWN)
    )
    return [
        Shown(
            id=comment.public_id,
            text=texts.excerpt(text, _EXCERPT),
            thread_title=thread.title,
            link=permalink(thread.href, comment.public_id),
            at=comment.created_at,
        )
        for comment, text, thread in found
    ]
