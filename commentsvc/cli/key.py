"""`commentsvc key`: create, list and revoke API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from .asking import Whole, as_json
from .people import in_app, show, show_one

if TYPE_CHECKING:
    from ..accounts.keys import Key
    from ..accounts.models import User


@click.group()
def key() -> None:
    """Manage API keys, for the Perspective protocol and for programs that act for a person."""


@key.command("add")
@click.option("--site", "site_key", help="Valid for this site only.")
@click.option(
    "--any", "any_site", is_flag=True, help="Valid for every site, or for scoring without a site."
)
@click.option("--analyze", is_flag=True, help="Allow scoring texts (Perspective protocol).")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read", "write", "moderate", "manage"]),
    help="What else the key may do on behalf of --user. Repeatable.",
)
@click.option(
    "--user", "email", help="The person whose permissions the key has (an email address)."
)
@click.option("--quota", default="600/minute", show_default=True, help="Rate limit for scoring.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    help="Only browsers on this origin may use the key. Repeatable.",
)
@click.option("--keep-text", is_flag=True, help="Store the texts sent to `suggestscore`.")
@click.option("--days", type=Whole(1, 3650), help="Expire after this many days.")
@click.option("--label", default="", help="A name that helps you recognize the key.")
@as_json
@in_app
def add(
    site_key: str | None,
    any_site: bool,
    analyze: bool,
    scopes: tuple[str, ...],
    email: str | None,
    quota: str,
    origins: tuple[str, ...],
    keep_text: bool,
    days: int | None,
    label: str,
    as_json: bool,
) -> None:
    """Create a key and print it. It is shown only once, because only its hash is stored.

    \b
    Examples:
      commentsvc key add --any --analyze --quota 60/minute --label Coral
      commentsvc key add --site demo --scope moderate --user mona@example.org
    """
    from ..accounts.keys import add_key
    from ..core.addresses import allowed_origin
    from ..sites.queries import by_key

    if any_site == bool(site_key):
        raise click.UsageError("Give --site KEY, or --any.")
    _check_quota(quota)
    secret = add_key(
        label=label,
        scopes=[*scopes, *(["analyze"] if analyze else [])],
        site_id=by_key(site_key).id if site_key else None,
        user=_person(email),
        quota=quota,
        origins=[allowed_origin(each) for each in origins],
        keeps_text=keep_text,
        ttl=timedelta(days=days) if days else None,
    )
    show_one({"key": secret}, secret, as_json)


@key.command("list")
@click.option("--site", "site_key", help="Only keys for this site.")
@as_json
@in_app
def list_keys(site_key: str | None, as_json: bool) -> None:
    """List keys that have not been revoked, without their secrets.

    \b
    Example:
      commentsvc key list
    """
    from ..accounts.keys import keys
    from ..sites.queries import by_key

    site_id = by_key(site_key).id if site_key else None
    show([_row(each) for each in keys(site_id)], as_json)


@key.command("revoke")
@click.argument("key_id")
@in_app
def revoke(key_id: str) -> None:
    """Revoke a key immediately. `list` shows the KEY_ID.

    \b
    Example:
      commentsvc key revoke 7hq2mzk3w9xvb
    """
    from ..accounts.keys import revoke_key

    gone = revoke_key(key_id)
    click.echo(f"Revoked{': ' + gone.label if gone.label else ''}.")


def _check_quota(quota: str) -> None:
    from limits import parse_many

    try:
        parse_many(quota)
    except ValueError:
        raise click.BadParameter(
            f"“{quota}” is not a quota. Examples: 60/minute, 10/second;5000/day.",
            param_hint="--quota",
        ) from None


def _person(email: str | None) -> User | None:
    from ..accounts.commands import by_email

    if email is None:
        return None
    found = by_email(email)
    if found is None:
        raise click.ClickException(
            f"No account uses “{email}”. To list people with a role: commentsvc user list"
        )
    return found


def _row(each: Key) -> dict[str, Any]:
    from ..accounts.commands import by_id as user_by_id
    from ..sites.queries import by_id

    person = user_by_id(each.user_id) if each.user_id else None
    return {
        "id": each.id,
        "label": each.label,
        "site": by_id(each.site_id).key if each.site_id else "any",
        "scopes": list(each.scopes),
        "user": person.email if person else None,
        "quota": each.quota if "analyze" in each.scopes else None,
        "origins": list(each.origins),
        "keeps_text": "yes" if each.keeps_text else "no",
        "ends": each.expires_at.date().isoformat() if each.expires_at else None,
    }


COMMANDS = (key,)
