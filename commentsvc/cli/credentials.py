"""commentsvc user password, user reset-second-step: for people who can no longer sign in."""

from __future__ import annotations

import secrets

import click

from .database import in_app
from .people import person_at, user


@user.command("password")
@click.argument("email")
@click.option("--password", help="If omitted, it is generated and printed.")
@in_app
def user_password(email: str, password: str | None) -> None:
    """Set a new password for a person who has forgotten theirs. They are signed out everywhere.

    \b
    Example:
      commentsvc user password mona@example.org
    """
    from ..accounts.commands import set_password

    made = None if password else secrets.token_urlsafe(12)
    set_password(person_at(email), password or made or "")
    click.echo(f"Password: {made}" if made else "Password set.")


@user.command("reset-second-step")
@click.argument("email")
@in_app
def user_reset_second_step(email: str) -> None:
    """Remove the app, passkeys and recovery codes of a person who has lost them. They are signed out
    everywhere, notified by email, and can then sign in with just their password.

    \b
    Example:
      commentsvc user reset-second-step mona@example.org
    """
    from ..sites.second_factor import reset

    reset(person_at(email), by=None)
    click.echo("Done. They can now sign in with just their password.")
