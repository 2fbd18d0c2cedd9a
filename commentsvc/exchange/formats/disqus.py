"""Disqus: the XML of "Export" in its administration (http://disqus.com, version 1.0)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from .. import markup, values
from ..records import AuthorRecord, CommentRecord, Item, Problem, Status, ThreadRecord
from ..source import DEFAULT_LIMITS, Limits, opened
from ..streams import xml_entries

NAME = "disqus"
_ID = "{http://disqus.com/disqus-internals}id"


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Threads and posts in file order. Deleted posts are withdrawn, spam is rejected."""
    with opened(path, limits) as stream:
        # inside a post, an element of the same name as a thread's only refers to it
        for name, element, _ in xml_entries(stream, {"thread": 1, "post": 1}, 1):
            if name == "thread":
                yield from _thread(element)
            else:
                yield from _post(element)


def _child(element: Element, name: str) -> Element | None:
    return element.find(f"{{*}}{name}")


def _text(element: Element | None, name: str) -> str | None:
    found = _child(element, name) if element is not None else None
    return found.text if found is not None else None


def _reference(element: Element, name: str) -> str | None:
    found = _child(element, name)
    return values.identifier(found.get(_ID)) if found is not None else None


def _thread(element: Element) -> Iterator[Item]:
    name = values.identifier(element.get(_ID)) or values.identifier(_text(element, "id"))
    if name is None:
        yield Problem("shape", "thread", "a thread without an id was left out")
        return
    # the identifier that a site gave is often the address itself, and newer than the link
    url = values.page(_text(element, "link")) or values.web(_text(element, "id"))
    yield ThreadRecord(
        source=NAME,
        source_id=name,
        url=url,
        title=values.line(_text(element, "title")),
        closed=values.truth(_text(element, "isClosed")),
        created_at=values.when(_text(element, "createdAt")),
        private=values.truth(_text(element, "isDeleted")),
    )


def _post(element: Element) -> Iterator[Item]:
    thread = _reference(element, "thread")
    body = _text(element, "message") or ""
    author = _author(_child(element, "author"))
    name = values.identifier(element.get(_ID)) or values.identifier(_text(element, "id"))
    if name is None:
        said = (thread, author.name, author.email, _text(element, "createdAt"), body)
        name = "made-" + hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:32]
    if thread is None:
        yield Problem("shape", name, "a post that names no thread was left out")
        return
    status, reason = _status(element)
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=thread,
        parent_source_id=_reference(element, "parent"),
        author=author,
        text="" if status == "withdrawn" else markup.from_html(body),
        created_at=values.when(_text(element, "createdAt")),
        status=status,
        reason=reason,
    )


def _status(element: Element) -> tuple[Status, str | None]:
    if values.truth(_text(element, "isDeleted")):
        return "withdrawn", "deleted"
    if values.truth(_text(element, "isSpam")):
        return "rejected", "spam"
    approved = _text(element, "isApproved")  # newer exports only
    if approved is not None and not values.truth(approved):
        return "pending", None
    return "published", None


def _author(element: Element | None) -> AuthorRecord:
    name, user = values.name(_text(element, "name")), values.identifier(_text(element, "username"))
    return AuthorRecord(
        name=name or user, email=values.email(_text(element, "email")), source_id=user
    )
