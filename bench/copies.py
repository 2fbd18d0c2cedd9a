"""A database of any size, built quickly: comments accepted by the product, copied row by row
in the database.

Some comments are really posted, held and decided. All others are copies of their rows in every
table, with their own places, people, times and a number in the text.
"""

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import select

from commentsvc.accounts.commands import register
from commentsvc.accounts.models import Credential, User
from commentsvc.core import jobs
from commentsvc.core.db import Base, db, is_sqlite, micros, release, unit_of_work
from commentsvc.core.ids import new_id, new_secret, secret_hash
from commentsvc.core.rows import table_of
from commentsvc.moderation.audit import append_decisions
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import search
from commentsvc.moderation.models import Decision, Flag, RuleFinding
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites.commands import add_site, put_role
from commentsvc.sites.models import Site
from commentsvc.threads import commands as threads
from commentsvc.threads.models import Comment, Revision, Thread

from . import corpus, ours
from .plan import Plan, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

PATTERNS = 200
MARK = "0000000"  # in each pattern's text; each copy has its own number instead
RARE = "harbourmaster"  # a word in one comment of two hundred
MODERATOR = "mona@bench.example"  # of the first site only
_HELD = "You are a stupid idiot and a liar, and so is everybody who votes for you."
_AT_ONCE = 20_000  # rows per statement


def key(number: int) -> str:
    """The key of a site; the first has the big thread."""
    return corpus.KEY if number == 0 else f"{corpus.KEY}-{number}"


def href(number: int) -> str:
    """The address of a thread; 0 is the big one."""
    return f"{corpus.ORIGIN}/articles/{number}"


def fill(app: Flask, comments: int) -> Size:
    """`comments` copies, in threads and sites in proportion, and the patterns in a
    separate thread."""
    size = Size(comments)
    with app.app_context():
        owner = register(email=corpus.OWNER, password=corpus.PASSWORD, name="Olga", is_admin=True)
        sites = _sites(size, owner)
        first = by_id(sites[0])
        mona = register(email=MODERATOR, password=corpus.PASSWORD, name="Mona")
        put_role(first, mona, "moderator", by=owner)
        _patterns(first, owner)
        plan, decided = Plan(size, sites), db.session.scalar(select(db.func.max(Decision.id)))
        release()
        _Copier(plan).run()
        _log_decisions(decided or 0)
        db.session.remove()
    return size


def by_id(row: int) -> Site:
    """The site with this row ID."""
    return db.session.get_one(Site, row)


def _sites(size: Size, owner: User) -> list[int]:
    made = []
    with unit_of_work():
        for number in range(size.sites):
            site = add_site(
                name=f"Site {number}",
                key=key(number),
                origins=[corpus.ORIGIN, "http://127.0.0.1:*"],
                owner=owner,
                policy={"slow_seconds": 0, "undo_seconds": 0},
            )
            made.append(site.id)
    return made


def _patterns(site: Site, owner: User) -> None:
    """Real comments: a person rejects four in a hundred, the rules hold two."""
    chance = random.Random(20261129)
    for number in range(PATTERNS):
        said = corpus.words(chance, chance.randint(60, 420))
        said = f"The {RARE} slept. {said}" if number == 3 else said
        said = _HELD if number % 50 == 1 else said
        new = NewComment(
            site=site,
            href=f"{corpus.ORIGIN}/patterns",
            name=f"Reader {number}",
            text=f"{said} This is number {MARK}.",
        )
        posted = submit(new)
        if number % 25 == 2:
            decide(posted.comment.public_id, action="reject", reason="off_topic", by=owner)
    jobs.run_due()


class _Copier:
    """Writes the plan into the tables, some thousand rows at a time, through its own connection."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.is_sqlite = plan, is_sqlite()
        models = (Comment, Revision, User, Thread)
        highest = [db.session.scalar(select(db.func.max(table_of(each).c.id))) for each in models]
        self.next = {each: (row or 0) + 1 for each, row in zip(models, highest, strict=True)}
        self.pattern_thread = db.session.scalars(select(Thread.id)).one()
        self.pages = [by_id(each) for each in plan.sites]
        release()
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        file = db.engine.url.database or ""
        self.connection: Any = sqlite3.connect(file) if self.is_sqlite else psycopg.connect(url)

    def run(self) -> None:
        """Copy everything, without waiting for the disk each time; on PostgreSQL, the search index is
        built last, which is a fifth of the work."""
        ask, most = self.connection.execute, self.plan.size.comments
        for each in _HURRY_SQLITE if self.is_sqlite else _HURRY_POSTGRES:
            ask(each)
        self._people()
        self._threads()
        for start in range(0, most, _AT_ONCE):
            self._planned(self._places(start, min(start + _AT_ONCE, most)), _PLACED)
            self._comments()
        ask(_WAVES)
        self.connection.commit()
        if not self.is_sqlite:
            with db.engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
                search.add_index(connection)
            ours.go_on_counting()
            ours.analyze()
        self.connection.close()

    # --- tables -----------------------------------------------------------------------------------

    def _people(self) -> None:
        authors = [each.author_id for each in self.plan.patterns]
        first, count = self.next[User], self.plan.size.people
        rows = (
            (first + n, authors[n % len(authors)], new_id(), secret_hash(new_secret()), f"Reader {n}",
             self.plan.at(n))
            for n in range(count)
        )  # fmt: skip
        self._planned(rows, "id, pattern, public_id, mark, name, at")
        self._copy(User, id="plan.id", public_id="plan.public_id", name="plan.name",
                   created_at="plan.at")  # fmt: skip
        self._copy(
            Credential, on="user_id", without_id=True, user_id="plan.id", hash="plan.mark",
            public_id="'c' || substr(plan.mark, 1, 12)", created_at="plan.at",
        )  # fmt: skip
        self.connection.commit()

    def _threads(self) -> None:
        plan, first, sites, pages = self.plan, self.next[Thread], len(self.plan.sites), self.pages
        rows = (
            (first + n, self.pattern_thread, new_id(), plan.sites[n % sites],
             threads.page_of(pages[n % sites], href(n)).canonical, href(n), f"Article {n}",
             plan.counts[n], plan.last[n] or None, plan.first[n])
            for n in range(plan.size.threads)
        )  # fmt: skip
        names = "id, pattern, public_id, site, address, href, title, many, latest, at"
        self._planned(rows, names)
        self._copy(
            Thread, id="plan.id", public_id="plan.public_id", site_id="plan.site",
            address="plan.address", href="plan.href", title="plan.title", version="plan.many + 1",
            comment_count="plan.many", last_comment_at="plan.latest", created_at="plan.at",
        )  # fmt: skip
        self.connection.commit()

    def _places(self, start: int, end: int) -> Iterator[tuple[Any, ...]]:
        plan, row, sites = self.plan, self.next[Comment], len(self.plan.sites)
        person = self.next[User]
        for n in range(start, end):
            pattern, parent, thread = plan.patterns[plan.pattern[n]], plan.parent[n], plan.thread[n]
            later = (plan.at(n) - micros(pattern.created_at)) / 3600e6
            yield (
                row + n, pattern.id, new_id(), f"{n + 1:07d}", plan.sites[thread % sites],
                self.next[Thread] + thread, row + parent if parent >= 0 else None, plan.depth[n],
                person + n * 7919 % plan.size.people, plan.at(n), round(pattern.urgency - later, 4),
                plan.likes[n], plan.replies[n],
            )  # fmt: skip

    def _comments(self) -> None:
        further = self.next[Revision] - self.next[Comment]
        own = {
            "site_id": "plan.site", "comment_id": "plan.id", "created_at": "plan.at",
            "revision_id": f"plan.id + {further}",
        }  # fmt: skip
        self._copy(
            Comment, id="plan.id", public_id="plan.public_id", site_id="plan.site",
            thread_id="plan.thread", parent_id="plan.parent", depth="plan.depth",
            author_id="plan.author", revision_id=f"plan.id + {further}", created_at="plan.at",
            published_at="CASE WHEN pattern.published_at IS NULL THEN NULL ELSE plan.at END",
            like_count="plan.likes", reply_count="plan.replies", urgency="plan.urgency",
            rank="2.0 * plan.likes + plan.replies",
        )  # fmt: skip
        self._copy(
            Revision, on="comment_id", id=f"plan.id + {further}", comment_id="plan.id",
            created_at="plan.at", text=_marked("text"), html=_marked("html"),
        )  # fmt: skip
        for model in (RuleFinding, Flag):
            self._copy(model, on="comment_id", without_id=True, **own)
        self._copy(Decision, on="comment_id", without_id=True,
                   public_id="'d' || substr(plan.public_id, 2)", **own)  # fmt: skip
        self._likes()
        self.connection.commit()

    def _likes(self) -> None:
        """One row per like, each by a different person: the three people after the author."""
        first, people = self.next[User], self.plan.size.people
        self.connection.execute(
            "INSERT INTO reaction (comment_id, user_id, network, created_at) SELECT plan.id,"
            f" {first} + (plan.author - {first} + n) % {people}, NULL, plan.at + n"
            " FROM plan JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS several"
            " ON n <= plan.likes"
        )

    # --- copying ---------------------------------------------------------------------------------

    def _copy(
        self, model: type[Base], on: str = "id", *, without_id: bool = False, **other: str
    ) -> None:
        """For each row of the plan, insert a copy of its pattern's row, with the columns in
        `other` changed."""
        table = table_of(model)
        names = [each.name for each in table.columns if not (without_id and each.name == "id")]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(other.get(name, f'pattern."{name}"') for name in names)
        self.connection.execute(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM plan'
            f' JOIN "{table.name}" AS pattern ON pattern."{on}" = plan.pattern ORDER BY plan.id'
        )

    def _planned(self, rows: Iterator[tuple[Any, ...]], names: str) -> None:
        """Store the rows in the temporary table `plan`."""
        self.connection.execute("DROP TABLE IF EXISTS plan")
        if self.is_sqlite:
            self.connection.execute(f"CREATE TEMP TABLE plan ({names})")
            marks = ", ".join("?" for _ in names.split(","))
            self.connection.executemany(f"INSERT INTO plan VALUES ({marks})", rows)
            return
        kinds = ", ".join(f"{each} {_KIND.get(each, 'bigint')}" for each in names.split(", "))
        self.connection.execute(f"CREATE TEMP TABLE plan ({kinds})")
        with self.connection.cursor() as cursor, cursor.copy("COPY plan FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.connection.execute("ANALYZE plan")


#: The copies of a pattern in a wave are one wave for each site.
_WAVES = """
UPDATE comment SET wave = own.first FROM (
    SELECT site_id, wave, min(id) AS first FROM comment WHERE wave IS NOT NULL GROUP BY site_id, wave
) AS own WHERE comment.wave = own.wave AND comment.site_id = own.site_id
"""
_PLACED = (
    "id, pattern, public_id, mark, site, thread, parent, depth, author, at, urgency, likes, replies"
)
_HURRY_SQLITE = ("PRAGMA synchronous=OFF", "PRAGMA temp_store=MEMORY", "PRAGMA cache_size=-200000")
_HURRY_POSTGRES = (
    "SET session_replication_role = replica",  # all references are known to be valid
    "DROP INDEX IF EXISTS revision_search",
)
_KIND = {
    **dict.fromkeys(("public_id", "mark", "name", "address", "href", "title"), "text"),
    "urgency": "double precision",
}


def _marked(column: str) -> str:
    return f"replace(pattern.{column}, '{MARK}', plan.mark)"


def _log_decisions(after: int) -> None:
    """Append the copies' decisions to the public logs of their sites, in order."""
    rows = select(Decision.id).where(Decision.id > after).order_by(Decision.site_id, Decision.id)
    ids = db.session.scalars(rows).all()
    for start in range(0, len(ids), 500):
        some = (
            select(Decision, Comment.public_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.id.in_(ids[start : start + 500]))
            .order_by(Decision.site_id, Decision.id)
        )
        with unit_of_work():
            append_decisions((row[0], row[1]) for row in db.session.execute(some).all())
            db.session.expunge_all()
