"""Disqus: the XML from "Export" in its administration (http://disqus.com, version 1.0)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import local, xml_entries
from ..records import AuthorRecord, CommentRecord, Item, Problem, Status, ThreadRecord

if TYPE_CHECKING:
    from pathlib import Path

NAME = "disqus"
_ID = "{http://disqus.com/disqus-internals}id"


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Threads and posts in file order. Deleted posts become withdrawn, spam becomes rejected."""
    with opened(path, limits) as stream:
        # inside a post, a `thread` element is only a reference
        for name, element, _ in xml_entries(stream, {"thread": 1, "post": 1}, 1):
            if name == "thread":
                yield from _thread(element)
            else:
                yield from _post(element)


_Inside = Mapping[str, Element]


def _inside(element: Element | None) -> _Inside:
    """An element's children by name."""
    return {} if element is None else {local(child.tag): child for child in element}


def _text(inside: _Inside, name: str) -> str | None:
    return inside[name].text if name in inside else None


def _reference(inside: _Inside, name: str) -> str | None:
    return values.identifier(inside[name].get(_ID)) if name in inside else None


def _thread(element: Element) -> Iterator[Item]:
    inside = _inside(element)
    name = values.identifier(element.get(_ID)) or values.identifier(_text(inside, "id"))
    if name is None:
        yield Problem("shape", "thread", "a conversation without an ID was left out")
        return
    called = _text(inside, "id") or ""
    # the site's own identifier is often the address itself, and newer than the link
    url = values.page(_text(inside, "link")) or values.web(called)
    yield ThreadRecord(
        source=NAME,
        source_id=name,
        url=url,
        title=values.line(_text(inside, "title")),
        closed=values.truth(_text(inside, "isClosed")),
        created_at=values.when(_text(inside, "createdAt")),
        private=values.truth(_text(inside, "isDeleted")),
        names=(called,) if called.strip() else (),
    )


def _post(element: Element) -> Iterator[Item]:
    inside = _inside(element)
    thread = _reference(inside, "thread")
    body = _text(inside, "message") or ""
    author = _author(_inside(inside.get("author")))
    name = values.identifier(element.get(_ID)) or values.identifier(_text(inside, "id"))
    if name is None:
        said = (thread, author.name, author.email, _text(inside, "createdAt"), body)
        name = "made-" + hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:32]
    if thread is None:
        yield Problem("shape", name, "a comment that names no conversation was left out")
        return
    status, reason = _status(inside)
    yield CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=thread,
        parent_source_id=_reference(inside, "parent"),
        author=author,
        text="" if status == "withdrawn" else markup.from_html(body),
        created_at=values.when(_text(inside, "createdAt")),
        status=status,
        reason=reason,
    )


def _status(inside: _Inside) -> tuple[Status, str | None]:
    if values.truth(_text(inside, "isDeleted")):
        return "withdrawn", "deleted"
    if values.truth(_text(inside, "isSpam")):
        return "rejected", "spam"
    approved = _text(inside, "isApproved")  # newer exports only
    if approved is not None and not values.truth(approved):
        return "pending", None
    return "published", None


def _author(inside: _Inside) -> AuthorRecord:
    name, user = values.name(_text(inside, "name")), values.identifier(_text(inside, "username"))
    return AuthorRecord(
        name=name or user, email=values.email(_text(inside, "email")), source_id=user
    )
