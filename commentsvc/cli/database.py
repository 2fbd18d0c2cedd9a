"""The database of a command: an existing one, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import click
from sqlalchemy import make_url

from ..core.errors import DomainError
from ..settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

Command = Callable[..., None]
IfMissing = Literal["refuse", "create", "do without"]


def missing_file(given: Settings) -> Path | None:
    """The path of the SQLite database if the file does not exist, else None."""
    url = make_url(given.database_url)
    if not url.drivername.startswith("sqlite") or not url.database:
        return None
    path = Path(url.database)
    return None if path.exists() else path


def no_database(path: Path | None = None) -> click.ClickException:
    """The error of a command that needs a database if there is none."""
    where = f" at {path}" if path else ""
    return click.ClickException(
        f"There is no database{where}. Check DATA_DIR and DATABASE_URL, or run “commentsvc init” "
        "to create one."
    )


def settings_of_existing() -> Settings:
    """The settings, if their database exists. Creates nothing. Raises `click.ClickException`."""
    if path := missing_file(Settings.from_env(only_look=True)):
        raise no_database(path)
    return Settings.from_env()


@contextmanager
def as_it_is() -> Iterator[Flask]:
    """The application's context with the existing database, which is neither created nor
    upgraded."""
    from ..app import create_app
    from ..core import schema

    app = create_app(settings_of_existing())
    with app.app_context():
        if schema.current() is None:
            raise no_database()
        yield app


@contextmanager
def nothing_made(given: Settings) -> Iterator[Settings]:
    """If there is no database yet, settings that make the app create its files in a temporary
    folder."""
    if missing_file(given) is None:
        yield given
        return
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/comments.db"
        yield replace(given, data_dir=Path(folder), database_url=database)


@contextmanager
def nothing_left(
    given: Settings | None, *, after: tuple[type[BaseException], ...] = (BaseException,)
) -> Iterator[None]:
    """If a command creates a database and then fails with one of these, delete what it created."""
    if given is None or (database := missing_file(given)) is None:
        yield
        return
    from ..core.db import db
    from ..core.files import database_files, own_files

    ours = {*own_files(given.data_dir), *database_files(database)}
    new = [each for each in ours if not each.exists()]
    folders = [each for each in _outward(given.data_dir, database.parent) if not each.exists()]
    try:
        yield
    except after:
        with suppress(RuntimeError):  # without an application, nothing is open
            db.engine.dispose()
        for path in new:
            if not path.is_dir():
                path.unlink(missing_ok=True)
        for path in folders:
            with suppress(OSError):  # it contains another file
                path.rmdir()
        raise


def _outward(*folders: Path) -> Iterator[Path]:
    """These folders and their parents, deepest first."""
    found = {each for folder in folders for each in (folder, *folder.parents)}
    yield from sorted(found, key=lambda each: len(each.parts), reverse=True)


@contextmanager
def an_app(if_missing: IfMissing = "refuse") -> Iterator[Any]:
    """The application's context with an upgraded database, for one command."""
    from .. import observe, server
    from ..app import create_app

    with nothing_made(Settings.from_env(only_look=True)) as given:
        found = Settings.from_env(only_look=True) if if_missing == "create" else None
        with nothing_left(found, after=(click.ClickException, click.Abort, DomainError)):
            if if_missing == "refuse":
                given = settings_of_existing()
            elif if_missing == "create":
                given = Settings.from_env()
            observe.configure("WARNING", given.log_format)
            app = create_app(given)
            server.upgrade(app, given)
            with app.app_context():
                yield app


def in_app(function: Command) -> Command:
    """Run the command inside the application. If there is no database, `--new-site` creates one."""
    return in_app_or("refuse")(function)


def in_app_or(if_missing: IfMissing) -> Callable[[Command], Command]:
    """The same for a command that creates a missing database, or works without one."""

    def around(function: Command) -> Command:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> None:
            with an_app("create" if kwargs.get("new_site") else if_missing):
                function(*args, **kwargs)

        return wrapped

    return around
