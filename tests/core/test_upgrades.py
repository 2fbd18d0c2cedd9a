"""Upgrades with data: whatever version an installation comes from, its rows are there afterward.

The chain is walked once. Before each step, every table gets a row in the columns that it has then, so what
arrives at the end has come from each earlier version there is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, select, text

from commentsvc.core import schema
from commentsvc.core.db import db, is_sqlite
from commentsvc.core.files import folder
from tests.core.test_migrations import empty  # noqa: F401  the fixture
from tests.filled import Known, fill, tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from sqlalchemy import Connection

MIGRATIONS = folder("migrations")
#: What a migration made of a table's rows on purpose: table -> why there are fewer.
FEWER = {"subscription": "nothing was ever in it: dropped by 0012"}

#: The columns whose values a migration changes.
CHANGED = {
    "site.policy": "0016: limits that were defaults are kept as the site's own",
    "site.version": "0016: so that pages are made again",
    "site.secrets": "0015: sealed",
    "webhook.secret": "0015: sealed",
    "webhook.verify_token": "0015: sealed",
}


def revisions() -> list[str]:
    """All there are, the first one first."""
    below = {}
    for path in (MIGRATIONS / "versions").glob("*.py"):
        source = path.read_text("utf-8")
        found = re.search(r'^revision\b[^=\n]*= ?"([^"]+)"', source, re.MULTILINE)
        down = re.search(r'^down_revision\b[^=\n]*= ?(?:"([^"]+)"|None)', source, re.MULTILINE)
        assert found and down, path.name
        below[down[1]] = found[1]
    chain: list[str] = []
    while (above := below.get(chain[-1] if chain else None)) is not None:
        chain.append(above)
    assert len(chain) == len(below)
    return chain


def counted() -> dict[str, int]:
    names = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    each = (f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names if "_search" not in name)
    with db.engine.connect() as connection:
        return dict(connection.exec_driver_sql(" UNION ALL ".join(each)).all())


@pytest.mark.engines
def test_it_works(empty: Callable[[str], Flask], tmp_path: Path) -> None:  # noqa: F811
    app = empty("walked")
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    before: dict[str, int] = {}
    known = Known()
    for step, revision in enumerate(revisions(), 1):
        number = 1001 * step  # far from what a migration counts itself
        schema.upgrade(app, MIGRATIONS, lock_in=tmp_path, revision=revision)
        with app.app_context():
            after = counted()
            lost = {name: n for name, n in before.items() if after.get(name, 0) < n}
            assert lost.keys() <= FEWER.keys(), revision
            with db.engine.begin() as connection:
                for name, row in fill(connection, number, known=known).items():
                    rows.setdefault(name, {})[number] = row
            before = counted()
    with app.app_context(), db.engine.connect() as connection:
        assert changes(connection, rows) == CHANGED.keys()
        if is_sqlite():
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1, "in force again"


def changes(connection: Connection, rows: dict[str, dict[int, dict[str, Any]]]) -> set[str]:
    """The columns in which a row is not what was put in, and the tables that have lost one."""
    changed = set()
    for table in tables(connection):
        key = table.primary_key.columns.keys()
        now = {
            tuple(row[name] for name in key): row
            for row in connection.execute(select(table)).mappings()
        }
        for row in rows.get(table.name, {}).values():
            found = now.get(tuple(row[name] for name in key))
            if found is None:
                changed.add(table.name)
                continue
            changed |= {
                f"{table.name}.{name}"
                for name, value in row.items()
                if name in found and found[name] != value
            }
    return changed
