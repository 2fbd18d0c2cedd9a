"""`commentsvc audit verify`: check the public logs."""

from __future__ import annotations

import json
import sys

import click

from .database import as_it_is


@click.group()
def audit() -> None:
    """Verify the public log of decisions."""


@audit.command()
@click.option("--site", "key", help="The site's key. If omitted, all sites are verified.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per site, one per line."
)
def verify(key: str | None, as_json: bool) -> None:
    """Verify the hash chains of the public logs. Exits 1 if one is broken.

    Example: commentsvc audit verify --site harbour
    """
    from sqlalchemy import select

    from ..core.db import db
    from ..moderation.audit import verify as check
    from ..sites.models import Site
    from ..sites.queries import by_key

    broken_sites = 0
    with as_it_is():
        sites = [by_key(key)] if key else db.session.scalars(select(Site).order_by(Site.key)).all()
        for site in sites:
            held, broken = check(site.id)
            broken_sites += broken is not None
            if as_json:
                found = {"number": broken.number, "why": broken.why} if broken else None
                click.echo(json.dumps({"site": site.key, "rows": held, "broken": found}))
            elif broken:
                click.echo(f"{site.key}: broken at row {broken.number}: {broken.why}", err=True)
            else:
                click.echo(f"{site.key}: {held} rows verified")
    if broken_sites:
        sys.exit(1)


COMMANDS = (audit,)
