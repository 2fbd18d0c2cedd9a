"""Run all migrations once per process; later empty SQLite files get a copy of the tables. Whether
migrations work is tested in tests/core/test_migrations.py."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect

from commentsvc.core import schema
from commentsvc.core.db import db, is_sqlite

if TYPE_CHECKING:
    from pathlib import Path

_REAL = schema._alembic


@dataclass
class _Copying:
    """A stand-in for Alembic, for one app."""

    app: Any
    migrations: Path
    template: Path

    def upgrade(self, *, directory: str, revision: str) -> None:
        whole = revision in ("head", schema.head(self.migrations))
        empty = is_sqlite() and not inspect(db.engine).get_table_names()
        if whole and empty and self.template.exists():
            _copy(self.template, db.engine.url.database)
            return
        _REAL(self.app, self.migrations).upgrade(directory=directory, revision=revision)
        if whole and empty:
            _copy(db.engine.url.database, self.template)


def _copy(source: Path | str | None, target: Path | str | None) -> None:
    assert source and target
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("migrated") / "empty.db"


@pytest.fixture
def migrated(_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make upgrades of empty databases fast."""
    monkeypatch.setattr(
        schema, "_alembic", lambda app, migrations: _Copying(app, migrations, _template)
    )
