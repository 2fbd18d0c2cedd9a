"""`commentsvc audit verify`: check the public logs, and the log of all that staff do."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from .database import as_it_is

if TYPE_CHECKING:
    from ..accounts.chain import Broken


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
    """Print what was found of one log; whether it holds."""
    if as_json:
        found = {"number": broken.number, "why": broken.why} if broken else None
        click.echo(json.dumps({"log": log, "site": site, "rows": rows, "broken": found}))
    elif broken:
        click.echo(f"{site or 'staff'}: broken at row {broken.number}: {broken.why}", err=True)
    else:
        click.echo(f"{site or 'staff'}: {rows} row{'s' * (rows != 1)} verified")
    return broken is None


COMMANDS = (audit,)
