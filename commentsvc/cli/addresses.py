"""Commands for moved pages and merged conversations: site alias, site recount, thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from .asking import as_json, site_option
from .exchange import one_site
from .people import in_app, show, show_one, site

if TYPE_CHECKING:
    from ..sites.models import Site
    from ..threads.models import Thread
    from ..threads.remap import Remapped


@site.group("alias")
def alias() -> None:
    """Manage rules for moved pages. Each maps an old address to a new one, with * for any text."""


@alias.command("list")
@site_option
@as_json
@in_app
def alias_list(key: str | None, as_json: bool) -> None:
    """List the rules in the order they are tried.

    \b
    Example:
      commentsvc site alias list
    """
    from ..threads.remap import aliases

    show([{"old": old, "new": new} for old, new in aliases(one_site(key))], as_json)


@alias.command("add")
@click.argument("old")
@click.argument("new")
@site_option
@click.option("--first", is_flag=True, help="Try this rule before all others.")
@click.option("--dry-run", is_flag=True, help="Show what would move, and change nothing.")
@as_json
@in_app
def alias_add(
    old: str, new: str, key: str | None, first: bool, dry_run: bool, as_json: bool
) -> None:
    """Map pages at OLD to NEW. Existing conversations move with them.

    \b
    Examples:
      commentsvc site alias add "/2016/*" "/archive/2016/*"
      commentsvc site alias add "http://old.example.org/*" "https://example.org/blog/*" --dry-run
    """
    from ..threads.remap import add_alias

    told = add_alias(one_site(key), old, new, by=None, first=first, dry_run=dry_run)
    _tell(told, as_json, dry_run=dry_run)


def _tell(told: Remapped, as_json: bool, *, dry_run: bool = False) -> None:
    would = "would be " if dry_run else ""
    facts: dict[str, object] = {"dry_run": dry_run, "batch": told.batch or None}
    lines = []
    for name, pairs in (("moved", told.moved), ("merged", told.merged)):
        facts[name] = [{"from": before, "to": after} for before, after in pairs]
        many = f"{len(pairs):,} conversation" + "s" * (len(pairs) != 1)
        lines.append(f"{many} {would}{name}.")
        lines += [f"  {before}\n    → {after}" for before, after in pairs[:5]]
    if told.missing:
        facts["missing"] = told.missing
        matches = "line matches" if len(told.missing) == 1 else "lines match"
        lines.append(f"{len(told.missing):,} {matches} no conversation.")
        lines += [f"  {old}" for old in told.missing[:5]]
    if told.batch:
        lines.append(f"To undo: commentsvc thread undo {told.batch}")
    show_one(facts, "\n".join(lines), as_json)


@alias.command("apply")
@site_option
@as_json
@in_app
def alias_apply(key: str | None, as_json: bool) -> None:
    """Apply the current rules to all conversations, for example after an upgrade added rules.

    \b
    Example:
      commentsvc site alias apply --site demo
    """
    from ..threads.remap import rekey

    _tell(rekey(one_site(key), by=None), as_json)


@alias.command("remove")
@click.argument("old")
@site_option
@in_app
def alias_remove(old: str, key: str | None) -> None:
    """Remove a rule. Conversations it moved stay where they are.

    \b
    Example:
      commentsvc site alias remove "/2016/*"
    """
    from ..threads.remap import remove_alias

    remove_alias(one_site(key), old, by=None)
    click.echo("Rule removed.")


@site.command("moved")
@click.argument("file", type=click.File(encoding="utf-8"))
@site_option
@click.option("--dry-run", is_flag=True, help="Show what would move, and change nothing.")
@as_json
@in_app
def moved(file: TextIO, key: str | None, dry_run: bool, as_json: bool) -> None:
    """Move conversations according to FILE, a CSV file with an old and a new address on each line, in the
    format of Disqus's URL map.

    \b
    Example:
      commentsvc site moved map.csv --dry-run
    """
    from ..threads.remap import move_pages, read_pages

    pages = read_pages(file.read())
    _tell(move_pages(one_site(key), pages, by=None, dry_run=dry_run), as_json, dry_run=dry_run)


@site.command("recount")
@site_option
@as_json
@in_app
def recount(key: str | None, as_json: bool) -> None:
    """Recount comments, replies and likes in every conversation.

    \b
    Example:
      commentsvc site recount --site demo
    """
    from ..threads.recount import recount_site

    many = recount_site(one_site(key).id)
    words = f"Recounted {many:,} conversation{'s' * (many != 1)}."
    show_one({"conversations": many}, words, as_json)


@click.group()
def thread() -> None:
    """Merge conversations, list moves and merges, and undo them."""


@thread.command("merge")
@click.argument("page")
@click.argument("into")
@site_option
@as_json
@in_app
def thread_merge(page: str, into: str, key: str | None, as_json: bool) -> None:
    """Merge the conversation at PAGE into the one at INTO. Both addresses then show it.

    \b
    Example:
      commentsvc thread merge https://example.org/?p=12 https://example.org/bridge
    """
    from ..threads.merging import merge

    chosen = one_site(key)
    done = merge(_thread_at(chosen, page), _thread_at(chosen, into), by=None)
    words = f"Merged. To undo: commentsvc thread undo {done.public_id}"
    show_one({"id": done.public_id}, words, as_json)


def _thread_at(site: Site, page: str) -> Thread:
    from ..core.errors import NotFound
    from ..threads.commands import find_thread

    found = find_thread(site, page)
    if found is None:
        raise NotFound("not_found.thread_at", address=page)
    return found


@thread.command("moves")
@site_option
@as_json
@in_app
def thread_moves(key: str | None, as_json: bool) -> None:
    """List moves and merges, newest first.

    \b
    Example:
      commentsvc thread moves --json
    """
    from ..threads.merging import moves

    rows = [
        {
            "id": each.id,
            "batch": each.batch,
            "what": each.kind,
            "from": each.before,
            "to": each.after,
            "by": each.by,
            "at": each.at.isoformat(timespec="seconds"),
            "undone": each.undone_at.isoformat(timespec="seconds") if each.undone_at else None,
        }
        for each in moves(one_site(key).id)
    ]
    show(rows, as_json)


@thread.command("undo")
@click.argument("move")
@as_json
@in_app
def thread_undo(move: str, as_json: bool) -> None:
    """Undo one MOVE, or a whole batch: everything that one rule or one list has moved.

    \b
    Example:
      commentsvc thread undo 7h4k2mzq9vtwx
    """
    from ..core.errors import NotFound
    from ..threads.merging import undo, undo_batch

    try:
        many = len(undo_batch(move, by=None))
    except NotFound:
        undo(move, by=None)
        many = 1
    show_one({"undone": many}, f"Undone: {many:,}.", as_json)


COMMANDS = (thread,)
