"""Commands for sites and people: init, site, user."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import click

from ..core.shown import on_terminal
from .asking import as_json, asked, policy_from, reading, told
from .asking import password as new_password
from .database import in_app, in_app_or


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as a plain table, or as JSON."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("None.")
        return
    shown = [{key: _cell(value) for key, value in row.items()} for row in rows]
    width = {key: max(len(key), *(len(row[key]) for row in shown)) for key in shown[0]}
    click.echo("  ".join(key.upper().ljust(width[key]) for key in width).rstrip())
    for row in shown:
        click.echo("  ".join(row[key].ljust(width[key]) for key in width).rstrip())


def show_one(facts: dict[str, Any], words: str, as_json: bool) -> None:
    """Print one thing in words, or as a JSON object."""
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else words)


def _cell(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    # a name may contain anything; the terminal must not interpret it
    return on_terminal(text)


def tag_of(key: str) -> str:
    """The line that a site's owner adds to pages."""
    from ..settings import settings

    address = settings().public_url
    return f'<script async src="{address}/embed.js" data-site="{key}"></script>'


@click.command()
@click.option("--email", help="The owner's email address, used to sign in.")
@click.option("--name", help="The owner's display name.")
@click.option(
    "--password",
    help="The owner's password. If omitted, you are prompted for it; with --yes, it is generated.",
)
@click.option("--site", "site_name", help="The site's name.")
@click.option(
    "--origin", "origins", multiple=True, help="A website that may show the comments. Repeatable."
)
@click.option("--key", help="The site's key in the tag. If omitted, it is generated.")
@reading
@click.option("--yes", is_flag=True, help="Do not prompt. Fail if a required option is missing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and never prompt.")
@in_app_or("create")
def init(
    email: str | None,
    name: str | None,
    password: str | None,
    site_name: str | None,
    origins: tuple[str, ...],
    key: str | None,
    yes: bool,
    as_json: bool,
    **answers: Any,
) -> None:
    """Create the first owner and site, and print the tag for its pages.

    \b
    Examples:
      commentsvc init
      commentsvc init --yes --email ada@example.org --name Ada --site "The Post" \\
        --origin https://post.example.org
    """
    from ..accounts import commands as accounts
    from ..sites import commands as sites

    if _sites():
        raise click.ClickException("There is already a site. To add another: commentsvc site add")
    yes = yes or as_json
    require = partial(asked, yes)
    email = require(email, "--email", "Your email address")
    name = require(name, "--name", "Your name")
    site_name = require(site_name, "--site", "The site's name")
    website = "Website that may show these comments (https://example.org)"
    origins = origins or (require(None, "--origin", website),)
    policy = policy_from(answers, ask=not yes)
    password, made = (password, None) if password else new_password(yes)
    owner = accounts.register(email=email, password=password, name=name, is_admin=True)
    site = sites.add_site(name=site_name, origins=origins, owner=owner, key=key, policy=policy)
    lines = [f"Password: {made}"] if made else []
    lines += [f"The tag for your pages:\n  {tag_of(site.key)}", told(site)]
    lines += ["Now start the server: commentsvc run"]
    facts = _site_row(site) | {"tag": tag_of(site.key), "email": email, "password": made}
    show_one(facts, "\n".join(lines), as_json)


@click.group()
def site() -> None:
    """Add and list sites, print a site's tag, and handle moved pages."""


@site.command("add")
@click.argument("name")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    required=True,
    help="A website that may show the comments. Repeatable.",
)
@click.option("--owner", help="The owner's email address (of an existing account).")
@click.option("--key", help="The key in the tag. If omitted, it is generated.")
@reading
@as_json
@in_app_or("create")
def site_add(
    name: str,
    origins: tuple[str, ...],
    owner: str | None,
    key: str | None,
    as_json: bool,
    **answers: Any,
) -> None:
    """Create another site.

    \b
    Example:
      commentsvc site add "The Post" --origin https://post.example.org --owner ada@example.org \\
        --comments-a-day 400 --readable-a-day 20
    """
    from ..sites.commands import add_site

    person = person_at(owner) if owner else None
    policy = policy_from(answers)
    made = add_site(name=name, origins=origins, owner=person, key=key, policy=policy)
    tag = tag_of(made.key)
    words = f"The tag for its pages:\n  {tag}\n{told(made)}"
    show_one(_site_row(made) | {"tag": tag}, words, as_json)


@site.command("list")
@as_json
@in_app
def site_list(as_json: bool) -> None:
    """List the sites.

    \b
    Example:
      commentsvc site list --json
    """
    show([_site_row(each) for each in _sites()], as_json)


@site.command("tag")
@click.argument("key")
@as_json
@in_app
def site_tag(key: str, as_json: bool) -> None:
    """Print the tag for a site's pages.

    \b
    Example:
      commentsvc site tag demo
    """
    from ..sites.queries import by_key

    tag = tag_of(by_key(key).key)
    show_one({"tag": tag}, tag, as_json)


@site.command("secret")
@click.argument("key")
@click.option("--remove-old", is_flag=True, help="Remove the older of two secrets instead.")
@as_json
@in_app
def site_secret(key: str, remove_old: bool, as_json: bool) -> None:
    """Create a secret for a site's own sign-in and print it. It is shown only once.

    The previous secret stays valid, so that the site can switch over. Then remove it.

    \b
    Examples:
      commentsvc site secret demo
      commentsvc site secret demo --remove-old
    """
    from ..sites.commands import drop_old_secret, rotate_secret
    from ..sites.queries import by_key

    if remove_old:
        drop_old_secret(by_key(key))
        show_one({"removed": True}, "Removed.", as_json)
    else:
        secret = rotate_secret(by_key(key))
        show_one({"secret": secret}, secret, as_json)


def _sites() -> list[Any]:
    from sqlalchemy import select

    from ..core.db import db
    from ..sites.models import Site

    return list(db.session.scalars(select(Site).order_by(Site.key)))


def person_at(email: str) -> Any:
    """The person with this address. Raises `click.ClickException` if nobody has it."""
    from ..accounts.commands import by_email

    found = by_email(email)
    if found is None:
        raise click.ClickException(
            f"No account uses “{email}”. Create one: commentsvc user add {email} --name …"
        )
    return found


def _site_row(site: Any) -> dict[str, Any]:
    from ..sites.queries import origins

    return {"key": site.key, "name": site.name, "origins": list(origins(site))}


@click.group()
def user() -> None:
    """Create accounts, give roles on a site, help people who lost their second step, and list people."""


@user.command("role")
@click.argument("email")
@click.argument("site_key")
@click.argument("role", type=click.Choice(["owner", "moderator", "trusted", "reader", "banned"]))
@in_app
def user_role(email: str, site_key: str, role: str) -> None:
    """Give a person a role on one site; `reader` removes their role.

    \b
    Example:
      commentsvc user role mona@example.org demo moderator
    """
    from ..sites.commands import set_role
    from ..sites.queries import by_key

    person, site = person_at(email), by_key(site_key)
    set_role(site, person, None if role == "reader" else role, by=None)
    click.echo(f"{person.name} now has the role “{role}” on {site.name}.")


@user.command("list")
@click.option("--site", "site_key", help="Only people with a role on this site.")
@as_json
@in_app
def user_list(site_key: str | None, as_json: bool) -> None:
    """List accounts that have a role or are administrators.

    \b
    Example:
      commentsvc user list --site demo
    """
    from sqlalchemy import select

    from ..accounts.models import User
    from ..core.db import db
    from ..sites.models import Membership, Site
    from ..sites.queries import not_over

    query = (
        select(User, Site.key, Membership.role)
        .outerjoin(Membership, (Membership.user_id == User.id) & not_over())
        .outerjoin(Site, Site.id == Membership.site_id)
        .where(User.kind == "member", User.erased_at.is_(None))
        .where((Membership.role.is_not(None)) | User.is_admin)
        .order_by(Site.key, User.name)
    )
    if site_key:
        query = query.where(Site.key == site_key)
    rows = [
        {
            "email": person.email,
            "name": person.name,
            "site": key,
            "role": role or "",
            "admin": "yes" if person.is_admin else "",
        }
        for person, key, role in db.session.execute(query)
    ]
    show(rows, as_json)


COMMANDS = (init, site, user)
