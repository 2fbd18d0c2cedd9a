"""Run the server, a worker or the demo; upgrade the database."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from ..settings import Settings
from .asking import Whole

_LINK_SECONDS = 5.0  # in which a process that has created the file writes the link


def _listen(given: Settings, host: str | None, port: int | None) -> Settings:
    """The environment's settings with the command line's host and a free port. Raises
    `click.ClickException`."""
    from ..gate.listening import CannotListen, listening_at

    default = given.public_url == f"http://127.0.0.1:{given.port}"
    changed = replace(
        given,
        host=given.host if host is None else host,
        port=given.port if port is None else port,
        public_url="" if default else given.public_url,
    ).checked()
    try:
        return listening_at(changed)
    except CannotListen as error:
        raise click.ClickException(str(error)) from error


_host = click.option("--host", help="Address to listen on (default: HOST, or 127.0.0.1).")
_port = click.option(
    "--port", type=Whole(0, 65535), help="Port (default: PORT, or 5000; 0: any free port)."
)


@click.command()
@_host
@_port
@click.option("--no-worker", is_flag=True, help="Serve only. Run jobs with `commentsvc worker`.")
def run(host: str | None, port: int | None, no_worker: bool) -> None:
    """Run the server, with a worker in the same process. Upgrades the database first if needed.

    \b
    Example:
      PUBLIC_URL=https://comments.example.org commentsvc run --host 0.0.0.0 --port 8000
    """
    from ..server import serve

    given = _listen(Settings.from_env(), host, port)
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "link"
        serve(
            given,
            worker=not no_worker,
            extend=partial(_find_where_to_begin, kept=kept),
            ready=partial(_say_where_to_begin, kept),
        )


def _find_where_to_begin(app: Any, kept: Path) -> None:
    """If there is no owner yet, store the link to the setup page, valid for a day, until the server
    is ready. Only the first of several processes does so."""
    from sqlalchemy.exc import SQLAlchemyError

    from ..core.writing.line import Lost
    from ..settings import settings
    from ..sites.first_run import is_needed, new_token

    with app.app_context(), suppress(SQLAlchemyError, Lost, OSError):  # reported elsewhere
        if is_needed():
            with kept.open("x") as file:
                base = settings().public_url
                file.write(f"{base}/account/set-up?token={new_token()}\n")


def _say_where_to_begin(kept: Path) -> None:
    """Print the link, now that the server is ready."""
    if not kept.exists():
        return
    last = time.monotonic() + _LINK_SECONDS
    while not (link := kept.read_text()) and time.monotonic() < last:
        time.sleep(0.05)  # another process is about to write it
    if not link:
        return
    click.echo(
        "\nThis server has no owner yet. To set it up in a browser, open this link within a day:\n"
        f"  {link}",
        err=True,
    )


@click.command()
def worker() -> None:
    """Run background jobs: emails, statements, late scores, housekeeping. You can run several workers.

    \b
    Example:
      DATABASE_URL=postgresql://… REDIS_URL=redis://… commentsvc worker
    """
    from ..server import work

    work(Settings.from_env())


@click.command()
@_host
@_port
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the demo's data, which is kept between runs (default: DATA_DIR, or ./instance).",
)
def demo(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Run a demo: a fictional newspaper with readers, conversations and a queue.

    \b
    Example:
      commentsvc demo --port 5000
    """
    from ..demo import start
    from ..server import serve

    given = Settings.from_env()
    if data_dir is not None:
        given = replace(given, data_dir=data_dir, database_url="").checked()
    given = start.named(_listen(start.settings_for(given), host, port))
    serve(
        given,
        prepare=start.prepare,
        extend=start.extend,
        ready=lambda: start.announce(given),
    )


@click.command()
def upgrade() -> None:
    """Upgrade the database to this version. `run` does this too. Safe to repeat.

    \b
    Example:
      commentsvc upgrade
    """
    from .. import server
    from ..app import create_app

    given = Settings.from_env()
    done = server.upgrade(create_app(given), given)
    click.echo("Database upgraded." if done else "The database is up to date.")


COMMANDS = (run, worker, demo, upgrade)
