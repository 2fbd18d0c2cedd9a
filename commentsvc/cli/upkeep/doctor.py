"""`commentsvc doctor`: a report for support, with figures but nothing that people wrote."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...settings import Settings
from ..database import missing_file, nothing_made
from . import examined

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report instead of writing a file.")
def doctor(file: Path | None, as_json: bool) -> None:
    """Write a report for support: versions, settings, migrations, counts, timings, warnings, jobs.

    It never contains texts, names, addresses or secrets: for a setting that could contain one,
    it only says whether it is set, or gives a harmless part, such as a URL's scheme. It is plain
    JSON, so that you can read it before you send it.

    \b
    Example:
      commentsvc doctor
    """
    report = _report()
    body = json.dumps(report, indent=2)
    if as_json:
        click.echo(body)
        return
    file = file or Path(f"commentsvc-doctor-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json")
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(body + "\n")
    except FileExistsError as error:
        raise click.ClickException(f"“{file}” already exists. Choose another name.") from error
    except OSError as error:
        raise click.ClickException(f"“{file}” cannot be written ({error.strerror}).") from error
    failed = [name for name, part in report.items() if "failed" in part]
    click.echo(f"Wrote {file}. Read it before you send it.")
    if failed:
        click.echo(f"These parts could not be read: {', '.join(failed)}.")


def _report() -> dict[str, Any]:
    """The report, part by part; a part that fails contains the kind of its error, and the others
    continue."""
    given = Settings.from_env(only_look=True)
    missing = missing_file(given) is not None
    report = {name: _told(part, given) for name, part in examined.OF_MACHINE}
    if missing:
        return {**report, "database": {"missing": True}}
    from ... import observe
    from ...app import create_app

    observe.configure("ERROR", given.log_format)
    with nothing_made(given) as looked_at, create_app(looked_at).app_context():
        report |= {name: _told(part, given) for name, part in examined.OF_DATABASE}
    return report


def _told(part: Callable[[Settings], dict[str, Any]], given: Settings) -> dict[str, Any]:
    from ...core.db import forget

    try:
        return part(given)
    except Exception as error:  # its message may repeat what people wrote
        with suppress(RuntimeError):  # no application yet
            forget()
        return {"failed": type(error).__name__}


COMMANDS = (doctor,)
