"""Which page a conversation in a file belongs to, and whether that page is the site's."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.addresses import parts_of
from ...core.db import db
from ...core.errors import DomainError, Invalid
from ...threads.addresses.whose import is_of
from ...threads.models import Thread, ThreadName
from ...threads.naming import name_of, named, parted, stands_apart, tidy, with_name
from ...threads.urls import Address, canonical, site_rules

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ...sites.models import Site
    from ..records import ThreadRecord


@dataclass(frozen=True)
class Addresses:
    """What the file does not say. `base` completes addresses without a host; `known` maps a source
    ID (or an address in the file) to an address here; `page` is for conversations without one;
    `foreign` accepts pages that are not the site's."""

    base: str | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None
    foreign: bool = False


class LeftOut(Exception):
    """This conversation cannot be imported; `why` is a key of report.LEFT_OUT."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(why)
        self.why, self.what = why, what


def address_of(site: Site, record: ThreadRecord, given: Addresses) -> Address:
    """The address of the record's page under the site's rules. Raises `LeftOut`."""
    url = (
        given.known.get(record.source_id)
        or (given.known.get(record.url) if record.url else None)
        or record.url
        or given.page
    )
    if not url:
        raise LeftOut("no_address", record.title or "")
    rules = site_rules(site)
    try:
        found = canonical(url, base=given.base, rules=rules)
    except Invalid as error:
        relative = not given.base and "://" not in url and not parts_of(url).netloc
        raise LeftOut("relative" if relative else "bad_address", url) from error
    # comments in our own exports were on the site, whatever its addresses are now
    if not given.foreign and record.source != "commentsvc" and not is_of(site, found.origin):
        raise LeftOut("foreign_page", url)
    return _as_it_was(record, found)


def names_in(site: Site, record: ThreadRecord, address: Address) -> list[str]:
    """Names that pages use for this conversation besides its address."""
    given = record.names or ("",)
    return [name for each in given if (name := name_of(site, each, record.url or address.href))]


def thread_at(site: Site, address: Address, names: Sequence[str]) -> tuple[Thread | None, Address]:
    """The existing conversation of this page, and the address it has or will have. With a name: the
    conversation that pages call by it, never one with another name."""
    for name in names:
        if (found := named(site, name)) is not None:
            return found, address
    own = _row(site, address)
    if not names or not stands_apart(names[0], own):
        return own, address
    apart = replace(
        address,
        canonical=with_name(address.canonical, names[0]),
        href=with_name(address.href, names[0]),
    )
    return _row(site, apart), apart


def meeting(
    names: Sequence[str],
    page: str,
    thread: Thread | None,
    address: Address,
    planned: Collection[str],
) -> str:
    """Whether identifiers meet: "identifier_shared" for one of several pages, whose comments come together,
    "identifier_apart" for several of one `page`, whose comments stay apart (`thread_at`, which has found
    `thread` and `address`); "" for neither. `planned` is what a dry run would have opened."""
    if not names:
        return ""
    if thread is not None:
        return "identifier_shared" if parted(thread.address)[0] != page else ""
    if any(f"name {each}" in planned for each in names):
        return "identifier_shared" if f"at {page} {names[0]}" not in planned else ""
    return "identifier_apart" if address.canonical != page or f"named {page}" in planned else ""


def completes(thread: Thread | None, names: Sequence[str], title: str | None) -> bool:
    """Whether a record gives an existing conversation what it lacks: a title, or a name that is free."""
    if thread is None:
        return False
    wanted = {tidy(each) for each in names} - {""}
    taken = select(ThreadName.name).where(
        ThreadName.site_id == thread.site_id, ThreadName.name.in_(wanted)
    )
    known = set(db.session.scalars(taken)) if wanted else set()
    return bool(title and not thread.title) or wanted > known


def _row(site: Site, address: Address) -> Thread | None:
    return db.session.scalar(
        select(Thread).where(Thread.site_id == site.id, Thread.address == address.canonical)
    )


def _as_it_was(record: ThreadRecord, found: Address) -> Address:
    """The canonical address in our own export, if the page's address alone would give another."""
    if record.address is None:
        return found
    try:
        same = canonical(record.address).canonical == record.address
    except DomainError:
        same = False
    return Address(record.address, found.href, found.origin) if same else found


def read_map(text: str) -> dict[str, str]:
    """Lines of `ID or old address, address here` (CSV, or separated by tabs). Raises `Invalid`."""
    found: dict[str, str] = {}
    dialect = "excel-tab" if "\t" in text.split("\n", 1)[0] else "excel"
    for number, row in enumerate(csv.reader(io.StringIO(text), dialect), 1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or cells[0].startswith("#"):
            continue
        if len(cells) != 2:
            raise Invalid("invalid.map_line", n=number)
        found[cells[0]] = cells[1]
    return found
