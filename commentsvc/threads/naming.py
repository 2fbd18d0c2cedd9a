"""Threads that pages identify by name, independent of the address: Disqus's identifiers.

A name is appended to the page's address as `#disqus_identifier=…`, so everything that takes an
address also takes a name. commands.py decides which thread it means.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import orjson
from sqlalchemy import select, text

from ..core.db import db, is_sqlite, unit_of_work
from ..core.errors import Invalid
from .models import Comment, Thread, ThreadName
from .urls import NAMED, canonical, site_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..sites.models import Site

LONGEST = 500
_MARK = re.compile(rf"[#&]{NAMED}([^&#]*)$")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_IMPORTED = re.compile(r"disqus-[0-9]{1,20}")
#: A page inside a page (hashbang), as scripts addressed it before the History API. Disqus's recipe
#: for such scripts ends in `#!newthread`, which names no page.
_INNER = re.compile(r"#!(?!newthread$).")


def with_name(href: str, name: str) -> str:
    """The page's address with the name that the page gives its thread."""
    if not name:
        return href
    return f"{href}{'&' if '#' in href else '#'}{NAMED}{quote(name, safe='')}"


def parted(href: str) -> tuple[str, str]:
    """The page's address, and its name or ""."""
    found = _MARK.search(href)
    return (href[: found.start()], tidy(unquote(found[1]))) if found else (href, "")


def tidy(name: str) -> str:
    """A name as it is stored: unchanged, except for control characters and excess length."""
    name = _NO_TEXT.sub("", name)
    if len(name) <= LONGEST:
        return name
    return name[: LONGEST - 65] + ":" + hashlib.sha256(name.encode()).hexdigest()


def name_of(site: Site, identifier: str, href: str) -> str:
    """The name that a page with this identifier and address gives its thread; "" if the address
    identifies it. Pages whose identifier is their address vary both in the same way."""
    name = tidy(identifier)
    if not name:
        return tidy(href) if _INNER.search(href) else ""
    if not re.match(r"https?://", name):
        return name
    rules = site_rules(site)
    try:
        same = canonical(name, rules=rules).canonical == canonical(href, rules=rules).canonical
    except Invalid:
        return name
    return "" if same and not _INNER.search(name) else name


def stands_apart(name: str, own: Thread | None) -> bool:
    """Whether a thread with this name is separate from `own`, the thread of the page's address."""
    if re.match(r"https?://", name) and _INNER.search(name):
        return True
    return own is not None and bool(names_of(own))


def named(site: Site, name: str) -> Thread | None:
    """The site's thread with this name."""
    return db.session.scalar(
        select(Thread)
        .join(ThreadName, ThreadName.thread_id == Thread.id)
        .where(ThreadName.site_id == site.id, ThreadName.name == name)
    )


def names_of(thread: Thread) -> list[str]:
    """The names of this thread."""
    names = select(ThreadName.name).where(ThreadName.thread_id == thread.id)
    return list(db.session.scalars(names.order_by(ThreadName.id)))


def give_names(thread: Thread, names: Iterable[str]) -> None:
    """Give a thread these names. A name that is taken stays with its thread."""
    wanted = [each for each in dict.fromkeys(map(tidy, names)) if each]
    if not wanted:
        return
    with unit_of_work():
        taken = select(ThreadName.name).where(
            ThreadName.site_id == thread.site_id, ThreadName.name.in_(wanted)
        )
        known = set(db.session.scalars(taken))
        db.session.add_all(
            ThreadName(site_id=thread.site_id, thread_id=thread.id, name=each)
            for each in wanted
            if each not in known
        )
        db.session.flush()


def of_source(thread: Thread, link: str) -> Comment | None:
    """The imported comment that an old link names: `disqus-4711` is Disqus's comment 4711."""
    if not _IMPORTED.fullmatch(link):
        return None
    source = Comment.source == link.replace("-", ":")
    return db.session.scalar(select(Comment).where(Comment.site_id == thread.site_id, source))


def counts_by_name(site: Site, names: Sequence[str]) -> dict[str, int]:
    """The number of published comments for each known name, in one query."""
    by_name: dict[str, list[str]] = {}
    for each in names:
        by_name.setdefault(tidy(each), []).append(each)
    listed = (
        "SELECT value FROM json_each(:names)"
        if is_sqlite()
        else "SELECT value FROM json_array_elements_text(CAST(:names AS json))"
    )
    rows = db.session.execute(
        text(
            f"""SELECT n.name, COALESCE(i.comment_count, t.comment_count) AS many
            FROM thread_name n JOIN thread t ON t.id = n.thread_id
            LEFT JOIN thread i ON i.id = t.merged_into_id
            WHERE n.site_id = :site AND n.name IN ({listed})"""
        ),
        {"site": site.id, "names": orjson.dumps(list(by_name)).decode()},
    ).all()
    return {asked: row.many for row in rows for asked in by_name[row.name]}


@dataclass(frozen=True)
class NameConflict:
    """Two identifiers for one page: Disqus kept two conversations, and so do we until the owner
    merges them. `first` belongs to the page's address, `other` to another name."""

    first: Thread
    other: Thread
    names: tuple[str, ...]  # of `other`


def conflicts(site: Site, *, most: int = 50) -> list[NameConflict]:
    """Pages with several identifiers, newest first."""
    apart = db.session.scalars(
        select(Thread)
        .where(
            Thread.site_id == site.id,
            Thread.address.contains(f"#{NAMED}", autoescape=True),
            Thread.merged_into_id.is_(None),
        )
        .order_by(Thread.id.desc())
        .limit(most)
    ).all()
    pages = {each.address: parted(each.address)[0] for each in apart}
    firsts = db.session.scalars(
        select(Thread).where(Thread.site_id == site.id, Thread.address.in_(set(pages.values())))
    )
    by_address = {each.address: each for each in firsts}
    return [
        NameConflict(by_address[pages[each.address]], each, tuple(names_of(each)))
        for each in apart
        if pages[each.address] in by_address and not stands_apart(parted(each.address)[1], None)
    ]
