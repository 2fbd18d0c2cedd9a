"""Runs migrations in one transaction on the application's database.

A migration names plain SQL types, not the application's: it must mean the same when the code has
moved on.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, text
from sqlalchemy.dialects.postgresql import JSONB

from commentsvc.core.db import UtcTime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

target_db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """How new migrations write our column types."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def compare_type(_context: Any, _there: Any, _here: Any, found: Any, wanted: Any) -> bool | None:
    """SQLite and PostgreSQL report our types by other names; those are no difference."""
    if isinstance(wanted, UtcTime):
        return not str(found).startswith("BIGINT")
    if isinstance(wanted, JSON):
        return not isinstance(found, JSON | JSONB)
    return None


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The search index is no table of the models': moderation/desk/search.py makes it."""
    return not (kind in ("table", "index") and (name or "").startswith("revision_search"))


def run() -> None:
    """Upgrade or downgrade, online only: there is always a database."""
    engine = target_db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection,
            target_metadata=target_db.metadata,
            render_as_batch=sqlite,
            render_item=render_item,
            compare_type=compare_type,
            include_name=include_name,
            transaction_per_migration=True,
        )
        with references_kept(connection), context.begin_transaction():
            if not sqlite:
                connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            context.run_migrations()


@contextmanager
def references_kept(connection: Connection) -> Iterator[None]:
    """SQLite's tables are rebuilt: copied, and the old one dropped. With foreign keys in force, dropping it
    deletes what points to its rows. They can only be switched outside a transaction, and SQLAlchemy begins
    one before any statement, so the driver is asked directly."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # after a failure, a transaction is still open
        driver.execute("PRAGMA foreign_keys=ON")


run()
