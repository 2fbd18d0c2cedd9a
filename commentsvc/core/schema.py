"""Checks whether the schema is that of this version, and upgrades it, one process at a time."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from .db import db, is_sqlite
from .errors import Conflict, Unavailable
from .files import made_closed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCK_NUMBER = 0x636F6D6D656E74  # PostgreSQL's advisory lock of upgrades: "comment" in ASCII
_REVISION = re.compile(r"^revision\b[^=\n]*=[ ]*[\"']([^\"']+)[\"']", re.MULTILINE)
_DOWN = re.compile(r"^down_revision\b[^=\n]*=(.+)$", re.MULTILINE)


def head(migrations: Path) -> str | None:
    """The newest revision in the migrations folder; None when there is none.

    Read from the files: importing Alembic costs 12 MB and a third of a second at every start.
    """
    revisions: set[str] = set()
    earlier: set[str] = set()
    for path in sorted((migrations / "versions").glob("*.py")):
        source = path.read_text("utf-8")
        if found := _REVISION.search(source):
            revisions.add(found[1])
        if below := _DOWN.search(source):
            earlier.update(re.findall(r"[\"']([^\"']+)[\"']", below[1]))
    newest = revisions - earlier
    if len(newest) > 1:
        raise RuntimeError(f"migrations have several heads: {', '.join(sorted(newest))}")
    return newest.pop() if newest else None


def current() -> str | None:
    """The database's revision; None if no migration has ever run.

    Raises `Unavailable` when the database cannot be reached.
    """
    try:
        with db.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        raise Unavailable("unavailable.database_unusable", error=_why(error)) from error


def is_current(migrations: Path) -> bool:
    """Whether the database has this version's schema."""
    return current() == head(migrations)


def upgrade(app: Any, migrations: Path, *, lock_in: Path, revision: str = "head") -> bool:
    """Upgrade the database to this version; False when there was nothing to do.

    Several processes may call this at once: one does the work, the others wait (on SQLite for a
    lock file in `lock_in`). Raises `Conflict` for a database of a newer version, `Unavailable` when
    it cannot be reached.
    """
    with app.app_context():
        if revision == "head" and _seen_current(migrations):
            return False
        with _file_lock(lock_in / "upgrade.lock") if is_sqlite() else _advisory_lock():
            if revision == "head" and is_current(migrations):
                return False
            _refuse_foreign(migrations)
            _alembic(app, migrations).upgrade(directory=str(migrations), revision=revision)
        return True


def _alembic(app: Any, migrations: Path) -> Any:
    """Flask-Migrate's commands for this app, imported only for a migration (12 MB)."""
    import flask_migrate

    if "migrate" not in app.extensions:
        flask_migrate.Migrate(app, db, directory=str(migrations), render_as_batch=True)
    return flask_migrate


def write_migration(app: Any, migrations: Path, message: str) -> None:
    """For developers: write a revision, with the next number, of the differences between the
    database and the models."""
    number = 1 + max(int(path.name[:4]) for path in (migrations / "versions").glob("[0-9]*_*.py"))
    with app.app_context():
        _alembic(app, migrations).migrate(
            directory=str(migrations), message=message, rev_id=f"{number:04d}"
        )


def _seen_current(migrations: Path) -> bool:
    """A first check without the lock. False also if SQLite is busy with another upgrade."""
    try:
        return is_current(migrations)
    except Unavailable:
        return False


def _refuse_foreign(migrations: Path) -> None:
    """Raises `Conflict` for an unknown revision: a newer version or another program wrote it."""
    at = current()
    if at is not None and not is_known(migrations, at):
        raise Conflict("conflict.newer_database", revision=at)


def is_known(migrations: Path, revision: str | None) -> bool:
    """Whether this version knows the revision and can upgrade from it; None: an empty database."""
    sources = [path.read_text("utf-8") for path in (migrations / "versions").glob("*.py")]
    known = {found[1] for source in sources if (found := _REVISION.search(source))}
    return revision is None or revision in known


@contextmanager
def _advisory_lock() -> Iterator[None]:
    with db.engine.connect() as connection:
        # a session lock: it ends with the process, whatever happens
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _LOCK_NUMBER})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _LOCK_NUMBER})


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    made_closed(str(path))
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _why(error: Any) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().splitlines()[0]
