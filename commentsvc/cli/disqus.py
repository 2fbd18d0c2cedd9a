"""`commentsvc site disqus`: a site's Disqus forums, what to change on their pages, and
conflicts."""

from __future__ import annotations

from typing import Any

import click

from .asking import as_json
from .exchange import one_site
from .people import in_app, show_one, site
from .people import show as table


@site.command("disqus")
@click.argument("key", required=False)
@click.option("--name", "names", multiple=True, help="A Disqus forum's short name. Repeatable.")
@click.option("--secret", is_flag=True, help="Prompt for the secret key that signs readers in.")
@click.option(
    "--no-secret", is_flag=True, help="Remove the key. Readers are no longer signed in with it."
)
@as_json
@in_app
def disqus(
    key: str | None, names: tuple[str, ...], secret: bool, no_secret: bool, as_json: bool
) -> None:
    """Take over pages written for Disqus, by naming their Disqus forums.

    Prints what to change on the pages, and lists those that have several conversations because they have
    several identifiers. With --name, replaces the list of forums.

    \b
    Examples:
      commentsvc site disqus demo --name my-forum
      commentsvc site disqus demo --secret
    """
    from ..sites.forums import forums_of, set_disqus_secret, set_forums

    chosen = one_site(key)
    if names:
        before = forums_of(chosen)
        _tell_of_lost(chosen.key, before, set_forums(chosen, names))
    if secret or no_secret:
        given = "" if no_secret else click.prompt("Secret key", hide_input=True, err=True)
        set_disqus_secret(chosen, given)
    rows = _conflicts(chosen)
    if as_json:
        forums = [
            {"name": each, "script": f"{_address()}/{each}/embed.js"} for each in forums_of(chosen)
        ]
        show_one({"forums": forums, "conflicts": rows}, "", True)
        return
    for name in forums_of(chosen):
        click.echo(f"- //{name}.disqus.com/embed.js\n+ {_address()}/{name}/embed.js")
    if not forums_of(chosen):
        click.echo("No forums yet. Add one by its short name: commentsvc site disqus --name NAME")
    if rows:
        click.echo("\nPages with several identifiers, and therefore several conversations:")
        table([{key.replace("_", " "): each[key] for key in each} for each in rows], False)
        click.echo("Merge them in the dashboard, in the “Disqus” section of “Import & export”.")


def _tell_of_lost(key: str, before: list[str], now: list[str]) -> None:
    """Pages of a forum that is no longer listed lose their comments: say so, and how to keep all."""
    if lost := sorted({*before} - {*now}):
        every = " ".join(f"--name {each}" for each in sorted({*before, *now}))
        click.echo(
            f"No longer this site’s: {', '.join(lost)}. Pages that load the box under such a name "
            f"now show no comments. To keep all names: commentsvc site disqus {key} {every}",
            err=True,
        )


def _address() -> str:
    from ..settings import settings

    return settings().public_url


def _conflicts(chosen: Any) -> list[dict[str, Any]]:
    from ..threads.naming import conflicts

    return [
        {
            "page": each.first.href,
            "comments": each.first.comment_count,
            "other_identifiers": list(each.names),
            "other_comments": each.other.comment_count,
        }
        for each in conflicts(chosen)
    ]


COMMANDS = ()
