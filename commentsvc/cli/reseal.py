"""`commentsvc reseal`: what is sealed in the database follows a new SECRET_KEY."""

from __future__ import annotations

import json

import click

from .database import as_it_is


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reseal(as_json: bool) -> None:
    """Seal the sites' and webhooks' signing secrets with the current SECRET_KEY.

    Set OLD_SECRET_KEYS to the previous key, run this, then unset it.

    \b
    Example:
      OLD_SECRET_KEYS_FILE=old_key commentsvc reseal
    """
    from ..notifications import sealed

    with as_it_is():
        found = sealed.reseal()
    renewed, lost = found["open"] + found["old key"], found["lost"]
    if as_json:
        facts = {"resealed": renewed, "unchanged": found["sealed"], "lost": lost}
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"Secrets sealed: {renewed}. Already sealed with this key: {found['sealed']}.")
    if lost:
        raise click.ClickException(
            f"Secrets that no key opens: {lost}. Set OLD_SECRET_KEYS to the key that sealed them, "
            "or create new secrets."
        )


COMMANDS = (reseal,)
