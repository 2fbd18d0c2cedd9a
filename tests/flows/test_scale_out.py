"""A site outgrows its one process: a backup of SQLite is restored into what many nodes share, and two
nodes on it are one service."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.app import create_app
from commentsvc.core import jobs, schema
from commentsvc.core.backups import archive
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.files import folder
from commentsvc.core.jobs import Job
from commentsvc.settings import Settings
from commentsvc.toxicity.backends.stub import StubScorer
from tests.conftest import SCORES, WIDE, own_postgres
from tests.factories import post
from tests.migrated import _template, migrated  # noqa: F401  fixtures
from tests.people import Cast, make_cast
from tests.sharing import share_what_is_the_same
from tests.web.asking import HREF, api_key, bearer, body, browser, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

QUERY = {"site": "harbour", "href": HREF}


@pytest.fixture
def node(tmp_path: Path, redis_url: str, migrated: None) -> Callable[..., Flask]:  # noqa: F811
    """A web process: `node(database_url)`; all of an installation have the same secret key."""

    def make(database_url: str, limits: str = WIDE) -> Flask:
        settings = Settings(
            data_dir=tmp_path,
            database_url=database_url,
            redis_url="" if database_url.startswith("sqlite") else redis_url,
            secret_key="a key for tests only, 32 characters",
            public_url="https://comments.example.com",
            mail_url="memory:",
            limits=limits,
        )
        deliver = lambda job_id, delay: None  # noqa: E731
        app = create_app(settings, scorer=StubScorer(SCORES), deliver=deliver)
        return share_what_is_the_same(app)

    return make


@contextmanager
def small(node: Callable[..., Flask], folder_: Path) -> Iterator[tuple[Flask, Cast]]:
    """The installation as it began: one process on a file of SQLite."""
    app = node(f"sqlite:///{folder_ / 'small.db'}")
    with app.app_context():
        schema.upgrade(app, folder("migrations"), lock_in=folder_)
        yield app, make_cast()


@pytest.fixture
def shared(tmp_path: Path, database_url: str) -> str:
    """An empty database that several nodes can open."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'shared.db'}"
    return own_postgres(database_url, "shared")


def moved(before: Flask, after: Flask, file: Path) -> None:
    """What `commentsvc backup` and `restore` do."""
    head = schema.head(folder("migrations"))
    silent = lambda table, count: None  # noqa: E731
    with before.app_context():
        saved = archive.write(db.engine, file, revision=head, version="test", progress=silent)
    with after.app_context():
        schema.upgrade(after, folder("migrations"), lock_in=file.parent)
        archive.check_empty(db.engine)
        archive.load(db.engine, file, progress=silent)
        archive.verify(db.engine, saved)


def thread(app: Flask) -> str:
    with app.app_context():
        settle()  # what the other node wrote is seen after a moment
    return str(browser(app).get("/embed/thread", query_string=QUERY).text)


def write(app: Flask, text: str, **headers: str) -> Any:
    return browser(app).post("/api/v1/comments", json=body(text=text), headers=headers)


def test_it_works(node: Callable[..., Flask], tmp_path: Path, shared: str) -> None:
    with small(node, tmp_path) as (before, cast):
        post(cast.site, "Written before the move.", user=cast.rita)
        held = post(cast.site, "You idiot.", name="Ann").comment.public_id
        rita, mona = bearer(cast.rita, cast.site), api_key(cast.mona, "moderate", "read")
        old = thread(before)
        one, two = node(shared), node(shared)
        moved(before, one, tmp_path / "backup.zip")

    # nobody notices: the page, the sign-in of a frame and the key of a program are as they were
    assert thread(one) == thread(two) == old and "Written before the move." in old
    for app in (one, two):
        assert browser(app).get("/api/v1/me?site=harbour", headers=rita).json["role"] == "reader"
        queue = browser(app).get("/api/v1/queue?site=harbour", headers=mona).json["items"]
        assert [each["id"] for each in queue] == [held]

    # written at one, read at the other; decided there, seen here
    made = write(one, "Written at one.")
    assert made.status_code == 201 and "Written at one." in thread(two)
    decided = {"action": "approve", "seen_version": queue[0]["version"]}
    path = f"/api/v1/comments/{held}/decisions"
    assert browser(two).post(path, json=decided, headers=mona).status_code == 201
    assert "You idiot." in thread(one)
    late = browser(one).post(
        path, json={**decided, "action": "reject", "reason": "spam"}, headers=mona
    )
    assert late.status_code == 409


def test_what_is_sent_to_both_is_one_comment(
    node: Callable[..., Flask], tmp_path: Path, shared: str
) -> None:
    one, two = node(shared), node(shared)
    with small(node, tmp_path) as (before, _):
        moved(before, one, tmp_path / "backup.zip")
    key = {"Idempotency-Key": "the-same-key"}
    answers = [write(app, "Sent twice.", **key) for app in (one, two, one)]
    assert {each.status_code for each in answers} == {201}
    assert len({each.json["id"] for each in answers}) == 1
    assert thread(two).count("Sent twice.") == 1


def test_work_is_done_once_whoever_does_it(
    node: Callable[..., Flask], tmp_path: Path, shared: str
) -> None:
    one, two = node(shared), node(shared)
    with small(node, tmp_path) as (before, cast):
        site_id = cast.site.id
        moved(before, one, tmp_path / "backup.zip")
    with one.app_context(), unit_of_work():
        for _ in range(4):
            jobs.enqueue("rekey_threads", site_id=site_id)
    done = []
    for app in (one, two):
        with app.app_context():
            done.append(jobs.run_due())
    with two.app_context():
        rows = db.session.execute(select(Job.state, Job.attempts)).all()
    assert done == [4, 0] and {tuple(row) for row in rows} == {("done", 1)} and len(rows) == 4


def test_limits_are_counted_together_where_redis_is(
    node: Callable[..., Flask], tmp_path: Path, shared: str, redis_url: str
) -> None:
    few = WIDE.replace("post=100000/minute", "post=4/minute")
    one, two = node(shared, few), node(shared, few)
    with small(node, tmp_path) as (before, _):
        moved(before, one, tmp_path / "backup.zip")
    answers = [write((one, two)[n % 2], f"Number {n} of many.").status_code for n in range(8)]
    together = answers.count(201)
    assert together == (4 if redis_url else 8), answers
    assert set(answers) <= {201, 429}
