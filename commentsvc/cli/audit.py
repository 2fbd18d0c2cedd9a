"""`commentsvc audit verify`: check the public logs and the log of staff acts. `commentsvc report`:
transparency reports from the public logs, in the Commission's templates."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .asking import as_json, site_option
from .database import as_it_is
from .exchange import one_site
from .people import show_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..accounts.chain import Broken
    from ..exchange.reporting.verify import Difference


@click.group()
def audit() -> None:
    """Verify the public log of decisions and the log of everything staff do."""


@audit.command()
@click.option("--site", "key", help="The site's key. If omitted, all sites are verified.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per log, one per line."
)
def verify(key: str | None, as_json: bool) -> None:
    """Verify the hash chains of the public logs and of the log of everything staff do, which all sites
    share. Exits 1 if one is broken.

    Example: commentsvc audit verify --site harbour
    """
    from sqlalchemy import select

    from ..core.db import db
    from ..moderation import audit as logs
    from ..sites.models import Site
    from ..sites.queries import by_key

    held: list[bool] = []
    with as_it_is():
        sites = [by_key(key)] if key else db.session.scalars(select(Site).order_by(Site.key)).all()
        held += [_say(as_json, "public", site.key, *logs.verify(site.id)) for site in sites]
        held.append(_say(as_json, "staff", None, *logs.verify_staff()))
    if not all(held):
        sys.exit(1)


def _say(as_json: bool, log: str, site: str | None, rows: int, broken: Broken | None) -> bool:
    """Print the result for one log; returns whether it is intact."""
    if as_json:
        found = {"number": broken.number, "why": broken.why} if broken else None
        click.echo(json.dumps({"log": log, "site": site, "rows": rows, "broken": found}))
    elif broken:
        click.echo(f"{site or 'staff'}: broken at row {broken.number}: {broken.why}", err=True)
    else:
        click.echo(f"{site or 'staff'}: {rows} row{'s' * (rows != 1)} verified")
    return broken is None


@click.group()
def report() -> None:
    """Write a transparency report using the European Commission's templates, or verify one."""


@report.command()
@site_option
@click.option(
    "--period",
    required=True,
    metavar="PERIOD",
    help="A year (2026), a half-year (2026-H1), or a first and last day (2026-07-01/2026-12-31).",
)
@click.option("--provider", default="", help="The name of the service provider, for part 1.")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to. It is created if necessary.",
)
def write(key: str | None, period: str, provider: str, folder: Path) -> None:
    """Write the CSV files for one site and one period.

    Example: commentsvc report write --site harbour --period 2026 --to report-2026
    """
    from ..exchange.reporting.report import build, period_of

    with as_it_is():
        files = build(one_site(key), period_of(period), provider=provider)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
        click.echo(folder / name)


@report.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@as_json
def verify_report(folder: Path, as_json: bool) -> None:
    """Verify a report: check the public log's hash chain, and count parts 4 to 8 again.

    Parts 1, 2, 3 and 11, the name of the service, contextual information and rows that you fill in yourself
    are not compared. Exits 1 if a value differs, a part is missing or the chain is broken.

    Example: commentsvc report verify report-2026
    """
    from ..exchange.reporting.verify import verify as check

    with as_it_is():
        held, wrong = check(dict(_files(folder)))
    for each in () if as_json else wrong:
        click.echo(_difference(each), err=True)
    facts = {"verified": held, "wrong": [asdict(each) for each in wrong]}
    show_one(facts, f"Values verified: {held}", as_json)
    if wrong:
        sys.exit(1)


def _difference(each: Difference) -> str:
    """One line about a difference, a missing part or a break."""
    row = f"row {each.row}" if each.row else ""
    where = ", ".join(part for part in (each.file, row, each.column.strip()) if part)
    if each.row:
        return f"{where}: the report says “{each.says}”, a new count gives “{each.counted}”"
    if each.says and each.counted:
        return f"{where}: the report says “{each.says}”, the log says “{each.counted}”"
    return f"{where}: {each.says or each.counted}"


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".json"):
            yield path.name, path.read_text(encoding="utf-8-sig", errors="replace")


COMMANDS = (audit, report)
