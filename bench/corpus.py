"""The data that benchmarks read and write: threads of many sizes, inserted directly
into the tables."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from commentsvc.accounts.commands import register
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.ids import new_id
from commentsvc.core.rows import table_of
from commentsvc.sites.commands import add_site
from commentsvc.threads import commands as threads
from commentsvc.threads import text as texts
from commentsvc.threads.models import Comment, Revision, Thread

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.sites.models import Site

KEY = "bench"
ORIGIN = "https://bench.example"
SIZES = (100, 1_000, 10_000, 100_000)
OWNER, PASSWORD = "owner@bench.example", "correct horse battery"
_WORDS = """the ferry was late again and nobody on the quay seemed surprised which says more about us
than about the ferry harbour council bridge market evening light timetable kitchen garden winter sea
people often forget that a promise made in public is still a promise and ought to be kept"""


def words(chance: random.Random, length: int = 240) -> str:
    """A comment of about `length` characters."""
    known, said = _WORDS.split(), [""]
    while sum(map(len, said)) + len(said) < length:
        said.append(chance.choice(known))
    return " ".join(said).strip().capitalize() + "."


def href(size: int | str) -> str:
    """The article with that many comments."""
    return f"{ORIGIN}/{size}"


def fill(app: Flask, sizes: tuple[int, ...] = SIZES) -> None:
    """A site with one thread of each size. Replies go three deep, as in real threads."""
    chance = random.Random(20261122)
    with app.app_context():
        owner = register(email=OWNER, password=PASSWORD, name="Olga", is_admin=True)
        site = add_site(
            name="Bench",
            key=KEY,
            origins=[ORIGIN, "http://127.0.0.1:*"],
            owner=owner,
            policy={"slow_seconds": 0},
        )
        people = _people(200)
        for size in sizes:
            _thread(site, people, size, chance)


def _people(count: int) -> list[int]:
    moment = clock.now()
    rows = [
        {
            "public_id": new_id(),
            "kind": "guest",
            "name": f"Reader {number}",
            "is_admin": False,
            "settings": {},
            "session_epoch": 0,
            "created_at": moment,
        }
        for number in range(count)
    ]
    with unit_of_work():
        db.session.execute(table_of(User).insert(), rows)
        return list(db.session.scalars(db.select(User.id).where(User.kind == "guest")))


def _thread(site: Site, people: list[int], size: int, chance: random.Random) -> None:
    thread = threads.open_thread(site, href(size), title=f"An article with {size} comments")
    first = (db.session.scalar(db.select(db.func.max(Comment.id))) or 0) + 1
    comments, revisions = _rows(thread, people, size, chance, first)
    with unit_of_work():
        for start in range(0, size, 5000):
            db.session.execute(table_of(Comment).insert(), comments[start : start + 5000])
            db.session.execute(table_of(Revision).insert(), revisions[start : start + 5000])
        thread.comment_count, thread.last_comment_at = size, clock.now()


def _rows(
    thread: Thread, people: list[int], size: int, chance: random.Random, first: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    said = [words(chance) for _ in range(200)]
    html = [texts.html(each) for each in said]
    began = clock.now() - timedelta(days=30)
    comments: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    for number in range(size):
        parent = _parent(comments, chance)
        row_id, at = first + number, began + timedelta(seconds=30 * 86400 * number / size)
        comment = _comment(row_id, thread, parent, at, likes=int(chance.expovariate(0.3)))
        comments.append(comment | {"author_id": chance.choice(people)})
        if parent:
            parent["reply_count"] += 1
            parent["rank"] += 1
        which = chance.randrange(len(said))
        revisions.append(_revision(row_id, at) | {"text": said[which], "html": html[which]})
    return comments, revisions


def _comment(
    row_id: int, thread: Thread, parent: dict[str, Any] | None, at: datetime, *, likes: int
) -> dict[str, Any]:
    return {
        "id": row_id,
        "public_id": new_id(),
        "site_id": thread.site_id,
        "thread_id": thread.id,
        "parent_id": parent["id"] if parent else None,
        "depth": parent["depth"] + 1 if parent else 0,
        "status": "published",
        "version": 2,
        "shown": True,
        "revision_id": row_id,
        "reviewed": False,
        "created_at": at,
        "published_at": at,
        "like_count": likes,
        "reply_count": 0,
        "flag_count": 0,
        "rank": 2.0 * likes,
        "urgency": 0.1,
        "featured": False,
        "pinned": False,
    }


def _revision(row_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": row_id,
        "comment_id": row_id,
        "number": 1,
        "language": "en",
        "scorer": "bench",
        "created_at": at,
    }


def _parent(comments: list[dict[str, Any]], chance: random.Random) -> dict[str, Any] | None:
    """Two in five reply to one of the last hundred, at most three deep."""
    if not comments or chance.random() > 0.4:
        return None
    found = comments[-chance.randint(1, min(100, len(comments)))]
    return found if found["depth"] < 3 else None
