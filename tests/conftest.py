"""A real app on a real database for every test; the network is never touched.

`DATABASE_URL` and `REDIS_URL` of the environment choose the engines; without them it is SQLite and
memory. The schema is made once a process and emptied between tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text

from commentsvc.app import create_app
from commentsvc.core import jobs
from commentsvc.core.db import Base, db
from commentsvc.settings import Settings
from commentsvc.toxicity.stub import StubScorer
from tests.people import Cast, make_cast

hypothesis_settings.register_profile(
    "here",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("here")

#: What the stub scorer says of a text that holds one of these words; all else is harmless.
SCORES = {
    "idiot": {"toxicity": 0.95, "insult": 0.93},
    "rubbish": {"toxicity": 0.65, "insult": 0.4},
    "kill you": {"toxicity": 0.97, "threat": 0.9, "severe_toxicity": 0.6},
}


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """An address of an empty database of this process's own."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        return f"sqlite:///{tmp_path_factory.mktemp('db') / 'comments.db'}"
    return _own_postgres(given, worker_id)


def _own_postgres(url: str, worker_id: str) -> str:
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"test_{os.getpid()}_{worker_id}"
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as c:
        c.execute(f'DROP DATABASE IF EXISTS "{name}"')
        c.execute(f'CREATE DATABASE "{name}"')
    return f"{base}/{name}"


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Which xdist worker this is; "main" without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def _schema(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    folder = tmp_path_factory.mktemp("data")

    def make(**parts: Any) -> Flask:
        settings = parts.pop("settings", None) or Settings(
            data_dir=Path(folder),
            database_url=database_url,
            redis_url=os.environ.get("REDIS_URL", ""),
            secret_key="a key for tests only, 32 characters",
            public_url="https://comments.example.com",
            mail_url="memory:",
            log_format="text",
            log_level="WARNING",
        )
        parts.setdefault("scorer", StubScorer(SCORES))
        parts.setdefault("deliver", lambda job_id, delay: None)
        return create_app(settings, **parts)

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
        _empty()
        yield app
        db.session.remove()


def _empty() -> None:
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            quoted = ", ".join(f'"{name}"' for name in names)
            connection.execute(text(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            for name in names:
                connection.execute(text(f'DELETE FROM "{name}"'))


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
    """Do the jobs that are due now; returns how many were done."""
    return jobs.run_due
