"""Moved pages: rules from old to new addresses, and what they do to conversations."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..core.db import db, unit_of_work
from ..core.errors import Invalid, NotFound
from ..core.ids import new_id
from ..core.jobs import handler
from ..sites.commands import set_policy
from ..sites.queries import by_id, origins, policy_of, require
from .addresses.whose import is_of
from .commands import touch, where_it_went
from .merging import merge, record
from .models import Thread
from .urls import Address, AddressRules, canonical, site_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..accounts.models import User
    from ..sites.models import Site

_AT_ONCE = 200
_QUOTED = 200  # characters quoted from a rejected line


class Listed(NamedTuple):
    """A line in a list of moved pages."""

    old: str
    new: str
    line: int

    @property
    def where(self) -> dict[str, Any]:
        """The values of an error about it: its number and content."""
        return _where(self.line, f"{self.old}, {self.new}")


@dataclass
class Remapped:
    """The effect of a change of rules. `moved` and `merged` are (from, to) addresses of pages;
    `missing` are the old addresses in a list that have no conversation; `batch` undoes all of it
    (merging.undo_batch)."""

    moved: list[tuple[str, str]] = field(default_factory=list)
    merged: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    batch: str | None = None


def aliases(site: Site) -> list[tuple[str, str]]:
    """The site's rules, in the order we try them."""
    return list(policy_of(site).aliases)


def add_alias(
    site: Site,
    old: str,
    new: str,
    *,
    by: User | None,
    first: bool = False,
    dry_run: bool = False,
) -> Remapped:
    """Add a rule: pages at `old` are now at `new`. Existing conversations move, too.

    Both are addresses or paths; each `*` in `old` matches any text, which replaces a `*` in `new`.
    `first` puts it before all other rules. Raises `NotAllowed`, `Invalid` for an impossible rule.
    """
    old, new = old.strip(), new.strip()
    kept = [each for each in aliases(site) if each[0] != old]
    rules = [(old, new), *kept] if first else [*kept, (old, new)]
    _check(site, old, new, rules)
    return set_aliases(site, rules, by=by, dry_run=dry_run)


def remove_alias(site: Site, old: str, *, by: User | None) -> None:
    """Remove a rule. Conversations stay where it moved them (`merging.undo_batch` moves them back).
    Raises `NotFound`."""
    rules = aliases(site)
    kept = [each for each in rules if each[0] != old.strip()]
    if len(kept) == len(rules):
        raise NotFound("not_found.rule")
    set_aliases(site, kept, by=by)


def set_aliases(
    site: Site, rules: Sequence[tuple[str, str]], *, by: User | None, dry_run: bool = False
) -> Remapped:
    """Replace all rules, and move conversations; with `dry_run`, only report the moves."""
    if by is not None:
        require(by, "manage_site", site)
    if dry_run:
        asked = replace(site_rules(site), aliases=tuple(rules))
        return _told(site, asked)
    with unit_of_work():
        set_policy(site, {"aliases": list(rules)}, by=by)
        return rekey(site, by=by)


def move_pages(
    site: Site, pages: Iterable[Listed], *, by: User | None, dry_run: bool = False
) -> Remapped:
    """Move the conversations of listed pages from old to new addresses, without a rule for later
    ones, like Disqus's URL map. Pages without a conversation are reported as missing. Raises
    `NotAllowed`, or `Invalid` for a new address that is not the site's."""
    if by is not None:
        require(by, "manage_site", site)
    rules, told = site_rules(site), Remapped(batch=None if dry_run else new_id())
    with unit_of_work():
        for page in pages:
            before, to = _address(page.old, rules), _address_in(page, rules)
            if not is_of(site, to.origin):
                raise Invalid("invalid.list_foreign", host=to.origin, **page.where)
            thread = _at(site, before.canonical) if before else None
            if thread is None:
                told.missing.append(page.old)
            elif thread.merged_into_id is not None or thread.address == to.canonical:
                continue
            elif dry_run:
                moved = told.moved if _at(site, to.canonical) is None else told.merged
                moved.append((thread.href, to.href))
            else:
                _move(site, thread, to, told, by)
    if not told.moved and not told.merged:
        told.batch = None
    return told


def _address_in(page: Listed, rules: AddressRules) -> Address:
    try:
        return canonical(page.new, rules=rules)
    except Invalid as error:
        raise Invalid("invalid.list_address", **page.where) from error


def read_pages(text: str) -> list[Listed]:
    """Parse lines of `old address, new address`. Raises `Invalid`, with the line."""
    found: list[Listed] = []
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    rows = csv.reader(lines)
    line = 1  # where the row begins: quoted cells may span lines
    try:
        for row in rows:
            cells = [cell.strip() for cell in row if cell.strip()]
            if len(cells) == 2:
                found.append(Listed(cells[0], cells[1], line))
            elif cells:
                raise Invalid("invalid.list_line", **_where(line, lines[line - 1]))
            line = rows.line_num + 1
    except csv.Error as error:  # a cell that is far too long
        raise Invalid("invalid.list_line", **_where(line, lines[line - 1])) from error
    return found


def _where(line: int, quoted: str) -> dict[str, Any]:
    return {"field": "pages", "n": line, "line": quoted.strip()[:_QUOTED]}


def _check(site: Site, old: str, new: str, rules: Sequence[tuple[str, str]]) -> None:
    """Raises `Invalid` for a rule that never matches, leads in a circle, or leads off the site."""
    if not old or not new or old == new:
        raise Invalid("invalid.rule_both", field="old")
    if new.count("*") > old.count("*"):
        raise Invalid("invalid.rule_stars", field="new")
    host = (origins(site) or ["https://example.org"])[0].replace("*.", "www.").replace(":*", "")
    page = old.replace("*", "x1")
    page = host + page if page.startswith("/") else page
    plain = replace(site_rules(site), aliases=())
    try:
        before = canonical(page, rules=plain)
    except Invalid as error:
        raise Invalid("invalid.rule_old", field="old") from error
    if canonical(page, rules=replace(plain, aliases=((old, new),))) == before:
        raise Invalid("invalid.rule_new", field="new")
    after = canonical(page, rules=replace(plain, aliases=tuple(rules)))
    if after.canonical == before.canonical:
        raise Invalid("invalid.rule_circle", field="new")
    if not is_of(site, after.origin):
        raise Invalid("invalid.rule_foreign", host=after.origin, field="new")


# --- existing conversations -----------------------------------------------------------------------


@handler("rekey_threads")
def rekey_threads(site_id: int) -> None:
    """After a change of the policy, give every conversation its current address."""
    rekey(by_id(site_id), by=None)


def rekey(site: Site, *, by: User | None) -> Remapped:
    """Give all conversations their address by the site's rules, merging duplicates. Idempotent."""
    told = Remapped(batch=new_id())
    rules = site_rules(site)
    changed = list(_changed(site, rules))
    for start in range(0, len(changed), _AT_ONCE):
        with unit_of_work():
            for each in changed[start : start + _AT_ONCE]:
                _rekey_one(site, db.session.get_one(Thread, each.id), rules, told, by)
    if not told.moved and not told.merged:
        told.batch = None
    return told


@dataclass(frozen=True)
class _Changed:
    """A thread whose address changes under the rules."""

    id: int
    href: str
    merged: bool
    to: Address


def _changed(site: Site, rules: AddressRules) -> Iterator[_Changed]:
    rows = db.session.execute(
        select(Thread.id, Thread.address, Thread.href, Thread.merged_into_id)
        .where(Thread.site_id == site.id)
        .order_by(Thread.id)
    ).all()
    for row in rows:
        found = _address(row.href, rules)
        if found is not None and found.canonical != row.address:
            yield _Changed(row.id, row.href, row.merged_into_id is not None, found)


def _address(href: str, rules: AddressRules) -> Address | None:
    try:
        return canonical(href, rules=rules, own=True)
    except Invalid:
        return None


def _rekey_one(
    site: Site, thread: Thread, rules: AddressRules, told: Remapped, by: User | None
) -> None:
    found = _address(thread.href, rules)
    if found is None or found.canonical == thread.address:
        return
    _move(site, thread, found, told, by)


def _move(site: Site, thread: Thread, found: Address, told: Remapped, by: User | None) -> None:
    other = _at(site, found.canonical)
    if other is None:
        told.moved.append((thread.href, found.href))
        record(thread, "moved", found.canonical, href=found.href, by=by, batch=told.batch)
        thread.address, thread.href = found.canonical, found.href
        touch(thread.id)
    elif thread.merged_into_id is None and where_it_went(other).id != thread.id:
        told.merged.append((thread.href, found.href))
        merge(thread, other, by=by, batch=told.batch)


def _at(site: Site, address: str) -> Thread | None:
    return db.session.scalar(
        select(Thread).where(Thread.site_id == site.id, Thread.address == address)
    )


def _told(site: Site, rules: AddressRules) -> Remapped:
    """What `rekey` would do under these rules."""
    told = Remapped()
    taken = set(db.session.scalars(select(Thread.address).where(Thread.site_id == site.id)))
    for each in _changed(site, rules):
        if each.to.canonical not in taken:
            told.moved.append((each.href, each.to.href))
        elif not each.merged:
            told.merged.append((each.href, each.to.href))
        taken.add(each.to.canonical)
    return told
