"""The schema that migrations make is the one that the models say, on both engines."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, text

from commentsvc.accounts import chain
from commentsvc.accounts.acts import record
from commentsvc.app import create_app
from commentsvc.core import schema
from commentsvc.core.db import Base, db, unit_of_work
from commentsvc.core.errors import Conflict
from commentsvc.core.files import folder
from commentsvc.core.writing.sqlite import prepare
from commentsvc.settings import Settings
from commentsvc.toxicity.backends.stub import StubScorer
from tests.live import house

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

MIGRATIONS = folder("migrations")


def fresh(tmp_path: Path, database_url: str) -> Flask:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    return create_app(settings, scorer=StubScorer(), deliver=lambda job_id, delay: None)


@pytest.fixture
def empty(tmp_path: Path, database_url: str) -> Callable[[str], Flask]:
    """An app on a database without tables: `empty("name")`."""

    def make(name: str) -> Flask:
        if database_url.startswith("sqlite"):
            return fresh(tmp_path, f"sqlite:///{tmp_path / name}.db")
        from tests.conftest import own_postgres

        return fresh(tmp_path, own_postgres(database_url, name))

    return make


def described() -> dict[str, Any]:
    """Tables with everything a database says of them, by name."""
    found = inspect(db.engine)
    tables = {}
    for name in sorted(set(found.get_table_names()) - {"alembic_version"}):
        tables[name] = {
            "columns": {
                each["name"]: (str(each["type"]), each["nullable"])
                for each in found.get_columns(name)
            },
            "key": sorted(found.get_pk_constraint(name)["constrained_columns"]),
            "unique": sorted(
                (each["name"], tuple(each["column_names"]))
                for each in found.get_unique_constraints(name)
            ),
            "indexes": sorted(
                (each["name"], tuple(each["column_names"]), bool(each["unique"]))
                for each in found.get_indexes(name)
            ),
            "references": sorted(
                (
                    tuple(each["constrained_columns"]),
                    each["referred_table"],
                    each["options"].get("ondelete"),
                )
                for each in found.get_foreign_keys(name)
            ),
        }
    return tables


@pytest.mark.engines
def test_migrations_make_what_the_models_say(empty: Callable[[str], Flask], tmp_path: Path) -> None:
    migrated, modelled = empty("migrated"), empty("modelled")
    assert schema.upgrade(migrated, MIGRATIONS, lock_in=tmp_path)
    with migrated.app_context():
        by_migrations = described()
    with modelled.app_context():
        Base.metadata.create_all(db.engine)
        by_models = described()
    assert by_migrations.keys() == by_models.keys()
    for name in by_models:
        assert by_migrations[name] == by_models[name], name


@pytest.mark.engines
def test_an_upgrade_is_done_once(empty: Callable[[str], Flask], tmp_path: Path) -> None:
    app = empty("once")
    assert schema.upgrade(app, MIGRATIONS, lock_in=tmp_path) is True
    assert schema.upgrade(app, MIGRATIONS, lock_in=tmp_path) is False
    with app.app_context():
        assert schema.is_current(MIGRATIONS)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    app = fresh(tmp_path, "")
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(Conflict, match="doesn’t know"):
        schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)


def test_two_nodes_that_start_together_upgrade_once(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        nodes = [home.start("upgrade") for _ in range(2)]
        assert [each.child.wait(60) for each in nodes] == [0, 0], [each.text() for each in nodes]
        said = sorted(each.text() for each in nodes)
    assert said == ["Database upgraded.\n", "The database is up to date.\n"]


def test_a_connection_waits_for_who_writes_to_a_new_file(tmp_path: Path) -> None:
    """Its first act, the switch to a write-ahead log, is one that SQLite itself does not wait with."""
    path = tmp_path / "new.db"
    writer = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, writer.execute, ["COMMIT"])
    done.start()
    other = sqlite3.connect(path)
    prepare(other, None)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    done.join()


def test_the_newest_revision_is_read_without_alembic(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "a.py").write_text('revision = "a"\ndown_revision = None\n')
    (versions / "b.py").write_text("revision: str = 'b'\ndown_revision: str | None = 'a'\n")
    assert schema.head(tmp_path) == "b"
    (versions / "c.py").write_text('revision = "c"\ndown_revision = "a"\n')
    with pytest.raises(RuntimeError, match="several heads"):
        schema.head(tmp_path)


def test_an_upgrade_asks_for_what_waits_to_be_weighed_again(tmp_path: Path) -> None:
    app, jobs = fresh(tmp_path, ""), text("SELECT name, state FROM job")
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path, revision="0018")
    with app.app_context():
        kept = [each for each in inspect(db.engine).get_columns("comment") if not each["nullable"]]
        values = {each["name"]: "c" if "CHAR" in str(each["type"]) else 1 for each in kept}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with closing(sqlite3.connect(str(db.engine.url.database))) as file, file:
            file.execute(f"INSERT INTO comment ({names}) VALUES ({marks})", values)
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(jobs).all() == [("weigh_queue", "waiting")]
    empty_one = fresh(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}")
    schema.upgrade(empty_one, MIGRATIONS, lock_in=tmp_path)
    with empty_one.app_context(), db.engine.connect() as connection:
        assert connection.execute(jobs).all() == []


@pytest.mark.engines
def test_what_staff_did_before_becomes_the_beginning_of_the_chain(
    empty: Callable[[str], Flask], tmp_path: Path
) -> None:
    app = empty("chained")
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path, revision="0026")
    add = text("INSERT INTO staff_act (kind, data, created_at) VALUES (:kind, :data, :at)")
    acts = [("policy", '{"changes": {"max_links": [2, 0.85]}}'), ("secret", "{}")]
    with app.app_context(), db.engine.begin() as connection:
        for number, (kind, data) in enumerate(acts):
            connection.execute(
                add, {"kind": kind, "data": data, "at": 1_790_000_000_123_456 + number}
            )
    schema.upgrade(app, MIGRATIONS, lock_in=tmp_path)
    with app.app_context():
        assert chain.verify() == (2, None)
        with unit_of_work():
            record("secret", site_id=None, by=None)
        assert chain.verify() == (3, None)
