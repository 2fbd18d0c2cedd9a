"""Artalk: Artrans, its JSON for moving comments; also Valine's and Waline's own exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.addresses import joined
from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import json_parts
from ..records import AuthorRecord, CommentRecord, Item, Problem, Status, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, VALINE, WALINE = "artalk", "valine", "waline"
#: The sources of these two before each had its own name.
FORMERLY = {VALINE: (NAME,), WALINE: (VALINE, NAME)}
_WALINE = ("data", "Comment")
_LISTS = ((), ("results",), ("data",), _WALINE)
# Valine's names for the fields of Artrans
_VALINE = {
    "objectId": "id",
    "pid": "rid",
    "comment": "content",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "like": "vote_up",
    "mail": "email",
    "url": "page_key",
}


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments from an Artrans file, from Valine's export (a list, or `{"results": [...]}`), or
    from Waline's (`{"type": "waline", "data": {"Comment": [...]}}`). Each numbers its comments on
    its own, so each is a separate source."""
    pages: set[str] = set()
    with opened(path, limits) as stream:
        for where, value in json_parts(stream, _LISTS.__contains__, many=True):
            if where[-1:] != ("*",):
                continue
            if not isinstance(value, dict):
                yield Problem("shape", "list", "contains something that is not a comment")
            elif where[:2] == _WALINE:
                yield from _comment(WALINE, _from_valine(value), pages)
            elif "objectId" in value:
                yield from _comment(VALINE, _from_valine(value), pages)
            else:
                yield from _comment(NAME, value, pages)


def _from_valine(value: dict[str, Any]) -> dict[str, Any]:
    found = {_VALINE.get(key, key): item for key, item in value.items() if key != "rid"}
    found["rid"] = value.get("pid") or value.get("rid")
    created = value.get("insertedAt") or value.get("createdAt")
    # LeanCloud's own export writes dates as {"__type": "Date", "iso": …}
    found["created_at"] = created.get("iso") if isinstance(created, dict) else created
    found["is_pending"] = value.get("status") == "waiting"
    found["is_spam"] = value.get("status") == "spam"
    return found


def _comment(source: str, value: dict[str, Any], pages: set[str]) -> Iterator[Item]:
    name = values.identifier(value.get("id"))
    url = _url(value)
    if name is None or url is None:
        yield Problem("shape", name or "comment", "a comment without an ID or page was left out")
        return
    page = values.identifier(url) or url[:200]
    if page not in pages:
        pages.add(page)
        closed = values.truth(value.get("page_admin_only"))
        yield ThreadRecord(source, page, url, values.line(value.get("page_title")), closed)
    parent = values.identifier(value.get("rid"))
    created, updated = values.when(value.get("created_at")), values.when(value.get("updated_at"))
    status: Status = "pending" if values.truth(value.get("is_pending")) else "published"
    spam = values.truth(value.get("is_spam"))
    yield CommentRecord(
        source=source,
        formerly=FORMERLY.get(source, ()),
        source_id=name,
        thread_source_id=page,
        parent_source_id=None if parent in (None, "0") else parent,
        author=AuthorRecord(
            name=values.name(value.get("nick")),
            email=values.email(value.get("email")),
            url=values.web(value.get("link")),
        ),
        text=markup.from_mixed(values.text(value.get("content"))),
        created_at=created,
        status="rejected" if spam else status,
        reason="spam" if spam else None,
        likes=values.count(value.get("vote_up")),
        reactions=values.dislikes(value.get("vote_down")),
        edited_at=updated if created and updated and updated > created else None,
    )


def _url(value: dict[str, Any]) -> str | None:
    """The page's key: an address, or a path on the first of the site's addresses."""
    key = values.page(value.get("page_key"))
    sites = str(value.get("site_urls") or "").split(",")
    base = values.web(sites[0].strip())
    if key and base and not values.web(key):
        return values.page(joined(base, key))
    return key
