"""WordPress: the WXR file of "Tools → Export", versions 1.0 to 1.2, read and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from ...threads.text import html
from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import local, xml_entries
from ..records import (
    AuthorRecord,
    Broken,
    CommentRecord,
    Item,
    Problem,
    Record,
    Skipped,
    Status,
    ThreadRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from xml.etree.ElementTree import Element

NAME = "wordpress"
_ENTRIES = {"comment": 3, "item": 2, "base_blog_url": 2, "base_site_url": 2, "link": 2}
_KINDS = ("", "comment", "review")  # others are pingbacks, notes on shop orders, plugins' logs
_STATUS: dict[str, tuple[Status, str | None]] = {
    "1": ("published", None),
    "approve": ("published", None),
    "approved": ("published", None),
    "spam": ("rejected", "spam"),
    "trash": ("rejected", "trash"),
    "post-trashed": ("rejected", "trash"),
}


@dataclass(slots=True)
class _Page:
    """The post whose comments are being read."""

    source: str
    name: str


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Posts with comments, and their comments, in file order.

    Pingbacks, trackbacks and plugins' entries are left out and counted. A post that was not public
    (draft, private, with a password) becomes a private thread.
    """
    source, seen = NAME, set[str]()
    current: _Page | None = None
    post: Element | None = None
    with opened(path, limits) as stream:
        try:
            for name, element, around in xml_entries(stream, _ENTRIES, 2):
                if name == "comment":
                    post = around[-1]
                    if current is None:
                        current = _Page(source, _page_name(post))
                    yield from _comment(element, current, seen)
                elif name == "item":
                    yield Skipped("items")
                    if current:
                        yield _thread(element, current)
                    current = None
                elif source == NAME or name == "base_blog_url":
                    source = _source(element.text) or source
        except Broken:
            if current is not None and post is not None:  # its own fields come first
                yield _thread(post, current)
            raise


def _source(address: str | None) -> str | None:
    """Comment IDs are unique within a blog, so the source includes the blog's address."""
    try:
        parts = urlsplit(values.web(address) or "")
        host = parts.hostname
    except ValueError:
        return None
    return f"{NAME}:{host}{parts.path.rstrip('/')}"[:200] if host else None


def _field(element: Element, name: str) -> str:
    """The text of a `wp:` child, whatever version is in its namespace."""
    for child in element:
        if local(child.tag) == name:
            return (child.text or "").strip()
    return ""


def _page_name(item: Element) -> str:
    number = values.identifier(_field(item, "post_id"))
    return number or values.identifier(item.findtext("link")) or "unknown"


def _thread(item: Element, page: _Page) -> ThreadRecord:
    status = _field(item, "status")
    return ThreadRecord(
        source=page.source,
        source_id=page.name,
        url=values.page(item.findtext("link")) or values.web(item.findtext("guid")),
        title=values.line(item.findtext("title")),
        closed=_field(item, "comment_status") == "closed",
        created_at=values.when(_field(item, "post_date_gmt"))
        or values.when(_field(item, "post_date"))
        or values.when(item.findtext("pubDate")),
        private=status not in ("", "publish", "inherit", "future")
        or bool(_field(item, "post_password")),
    )


def _comment(element: Element, page: _Page, seen: set[str]) -> Iterator[Item]:
    found = {local(child.tag): (child.text or "").strip() for child in element}
    kind = found.get("comment_type", "").lower()
    if kind not in _KINDS:
        yield Skipped("pingbacks" if kind in ("pingback", "trackback") else "other_kinds")
        return
    name = values.identifier(found.get("comment_id"))
    if name is None:
        yield Problem("shape", page.name, "a comment without an ID was left out")
        return
    if name in seen:  # in files made by hand, numbers may not be unique
        name = f"{page.name}/{name}"
    seen.add(name)
    parent = values.identifier(found.get("comment_parent"))
    approved = found.get("comment_approved", "").lower()
    status, reason = _STATUS.get(approved, ("pending", None))
    user = values.identifier(found.get("comment_user_id"))
    yield CommentRecord(
        source=page.source,
        source_id=name,
        thread_source_id=page.name,
        parent_source_id=None if parent in (None, "0") else parent,
        author=AuthorRecord(
            name=values.name(found.get("comment_author")),
            email=values.email(found.get("comment_author_email")),
            source_id=None if user in (None, "0") else user,
            url=values.web(found.get("comment_author_url")),
        ),
        text=markup.from_html(found.get("comment_content", ""), breaks=True),
        created_at=values.when(found.get("comment_date_gmt"))
        or values.when(found.get("comment_date")),
        status=status,
        reason=reason,
    )


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Comments</title>
<wp:wxr_version>1.2</wp:wxr_version>
"""
_APPROVED = {"published": "1", "pending": "0", "rejected": "trash", "withdrawn": "trash"}


def write(records: Iterable[Record], out: BinaryIO) -> None:
    """Write a WXR 1.2 file: a post per thread, its comments inside.

    WordPress only has numeric IDs, so threads and comments are renumbered. It has no places without
    text, so withdrawn and rejected comments go to its trash, or to spam.
    """
    out.write(_HEAD.encode())
    thread, numbers, last = None, dict[str, int](), 0
    for number, record in enumerate(records, 1):
        if isinstance(record, ThreadRecord):
            out.write(b"</item>\n" if thread else b"")
            out.write(_item(record, number).encode())
            thread, numbers = record, {}
        elif isinstance(record, CommentRecord) and thread:
            last += 1
            numbers[record.source_id] = last
            out.write(_wp_comment(record, last, numbers).encode())
    out.write(b"</item>\n</channel>\n</rss>\n" if thread else b"</channel>\n</rss>\n")


def _tags(*pairs: tuple[str, str | None]) -> str:
    return "".join(f"<{name}>{escape(value or '')}</{name}>\n" for name, value in pairs)


def _wp_time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _item(thread: ThreadRecord, number: int) -> str:
    return "<item>\n" + _tags(
        ("title", thread.title),
        ("link", thread.url),
        ("wp:post_id", str(number)),
        ("wp:post_date", _wp_time(thread.created_at)),
        ("wp:post_date_gmt", _wp_time(thread.created_at)),
        ("wp:comment_status", "closed" if thread.closed else "open"),
        ("wp:status", "private" if thread.private else "publish"),
        ("wp:post_type", "post"),
    )


def _wp_comment(record: CommentRecord, number: int, numbers: dict[str, int]) -> str:
    author, approved = record.author, _APPROVED[record.status]
    inner = _tags(
        ("wp:comment_id", str(number)),
        ("wp:comment_author", author.name),
        ("wp:comment_author_email", author.email),
        ("wp:comment_author_url", author.url),
        ("wp:comment_author_IP", None),
        ("wp:comment_date", _wp_time(record.created_at)),
        ("wp:comment_date_gmt", _wp_time(record.created_at)),
        ("wp:comment_content", html(record.text)),
        ("wp:comment_approved", "spam" if record.reason == "spam" else approved),
        ("wp:comment_type", "comment"),
        ("wp:comment_parent", str(numbers.get(record.parent_source_id or "", 0))),
        ("wp:comment_user_id", "0"),
    )
    return f"<wp:comment>\n{inner}</wp:comment>\n"
