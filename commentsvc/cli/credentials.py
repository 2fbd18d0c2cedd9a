"""`commentsvc user add`, `user password` and `user reset-second-step`: let people sign in."""

from __future__ import annotations

import secrets

import click

from .asking import as_json
from .database import in_app, in_app_or
from .people import person_at, show_one, user


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Display name.")
@click.option("--password", help="If omitted, it is generated and printed.")
@click.option("--admin", is_flag=True, help="Full permissions on every site.")
@as_json
@in_app_or("create")
def user_add(email: str, name: str, password: str | None, admin: bool, as_json: bool) -> None:
    """Create an account.

    \b
    Example:
      commentsvc user add mona@example.org --name Mona
    """
    from ..accounts.commands import register

    made = None if password else secrets.token_urlsafe(12)
    register(email=email, password=password or made or "", name=name, is_admin=admin)
    words = f"Password: {made}" if made else "Account created."
    show_one({"email": email, "password": made}, words, as_json)


@user.command("password")
@click.argument("email")
@click.option("--password", help="If omitted, it is generated and printed.")
@as_json
@in_app
def user_password(email: str, password: str | None, as_json: bool) -> None:
    """Set a new password for a person who has forgotten theirs. They are signed out everywhere.

    \b
    Example:
      commentsvc user password mona@example.org
    """
    from ..accounts.commands import set_password

    made = None if password else secrets.token_urlsafe(12)
    set_password(person_at(email), password or made or "")
    words = f"Password: {made}" if made else "Password set."
    show_one({"email": email, "password": made}, words, as_json)


@user.command("reset-second-step")
@click.argument("email")
@in_app
def user_reset_second_step(email: str) -> None:
    """Remove the app, passkeys and recovery codes of a person who has lost them. They are signed out
    everywhere and notified by email, and can then sign in with just their password.

    \b
    Example:
      commentsvc user reset-second-step mona@example.org
    """
    from ..sites.second_factor import reset

    reset(person_at(email), by=None)
    click.echo("Done. They can now sign in with just their password.")
