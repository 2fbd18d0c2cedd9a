"""Imports: how they end early; list them, print their reports, undo them."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..core.shown import on_terminal
from . import handling
from .asking import as_json, site_option
from .people import in_app, show_one

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ..exchange.uploads.models import Import
    from ..exchange.uploads.recording import Recorded


@contextmanager
def ending_between_units(course: Recorded) -> Iterator[None]:
    """Let the first signal wait until the current unit is over: in the middle of one, a library may
    swallow the exception or turn it into its own. The second signal ends the command at once."""

    def end(number: int, _frame: FrameType | None) -> None:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)
        if not course.has_units:
            raise KeyboardInterrupt(number)
        course.told = number

    told = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with handling(end, [each for each in told if signal.getsignal(each) != signal.SIG_IGN]):
        yield


def _found(key: str | None, import_id: str) -> tuple[Any, Import]:
    from ..exchange.uploads.commands import find
    from .exchange import one_site

    site = one_site(key)
    return site, find(site, import_id)


@click.command("list")
@site_option
@as_json
@in_app
def listed(key: str | None, as_json: bool) -> None:
    """List a site's imports of the last 30 days, newest first.

    \b
    Example:
      commentsvc import list
    """
    from ..exchange.uploads.commands import recent
    from .exchange import one_site

    rows = [
        {
            "id": row.public_id,
            "file": row.name,
            "state": row.standing,
            "comments": row.report["taken"].get("comments", 0),
            "at": f"{row.started_at or row.created_at:%Y-%m-%d %H:%M}",
        }
        for row in recent(one_site(key))
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for each in rows:
        click.echo(
            f"{each['id']}  {each['at']}  {each['state']:9} {each['comments']:>9,}  "
            f"{on_terminal(each['file'])}"
        )


@click.command("report")
@click.argument("import_id", metavar="ID")
@site_option
@as_json
@in_app
def report(import_id: str, key: str | None, as_json: bool) -> None:
    """Print the report of an import.

    \b
    Example:
      commentsvc import report 0a1b2c3d4e5f6
    """
    from ..exchange.importing.report import Report, example
    from ..exchange.uploads.undoing import facts

    _, row = _found(key, import_id)
    if as_json:
        click.echo(json.dumps(facts(row), ensure_ascii=False, indent=2))
        return
    told = Report.from_dict(row.report)
    for sentence in told.sentences():
        click.echo(sentence)
    for each in told.examples:
        click.echo(f"  {on_terminal(example(*each))}")


@click.command("cancel")
@click.argument("import_id", metavar="ID")
@site_option
@as_json
@in_app
def cancel(import_id: str, key: str | None, as_json: bool) -> None:
    """Cancel a running import, whether it was started in the dashboard or on the command line.

    Comments imported so far stay. If there has only been a dry run, the file is discarded.

    \b
    Example:
      commentsvc import cancel 0a1b2c3d4e5f6
    """
    from ..exchange.uploads import commands

    site, row = _found(key, import_id)
    running = row.is_at_work
    tried = commands.cancel(site, import_id, by=None) is None
    words = "Canceled the import." if running else "The import is not running."
    if tried:
        words = "Discarded the file. Nothing had been imported."
    show_one({"id": import_id, "canceled": running}, words, as_json)


@click.command("undo")
@click.argument("import_id", metavar="ID")
@site_option
@click.option("--yes", is_flag=True, help="Do not prompt.")
@as_json
@in_app
def undo(import_id: str, key: str | None, yes: bool, as_json: bool) -> None:
    """Delete the comments that an import added, except those that people have since acted on.

    A comment stays if somebody has since replied to it, reacted to it, reported or edited it, sent a notice
    about it, or decided on it, and so does everything it replies to. The command first shows how many
    comments will be deleted and how many will stay.

    \b
    Example:
      commentsvc import undo 0a1b2c3d4e5f6
    """
    from ..exchange.uploads import undoing

    site, row = _found(key, import_id)
    if undoing.can_undo(row):
        planned = undoing.plan(row)
        click.echo(
            f"Comments that will be deleted: {planned.gone:,}. Comments that will stay, because people "
            "have since replied to them, reacted to them, reported or edited them, sent notices about "
            f"them, or decided on them: {planned.kept:,}.",
            err=True,
        )
        if not yes:
            click.confirm("Undo the import?", abort=True, err=True)
    done = undoing.undo_now(site, import_id)
    if as_json:
        click.echo(json.dumps({"deleted": done.gone, "kept": done.kept}))
    else:
        click.echo(f"Comments deleted: {done.gone:,}. Comments kept: {done.kept:,}.")
