"""The database of a command: one that is there, or a clear word that there is none."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from sqlalchemy import make_url

from ..settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


def missing_file(given: Settings) -> Path | None:
    """The file of a SQLite database that does not exist."""
    url = make_url(given.database_url)
    if not url.drivername.startswith("sqlite") or not url.database:
        return None
    path = Path(url.database)
    return None if path.exists() else path


def no_database(path: Path | None = None) -> click.ClickException:
    """What a command says that needs a database where there is none."""
    where = f" at {path}" if path else ""
    return click.ClickException(
        f"There is no database{where}. Check DATA_DIR and DATABASE_URL, or run “commentsvc init” "
        "to create one."
    )


def settings_of_existing() -> Settings:
    """The settings, if the database they name is there. Nothing is created."""
    if path := missing_file(Settings.from_env(only_look=True)):
        raise no_database(path)
    return Settings.from_env()


@contextmanager
def as_it_is() -> Iterator[Flask]:
    """The application's context over the database that is there; it is neither created nor upgraded."""
    from ..app import create_app
    from ..core import schema

    app = create_app(settings_of_existing())
    with app.app_context():
        if schema.current() is None:
            raise no_database()
        yield app


@contextmanager
def nothing_made(given: Settings) -> Iterator[Settings]:
    """Where there is no database yet, what the app creates at its start goes into a folder for this once."""
    if missing_file(given) is None:
        yield given
        return
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/comments.db"
        yield replace(given, data_dir=Path(folder), database_url=database)
