"""Import and export."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ..core.shown import on_terminal
from . import imports
from .asking import as_json, site_option
from .mostly import Mostly
from .people import in_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..exchange.importing.addresses import Addresses
    from ..exchange.importing.arrange import Reading
    from ..exchange.importing.report import Report
    from ..exchange.uploads.recording import Recorded
    from ..sites.models import Site


def one_site(key: str | None) -> Any:
    """The site with this key, or the only one. Raises `click.UsageError`."""
    from sqlalchemy import select

    from ..core.db import db
    from ..sites.models import Site
    from ..sites.queries import by_key

    if key:
        return by_key(key)
    found = list(db.session.scalars(select(Site).where(Site.closed_at.is_(None))))
    if len(found) != 1:
        raise click.UsageError(
            "There are several sites. Name one with --site KEY."
            if found
            else "There is no site yet. To create one: commentsvc init"
        )
    return found[0]


def _progress() -> Callable[[int, int], None]:
    if not sys.stderr.isatty():
        return lambda done, of: None

    def show(done: int, of: int) -> None:
        click.echo(f"\r\x1b[K{done:,} of {of:,} comments", err=True, nl=done >= of)

    return show


def _say_begun(import_id: str) -> None:
    click.echo(
        f"Import {import_id} has started. To cancel it: commentsvc import cancel {import_id}",
        err=True,
    )


@click.command("import")
@click.argument("what", nargs=-1, required=True, metavar="[FORMAT] FILE")
@site_option
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and store nothing.")
@click.option("--base", metavar="URL", help="The website's address, for paths without a host.")
@click.option("--page", metavar="URL", help="The page for conversations without an address.")
@click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file. Each line has a conversation's ID or old address, and its new address.",
)
@click.option("--foreign", is_flag=True, help="Also import pages outside the site's addresses.")
@click.option("--private", is_flag=True, help="Also import pages that were not public.")
@click.option("--part", is_flag=True, help="Import a damaged file up to the point of damage.")
@click.option("--queue", is_flag=True, help="Add comments to the review queue if a rule matches.")
@click.option(
    "--new-site", is_flag=True, help="First create the site described in a commentsvc export."
)
@as_json
@in_app
def bring(
    what: tuple[str, ...],
    key: str | None,
    mapping: Path | None,
    new_site: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Import comments from another system or a commentsvc export. Importing twice is safe.

    FORMAT is one of commentsvc, facebook, disqus, wordpress, isso, remark42, commento, artalk
    (also for Valine and Waline), twikoo, giscus, coral, csv;
    if omitted, it is detected from the file's content. For Facebook, FILE can be a folder.
    Exits 1 if the file contains comments, but none of them could be imported.

    \b
    Examples:
      commentsvc import disqus export.xml.gz --dry-run
      commentsvc import isso comments.db --base https://example.org
      commentsvc import facebook saved/ --site demo
      commentsvc import --new-site commentsvc harbour.jsonl
    """
    from ..core import clock
    from ..exchange.formats import read
    from ..exchange.importing.addresses import Addresses, read_map
    from ..exchange.uploads.recording import Recorded

    name, path = _named(what)
    dry_run = options["dry_run"]
    known = read_map(mapping.read_text("utf-8-sig")) if mapping else {}
    given = Addresses(options["base"], known, options["page"], options["foreign"])
    with read(path, name, now=clock.now()) as reading:
        site = _site_of(reading, key, new_site, dry_run)
        course = Recorded(site, path.name, begun=_say_begun)
        again = f" with --site {site.key} instead of --new-site" if new_site else ""
        report = _import(reading, site, given, course, options, again)
    if as_json:
        facts = {**report.as_dict(), "id": course.public_id}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _tell(report, dry_run=dry_run)
        if course.adds:
            click.echo(f"To undo this import: commentsvc import undo {course.public_id}")
    if report.found["comments"] and not report.taken["comments"] + report.taken["comments_known"]:
        raise click.exceptions.Exit(1)


def _import(
    reading: Reading,
    site: Site,
    given: Addresses,
    course: Recorded,
    options: dict[str, Any],
    again: str,
) -> Report:
    from ..core.errors import Invalid, Unavailable
    from ..exchange.importing.commands import import_comments

    try:
        with course, imports.ending_between_units(course):
            return import_comments(
                site,
                reading,
                dry_run=options["dry_run"],
                queue=options["queue"],
                private=options["private"],
                part=options["part"],
                addresses=given,
                progress=_progress(),
                course=course,
            )
    except Invalid as error:
        how = " Use --part." if error.key == "broken_file" else ""
        raise click.ClickException(f"{error.detail}{how}") from error
    except (KeyboardInterrupt, Unavailable):  # or an upgrade locks the database, or it ends
        _say_stopped(course, again)
        raise


def _say_stopped(course: Recorded, again: str) -> None:
    """Say what remains of a stopped import. `again`: how the command that imports the rest differs."""
    if course.public_id is None:
        click.echo("\nStopped. Nothing was imported.", err=True)
        return
    click.echo(
        "\nStopped. The comments imported so far stay. To import the rest, run the same command "
        f"again{again}: nothing is imported twice. To undo this import instead: commentsvc import undo "
        f"{course.public_id}",
        err=True,
    )


#: How to include what was left out (`report.left`).
_INCLUDES = {
    "no_address": "Give an address with --page URL for one conversation, or with --map FILE for several.",
    "relative": "Give the website's address with --base URL.",
    "foreign_page": "Map pages with commentsvc site alias add, or include all with --foreign.",
    "private": "Include them with --private.",
}


def _tell(report: Report, *, dry_run: bool) -> None:
    from ..exchange.importing.report import example

    if dry_run:
        taken, known = report.taken["comments"], report.taken["comments_known"]
        left = report.found["comments"] - taken - known
        click.echo(
            "This was a dry run, and nothing was stored. "
            f"Comments in the file: {report.found['comments']:,}. Would be imported: {taken:,}. "
            f"Already here: {known:,}. Would be skipped: {left:,}."
        )
    for sentence in report.sentences():
        click.echo(sentence)
    for why, how in _INCLUDES.items():
        if report.left[why]:
            click.echo(how)
    if report.examples:
        click.echo("Some examples:")
    for each in report.examples[:10]:
        click.echo(f"  {on_terminal(example(*each))}")
    if report.taken["comments"] and not dry_run:
        click.echo("The server now scores the texts in the background.")


def _named(what: tuple[str, ...]) -> tuple[str | None, Path]:
    from ..exchange.formats import FORMATS

    if len(what) > 2:
        raise click.UsageError("Give a format and one file. Only Facebook imports take a folder.")
    name = what[0] if len(what) == 2 and what[0] != "auto" else None
    if name is not None and name not in FORMATS:
        raise click.UsageError(f"Unknown format “{name}”. Choose one of {', '.join(FORMATS)}.")
    path = Path(what[-1])
    if not path.exists():
        raise click.UsageError(f"There is no file “{path}”.")
    return name, path


def _site_of(reading: Any, key: str | None, new_site: bool, dry_run: bool) -> Any:
    from ..exchange.importing.site import make_site, site_in

    if not new_site:
        return one_site(key)
    record = site_in(reading)
    if record is None:
        raise click.UsageError("This file does not describe a site; only a commentsvc export does.")
    if dry_run:
        raise click.UsageError("A dry run creates no site. Name an existing one: --site KEY.")
    made = make_site(record, key=key)
    click.echo(f"Created the site “{made.key}”. Give it an owner: commentsvc user role", err=True)
    return made


@click.command("export")
@click.argument("name", metavar="[FORMAT]", default="commentsvc")
@site_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. If omitted, standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
@in_app
def take(name: str, key: str | None, output: Path | None, force: bool) -> None:
    """Export a site's comments. FORMAT is commentsvc (complete), csv, wordpress or facebook.

    An export contains email addresses and moderators' notes, so keep it as safe as the database.

    \b
    Examples:
      commentsvc export > everything.jsonl
      commentsvc export csv --site demo -o comments.csv
    """
    from ..exchange.exporting.commands import export_site

    site = one_site(key)
    if output is None:
        export_site(site, name, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    if output.exists() and not force:
        raise click.ClickException(
            f"“{output}” already exists. Choose another name, or add --force."
        )
    with _whole(output) as out:
        export_site(site, name, out)
    click.echo(f"Exported to {output}.")


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that is written completely or not at all, readable only by its owner."""
    try:
        descriptor, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise click.ClickException(
            f"“{target}” cannot be written ({error.strerror}). Choose another location."
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
        Path(made).replace(target)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


COMMANDS = (Mostly(bring, (imports.listed, imports.report, imports.cancel, imports.undo)), take)
