"""`commentsvc check`: does this installation work? Configuration, database, model, …"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...core.files import database_files, open_to_others, own_files
from ...core.shown import on_terminal
from ...settings import Settings, WrongSettings
from ..asking import as_json
from ..database import missing_file, nothing_made
from . import public
from .public import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LITTLE_SPACE = 200 * 1024 * 1024


@click.command()
@click.option("--settings", "list_settings", is_flag=True, help="List all settings instead.")
@click.option(
    "--public", "in_public", is_flag=True, help="Also check the public address, through the proxy."
)
@click.option("--mail-to", help="Also send a test email to this address.")
@click.option(
    "--page", metavar="URL", help="Also open this page and check whether it shows the comment box."
)
@click.option(
    "--site",
    "key",
    metavar="KEY",
    help="The key of the page's site. If omitted, the site that lists the page's website, or the only site.",
)
@as_json
def check(
    list_settings: bool,
    in_public: bool,
    mail_to: str | None,
    page: str | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Check that the configuration, storage, database, secrets, queue, backups, model and email work.

    \b
    Examples:
      commentsvc check
      commentsvc check --public --mail-to ada@example.org
      commentsvc check --page https://example.org/an-article
      commentsvc check --settings
    """
    if list_settings:
        _list_settings(as_json)
        return
    lines = list(_lines(in_public, mail_to, (page, key) if page is not None else None))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in lines], ensure_ascii=False, indent=2))
    else:
        for each in lines:
            click.echo(f"{each.what:14} {each.state:8} {on_terminal(each.says)}")
    if any(each.state == "failed" for each in lines):
        raise click.exceptions.Exit(1)


def _lines(
    in_public: bool, mail_to: str | None, page: tuple[str, str | None] | None
) -> Iterator[Line]:
    try:
        given = Settings.from_env(only_look=True)
    except WrongSettings as error:
        yield from (Line("configuration", "failed", problem) for problem in error.problems)
        return
    yield Line("configuration", "ok", f"public address {given.public_url}")
    missing = missing_file(given)
    if missing is None or given.data_dir.exists():
        yield _storage(given)
    from ... import observe
    from ...app import create_app

    observe.configure("ERROR", given.log_format)
    if missing is not None:
        says = f"does not exist yet: run “commentsvc init” (or “upgrade”) to create {missing}"
        yield Line("database", "warning", says)
    with nothing_made(given) as looked_at, create_app(looked_at).app_context():
        for what, look in _LOOKS:
            if missing is not None and look in (_database, _secrets, _queue, _backups):
                continue  # already reported as missing
            try:
                state, says = look(given)
            except Exception as error:  # a failed check is a result, not a crash
                state, says = "failed", getattr(error, "detail", "") or observe.describe(error)
            yield Line(what, state, says)
        if in_public and missing is None:
            yield from public.lines(given)
        if mail_to:
            yield public.mail_to(given, mail_to)
        if page is not None and missing is None:
            yield from public.page(*page)


def _storage(given: Settings) -> Line:
    if not given.data_dir.exists():
        return Line(
            "storage", "warning", f"{given.data_dir} does not exist yet and will be created"
        )
    free = shutil.disk_usage(given.data_dir).free
    says = f"{given.data_dir}, {free / 1e9:.1f} GB free"
    if not os.access(given.data_dir, os.W_OK):
        says = f"{given.data_dir} cannot be written to; check its owner and permissions"
        return Line("storage", "failed", says)
    if wide := open_to_others(_data(given)):
        names = ", ".join(str(each) for each in wide)
        return Line("storage", "warning", f"other users can read: {names}; run “chmod go= …”")
    return Line("storage", "warning" if free < _LITTLE_SPACE else "ok", says)


def _data(given: Settings) -> list[Path]:
    """All files that contain data or keys, and their folder."""
    _, _, database = given.database_url.partition("sqlite:///")
    named = database_files(Path(database)) if database else []
    return [given.data_dir, *dict.fromkeys((*own_files(given.data_dir), *named))]


def _secrets(_given: Settings) -> tuple[str, str]:
    from ...core import schema
    from ...core.files import folder
    from ...notifications import sealed

    if not schema.is_current(folder("migrations")):
        return "ok", "not checked: upgrade the database first"
    found = sealed.states()
    if found["lost"]:
        return "failed", (
            f"signing secrets that no key can decrypt: {found['lost']}. SECRET_KEY is not the key that "
            "sealed them; set OLD_SECRET_KEYS to that key, or create new secrets"
        )
    if stale := found["open"] + found["old key"]:
        return (
            "warning",
            f"signing secrets not sealed with this key: {stale}; run “commentsvc reseal”",
        )
    return "ok", f"signing secrets: {found['sealed']}, all sealed"


def _database(_given: Settings) -> tuple[str, str]:
    from sqlalchemy import text

    from ...core import schema
    from ...core.db import db, is_sqlite
    from ...core.files import folder

    at, newest = schema.current(), schema.head(folder("migrations"))
    with db.engine.connect() as connection:
        if is_sqlite():
            version = connection.execute(text("SELECT sqlite_version()")).scalar()
            name = f"SQLite {version}"
            if connection.execute(text("PRAGMA quick_check(1)")).scalar() != "ok":
                return "failed", f"{name}: the file is damaged; restore the latest backup"
        else:
            version = connection.execute(text("SHOW server_version")).scalar()
            name = f"PostgreSQL {version}"
    if at != newest:
        return "warning", f"{name}; its tables need an upgrade: run “commentsvc upgrade”"
    return "ok", f"{name}, revision {at}"


def _queue(given: Settings) -> tuple[str, str]:
    from ...core import jobs, schema

    kind = "Redis" if given.redis_url else "SQLite"
    if schema.current() is None:
        return "ok", f"{kind}; no jobs yet"
    queue = jobs.deliver()
    if getattr(queue, "waiting", lambda: 0)() is None:
        return "failed", f"{kind} cannot be reached, so jobs are waiting in the database"
    parked = _count(jobs.Job.state == "parked")
    if parked:
        return "warning", f"{kind}; jobs that failed permanently: {parked}; the server log says why"
    return "ok", f"{kind}; jobs waiting: {_count(jobs.Job.state == 'waiting')}"


def _backups(given: Settings) -> tuple[str, str]:
    from ...core import clock, schema
    from ...core.backups import scheduled
    from ...core.files import folder

    if not given.backup_hours:
        return "ok", "none are scheduled (BACKUP_HOURS)"
    if not schema.is_current(folder("migrations")):
        return "ok", "not checked: upgrade the database first"
    found = scheduled.standing()
    assert found is not None
    last = "no good backup is on record"
    if found.last is not None:
        ago = hours_ago((clock.now() - found.last).total_seconds())
        last = f"the last good backup was saved at {found.last:%Y-%m-%d %H:%M} UTC, {ago}"
    every = f"every {given.backup_hours} hours" if given.backup_hours > 1 else "every hour"
    if found.error is not None:
        return "warning", f"{every}; the latest attempt failed: {found.error}; {last}"
    if found.overdue:
        return (
            "warning",
            f"{every}, but overdue: {last}; is a worker running with BACKUP_HOURS set?",
        )
    return "ok", f"{every}; {last}"


def hours_ago(seconds: float) -> str:
    """An age in words, in whole hours."""
    if seconds < 3600:
        return "less than an hour ago"
    hours = round(seconds / 3600)
    return f"{hours:,} hours ago" if hours > 1 else "1 hour ago"


def _count(condition: Any) -> int:
    from sqlalchemy import func, select

    from ...core.db import db
    from ...core.jobs import Job

    return db.session.scalar(select(func.count()).select_from(Job).where(condition)) or 0


def _model(_given: Settings) -> tuple[str, str]:
    from ...toxicity.scorer import scorer

    scorer().score(["Thank you for this."])  # loads the model
    status = scorer().status()
    says = f"{status.name} {status.version}: {status.message}".strip().rstrip(":")
    return ("ok" if status.state == "ok" else "warning"), says


def _mail(given: Settings) -> tuple[str, str]:
    from ...notifications.mail import MailFailed, SmtpMailer, make_mailer

    kind, _, rest = given.mail_url.partition(":")
    if kind == "console":
        return "ok", "emails go to the terminal or to emails.txt in DATA_DIR (MAIL_URL=console:)"
    through = f"{kind} through {rest.rpartition('@')[2].strip('/')}"
    mailer = make_mailer(given)
    if isinstance(mailer, SmtpMailer):
        mailer.timeout = min(mailer.timeout, 5)
        try:
            mailer.greet()
        except MailFailed as error:
            return "failed", f"{through}: {error}"
    return "ok", through


_LOOKS: tuple[tuple[str, Callable[[Settings], tuple[str, str]]], ...] = (
    ("database", _database),
    ("secrets", _secrets),
    ("queue", _queue),
    ("backups", _backups),
    ("model", _model),
    ("email", _mail),
)


def _list_settings(as_json: bool) -> None:
    rows = []
    for knob in fields(Settings):
        default = "" if knob.default is MISSING else knob.default
        if isinstance(default, bool):
            default = "yes" if default else "no"
        shown = " ".join(default) if isinstance(default, tuple) else str(default)
        rows.append(
            {"name": knob.name.upper(), "default": shown, "help": str(knob.metadata["help"])}
        )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        default = f" (default: {row['default']})" if row["default"] else ""
        click.echo(f"{row['name']:{width}}  {row['help']}{default}")
    click.echo("\nEach can also be set as NAME_FILE: the path of a file that contains the value.")


COMMANDS = (check,)
