"""A backup holds everything, restores on either engine, and notices when it was damaged."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from commentsvc.core import schema
from commentsvc.core.backups import archive
from commentsvc.core.db import Base, db, is_sqlite
from commentsvc.core.errors import Conflict, Invalid
from commentsvc.core.files import folder
from commentsvc.moderation.desk.search import matches
from commentsvc.sites.queries import by_key
from commentsvc.threads import likes
from commentsvc.threads.models import Comment
from tests.core.test_migrations import empty  # noqa: F401  the fixture
from tests.factories import post
from tests.migrated import _template, migrated  # noqa: F401  fixtures
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("migrated")

HEAD = schema.head(folder("migrations"))


def silent(table: str, count: int) -> None:
    """Progress that nobody watches."""


def save(target: Path) -> archive.Manifest:
    return archive.write(db.engine, target, revision=HEAD, version="test", progress=silent)


@pytest.fixture
def talk(cast: Cast) -> Cast:
    """A thread with a reply, a like, something held, and emails of all kinds."""
    first = post(cast.site, "What a **fine** bridge. 橋 🌉 مرحبا", user=cast.rita).comment
    post(cast.site, "You idiot.", user=cast.max)
    post(cast.site, "A reply.", user=cast.max, parent=first.public_id)
    likes.like(first, cast.max)
    return cast


@pytest.mark.engines
def test_it_works(talk: Cast, tmp_path: Path, empty: Callable[[str], Flask]) -> None:  # noqa: F811
    saved = save(tmp_path / "a.zip")
    assert saved.tables["comment"]["rows"] == 3
    other = empty("restored")
    with other.app_context():
        schema.upgrade(other, folder("migrations"), lock_in=tmp_path)
        archive.load(db.engine, tmp_path / "a.zip", progress=silent)
        archive.verify(db.engine, saved)
        again = save(tmp_path / "b.zip")
        assert again.digest == saved.digest
        # the next comment gets an id of its own
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 3
        from commentsvc.sites.queries import by_key

        assert post(by_key("harbour"), "Later.", name="Ann").comment.id > 3


@pytest.mark.engines
def test_it_crosses_engines(talk: Cast, tmp_path: Path) -> None:
    """Whatever it was saved from, SQLite takes it, and gives back the same digest."""
    from tests.core.test_migrations import fresh

    saved = save(tmp_path / "a.zip")
    other = fresh(tmp_path, f"sqlite:///{tmp_path / 'other.db'}")
    with other.app_context():
        schema.upgrade(other, folder("migrations"), lock_in=tmp_path)
        archive.load(db.engine, tmp_path / "a.zip", progress=silent)
        assert save(tmp_path / "b.zip").digest == saved.digest


def test_it_is_for_the_owner_alone(talk: Cast, tmp_path: Path) -> None:
    save(tmp_path / "a.zip")
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


def test_a_full_database_is_not_restored_into(talk: Cast) -> None:
    with pytest.raises(Conflict, match="isn’t empty"):
        archive.check_empty(db.engine)


def test_what_is_not_a_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(Invalid, match="isn’t a commentsvc backup"):
        archive.read_manifest(tmp_path / "x.zip")


def test_a_changed_row_is_noticed(talk: Cast, tmp_path: Path, app: Flask) -> None:
    save(tmp_path / "a.zip")
    with (
        zipfile.ZipFile(tmp_path / "a.zip") as original,
        zipfile.ZipFile(tmp_path / "b.zip", "w") as changed,
    ):
        for name in original.namelist():
            body = original.read(name)
            if name == "tables/revision.jsonl":
                body = body.replace(b"A reply.", b"A lie!!.")
            changed.writestr(name, body)
    db.session.remove()
    for table in reversed(Base.metadata.sorted_tables):
        with db.engine.begin() as connection:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.execute(table.delete())
    with pytest.raises(Invalid, match="damaged"):
        archive.load(db.engine, tmp_path / "b.zip", progress=silent)
    archive.check_empty(db.engine)  # all or nothing


def test_a_reference_to_a_later_row_waits(talk: Cast, tmp_path: Path, app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE comment SET parent_id = 3 WHERE id = 1"))
    save(tmp_path / "a.zip")
    from tests.core.test_migrations import fresh

    other = fresh(tmp_path, f"sqlite:///{tmp_path / 'other.db'}")
    with other.app_context():
        schema.upgrade(other, folder("migrations"), lock_in=tmp_path)
        archive.load(db.engine, tmp_path / "a.zip", progress=silent)
        assert db.session.get(Comment, 1).parent_id == 3


@pytest.mark.engines
def test_it_sees_one_moment_while_others_write(talk: Cast, tmp_path: Path, app: Flask) -> None:
    """Comments and their revisions belong together, however many are written meanwhile."""
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                post(talk.site, "Another one.", name="Ann")
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            manifest = save(tmp_path / f"{number}.zip")
            rows = {name: each["rows"] for name, each in manifest.tables.items()}
            assert rows["comment"] == rows["revision"]
            with zipfile.ZipFile(tmp_path / f"{number}.zip") as found:
                thread = json.loads(found.read("tables/thread.jsonl").splitlines()[0])
                comments = [
                    json.loads(line) for line in found.read("tables/comment.jsonl").splitlines()
                ]
            published = sum(each["status"] == "published" for each in comments)
            assert thread["comment_count"] == published
    finally:
        stop.set()
        writer.join()


@pytest.mark.engines
def test_a_restored_database_has_all_indexes_and_finds_words(
    talk: Cast,
    tmp_path: Path,
    empty: Callable[[str], Flask],  # noqa: F811
) -> None:
    """They are dropped and built again, in the same transaction as the rows."""
    save(tmp_path / "a.zip")
    other = empty("restored")
    with other.app_context():
        schema.upgrade(other, folder("migrations"), lock_in=tmp_path)
        before = built()
        archive.load(db.engine, tmp_path / "a.zip", progress=silent)
        assert built() == before
        found = select(Comment.id).where(matches("idiot", [by_key("harbour")])[0])
        assert len(db.session.scalars(found).all()) == 1
        assert post(by_key("harbour"), "Another viaduct.", name="Ann").comment.id > 3
        found = select(Comment.id).where(matches("viaduct", [by_key("harbour")])[0])
        assert len(db.session.scalars(found).all()) == 1


def built() -> set[Any]:
    """Everything that makes the database quick and its rows fit together, as it would be created."""
    if is_sqlite():
        asked = "SELECT name, sql FROM sqlite_master"
    else:
        asked = (
            # PostgreSQL writes casts in a condition another way once it has read them back
            "SELECT indexname, split_part(indexdef, ' WHERE ', 1), strpos(indexdef, ' WHERE ') > 0"
            " FROM pg_indexes WHERE schemaname = current_schema()"
            " UNION SELECT conname, pg_get_constraintdef(oid), false FROM pg_constraint"
            " WHERE connamespace = current_schema()::regnamespace AND convalidated"
        )
    with db.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(asked))}


def _changed(source: Path, target: Path, table: str, change: Callable[[Any], Any]) -> None:
    """A copy of a backup with other rows in one table, and a manifest that says so."""
    with zipfile.ZipFile(source) as original, zipfile.ZipFile(target, "w") as changed:
        for name in original.namelist():
            body = original.read(name)
            if name == f"tables/{table}.jsonl":
                rows = [change(json.loads(line)) for line in body.splitlines()]
                body = changed_body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
            if name == "manifest.json":
                manifest = json.loads(body)
                manifest["tables"][table]["sha256"] = hashlib.sha256(changed_body).hexdigest()
                body = json.dumps(manifest).encode()
            changed.writestr(name, body)


@pytest.fixture
def target(talk: Cast, tmp_path: Path, empty: Callable[[str], Flask]) -> Flask:  # noqa: F811
    """An app on a database with empty tables, and a backup `a.zip`."""
    save(tmp_path / "a.zip")
    other = empty("restored")
    with other.app_context():
        schema.upgrade(other, folder("migrations"), lock_in=tmp_path)
    return other


@pytest.mark.engines
@every_row(
    "table, change",
    [
        ("comment", lambda row: row | {"author_id": 999}),  # refers to nobody
        ("comment", lambda row: row | {"public_id": "twice"}),
        ("comment", lambda row: row | {"pinned": "perhaps"}),
        ("comment", lambda row: row | {f"more_{row['id']}": 1}),
        ("comment", lambda row: row | {"parent_id": "one"}),
        ("comment", lambda _: {}),
        ("comment", lambda row: row | {"created_at": 2**64 - 1}),  # more than a column holds
        ("revision", lambda row: row | {"text": None}),
    ],
)
def test_rows_that_do_not_fit_leave_an_empty_database(
    target: Flask, tmp_path: Path, table: str, change: Callable[[Any], Any]
) -> None:
    _changed(tmp_path / "a.zip", tmp_path / "b.zip", table, change)
    with target.app_context():
        before = built()
        with pytest.raises(Invalid, match="damaged"):
            archive.load(db.engine, tmp_path / "b.zip", progress=silent)
        archive.check_empty(db.engine)
        assert built() == before
