"""What every connection to SQLite begins with."""

from __future__ import annotations

from typing import Any

from ..files import made_closed
from .line import PATIENCE_MS


def close_to_others(dialect: Any, _record: Any, args: Any, _options: Any) -> None:
    """Make the file before SQLite does, so that only its owner can read it."""
    if dialect.name == "sqlite" and args:
        made_closed(str(args[0]))


def prepare(connection: Any, _record: Any) -> None:
    """Durable, with foreign keys; transactions are begun by us."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged comment survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={PATIENCE_MS}",
        "journal_size_limit=67108864",
        "temp_store=MEMORY",
        "cache_size=-8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
