"""A real app on a real database for every test; the network is never touched.

Tests marked `engines`, and all of tests/flows, run on SQLite with limits in memory; and again on
PostgreSQL with Redis where `TEST_DATABASE_URL` and `TEST_REDIS_URL` name them (scripts/services.py
does). `make test` runs a sample of these, and of the tests that drive a browser (sampling.py). The
schema is made once for each engine of a process and emptied between tests.
"""

from __future__ import annotations

import functools
import gc
import importlib
import os
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from commentsvc.accounts import proofs
from commentsvc.core import jobs
from commentsvc.core.db import Base, db
from commentsvc.moderation.desk import bounded
from commentsvc.moderation.judging import weighing
from commentsvc.settings import Settings, settings
from commentsvc.toxicity.backends.stub import StubScorer
from tests.again import spare_messages
from tests.people import Cast, make_cast
from tests.sampling import mark_sweeps
from tests.sharing import share_templates, shared_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

# `make test` always uses the same examples, so that it fails only for changes; `make drills`
# searches for new ones (`--hypothesis-profile search`), and each finding becomes an example.
hypothesis_settings.register_profile(
    "same",
    deadline=None,
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.register_profile(
    "search", hypothesis_settings.get_profile("same"), max_examples=2000, derandomize=False
)
hypothesis_settings.load_profile("same")

#: A real hash takes 25 ms, and a cast has eight people: tests use a cheap one of the same kind.
REAL_HASHER, REAL_NOBODY = proofs._hasher, proofs._NOBODY
proofs._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
proofs._NOBODY = proofs._hasher.hash("nobody has this password")

#: A page without time left shows no marks, and a search without time is refused: however slow the
#: machine, pages in tests have time.
weighing.PAGE_SECONDS = bounded.SECONDS = 60.0


@event.listens_for(Engine, "connect")
def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """Tests need not survive a power cut; drills run servers of their own, which do."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


#: The stub scorer's values for texts with one of these words; all others are harmless.
SCORES = {
    "idiot": {"toxicity": 0.95, "insult": 0.93},
    "rubbish": {"toxicity": 0.65, "insult": 0.4},
    "kill you": {"toxicity": 0.97, "threat": 0.9, "severe_toxicity": 0.6},
}


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    spare_messages(config)


gc.disable()  # until everything is imported and collected, which stays


def pytest_collection(session: pytest.Session) -> None:
    """Import the tests before pytest does, each process from another file on. In a new checkout,
    where no bytecode is kept yet, all would otherwise compile the same file at the same time."""
    given, config = getattr(session.config, "workerinput", None), session.config
    if given is None:
        return
    paths = [config.invocation_params.dir / each.split("::")[0] for each in config.args]
    found = {
        file for path in paths for file in ([path] if path.is_file() else path.rglob("test_*.py"))
    }
    files, number = sorted(found), int(given["workerid"].removeprefix("gw"))
    first = len(files) * number // given["workercount"]
    for file in files[first:] + files[:first]:
        name = ".".join(file.relative_to(config.rootpath).with_suffix("").parts)
        # pytest imports again what fails here, and reports it
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(name)


def pytest_collection_finish() -> None:
    """Exclude everything imported and collected so far from later garbage collection, and collect
    less often: a third of the time to create an app went into half a million permanent objects."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 10, 20)


def pytest_sessionfinish() -> None:
    """Skip pytest's last garbage collection as well, through all that tests left behind."""
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `engines` on both pairs of engines."""
    if "database_url" not in metafunc.fixturenames or not os.environ.get("TEST_DATABASE_URL"):
        return
    definition = metafunc.definition
    if "flows" in Path(str(definition.path)).parts or definition.get_closest_marker("engines"):
        # a browser test on a second engine is a drill's job
        marks = [pytest.mark.drill] if definition.get_closest_marker("browser") else []
        both = ["sqlite", pytest.param("postgres", marks=marks)]
        metafunc.parametrize("database_url", both, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Find the sample while the tests are in their files' order, and before `-m` reads marks."""
    mark_sweeps(items)


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> str:
    """The address of an empty database for this process."""
    if getattr(request, "param", "sqlite") == "postgres":
        return own_postgres(os.environ["TEST_DATABASE_URL"], worker_id)
    return f"sqlite:///{tmp_path_factory.mktemp('db') / 'comments.db'}"


@pytest.fixture(scope="session")
def redis_url(database_url: str, worker_number: int) -> str:
    """Redis goes with PostgreSQL; each process has its own Redis database."""
    given = os.environ.get("TEST_REDIS_URL", "")
    if not given or database_url.startswith("sqlite"):
        return ""
    return f"{given}/{worker_number}"


def own_postgres(url: str, name: str) -> str:
    """Create an empty database on the server; returns its address."""
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"test_{os.getpid()}_{name}"
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as c:
        c.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        c.execute(f'CREATE DATABASE "{name}"')
    return f"{base}/{name}"


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker's id; "main" without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """The same as a number: 0 without xdist, 1 for the first worker."""
    return 0 if worker_id == "main" else int(worker_id.removeprefix("gw")) + 1


WIDE = (
    "read=100000/minute;post=100000/minute;post_refused=off;withdraw=off;guest_posts=off;like=100000/minute;flag=100000/minute;"
    "bad_token=off;"
    "sign_in=100000/minute;sign_in_account=off;sign_in_everywhere=off;email_network=100000/minute;"
    "sign_in_wait=100000/minute;site_token=off;"
    "email_address=off;second_factor=off;email_code=off;score=100000/minute;"
    "moderate=100000/minute;manage=100000/minute"
)
"""Limits that a test does not meet by accident."""


@pytest.fixture(scope="session")
def _schema(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Flask]:
    folder = tmp_path_factory.mktemp("data")
    if "PYTEST_XDIST_WORKER" in os.environ:  # the folder above is the whole run's
        share_templates(tmp_path_factory.getbasetemp().parent / "templates")

    def make(limits: str = "", **parts: Any) -> Flask:
        chosen = parts.pop("settings", None) or Settings(
            data_dir=Path(folder),
            database_url=database_url,
            redis_url=redis_url,
            secret_key="a key for tests only, 32 characters",
            public_url="https://comments.example.com",
            mail_url="memory:",
            log_format="text",
            log_level="WARNING",
        )
        if limits:
            chosen = replace(chosen, limits=limits)
        parts.setdefault("scorer", StubScorer(SCORES))
        parts.setdefault("deliver", lambda job_id, delay: None)
        return shared_app(chosen, **parts)

    app = make()
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return make


@pytest.fixture
def make_app(_schema: Callable[..., Flask]) -> Callable[..., Flask]:
    """An app on the test's database with other parts or settings: `make_app(scorer=…)`."""
    return _schema


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app on an empty database, with its context open. Jobs wait for `work()`."""
    app = make_app()
    with app.app_context():
        empty_the_database()
        _forget(settings.of(app).redis_url)
        yield app
        db.session.remove()


def empty_the_database() -> None:
    """Delete all rows. Deleting few rows is faster than truncating, which creates new files for
    every table and index on PostgreSQL; and most tables are empty."""
    try:
        _delete_all()
    except OperationalError:  # a deadlock with a late write by the previous test's server
        _delete_all()


def _delete_all() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _delete_all_of_sqlite(connection.connection.dbapi_connection)
            return
        filled = connection.exec_driver_sql(_which_are_filled()).scalars().all()
        if filled:
            deletes = "; ".join(f'DELETE FROM "{name}"' for name in filled)
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {deletes}")
            connection.commit()


def _delete_all_of_sqlite(driver: Any) -> None:
    """Without foreign keys: their cascades would delete only what is deleted anyway."""
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("BEGIN IMMEDIATE")  # a read transaction cannot become a write after others wrote
    for (name,) in driver.execute(_which_are_filled()).fetchall():
        driver.execute(f'DELETE FROM "{name}"')
    driver.execute("COMMIT")
    driver.execute("PRAGMA foreign_keys=ON")


@functools.cache
def _which_are_filled() -> str:
    """A query for the names of the tables that have a row."""
    names = [each.name for each in reversed(Base.metadata.sorted_tables)]
    return " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
    )


def _forget(redis_url: str) -> None:
    if redis_url:
        import redis

        with redis.Redis.from_url(redis_url) as connection:
            connection.flushdb()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Two sites and their people."""
    return make_cast()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser-like client of the app."""
    return app.test_client()


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Run the jobs that are due now; returns how many ran."""
    return jobs.run_due
