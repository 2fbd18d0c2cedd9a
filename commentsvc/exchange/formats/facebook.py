"""Facebook: saved responses of its Graph API in every shape, logs of its webhooks, whole folders.

Pages with comments in `<noscript>` are read by `facebook_page`. Anything not saved before Facebook
shut the plugin down is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, head, named, open_end, opened
from ..importing.streams import Cut, is_lines, json_lines, json_parts
from ..records import (
    AuthorRecord,
    Break,
    Broken,
    CommentRecord,
    Item,
    Problem,
    Skipped,
    ThreadRecord,
)
from . import facebook_page
from .facebook_posts import is_facebooks, is_post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "facebook"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".log", ".txt", ".html", ".htm", ".gz")
_OF_PAGES = ("posts", "feed", "published_posts", "tagged", "photos", "videos", "links", "notes")
_FIELDS = ("plugin_comment", "plugin_comment_reply")


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments from one saved file, or from all files in a folder, in the order of their names."""
    if not path.is_dir():
        yield from _read_file(path, limits)
        return
    for found in sorted(path.rglob("*")):
        if found.is_file() and not found.is_symlink() and found.suffix.lower() in SUFFIXES:
            yield from named(found, _read_file(found, limits))


def _read_file(path: Path, limits: Limits) -> Iterator[Item]:
    start = head(path, 512, limits)
    if start.lstrip()[:1] == b"<":
        yield from facebook_page.read(path, limits)
    elif is_lines(path, limits):
        with opened(path, limits) as stream:
            for number, value in json_lines(stream):
                if isinstance(value, Problem):
                    yield Break(value)
                else:
                    yield from _any(value, _Page(_stem(path)), f"line {number}")
            yield from open_end(stream)
    else:
        yield from _read_document(path, limits)


def _stem(path: Path) -> str:
    return f"file:{values.identifier(path.name.partition('.')[0]) or 'unnamed'}"


class _Page:
    """What is known about the page whose comments are read: its address and its objects' IDs.

    The address may come after the comments (in `paging`), so threads are yielded
    again at the end.
    """

    def __init__(self, name: str, url: str | None = None) -> None:
        self.name, self.url = name, url
        self.threads: dict[str, str | None] = {}
        self.title: str | None = None
        self.post: str | None = None

    def thread_of(self, comment: str) -> str:
        """The current post, or the object that a comment's ID begins with; without one,
        the page itself."""
        if self.post:
            return self.post
        found, _, rest = comment.removeprefix("fbc_").partition("_")
        return found if rest else self.url or self.name

    def told(self, thread: str) -> Iterator[Item]:
        if thread not in self.threads or self.threads[thread] != self.url:
            self.threads[thread] = self.url
            yield ThreadRecord(NAME, thread, self.url or values.web(thread), self.title)


def _read_document(path: Path, limits: Limits) -> Iterator[Item]:
    """One document. The list under `data` is streamed; everything else is small."""
    page, top = _Page(_stem(path)), dict[str, Any]()
    broken: Broken | None = None
    try:
        yield from _streamed(path, limits, page, top)
    except Broken as error:
        broken = error
    if page.threads:  # the comments came first; only now the address is known
        _learn(page, top)
        for thread in list(page.threads):
            yield from page.told(thread)
    elif top:
        yield from _any(top, page, "document")
    if broken is not None:
        raise broken


def _streamed(path: Path, limits: Limits, page: _Page, top: dict[str, Any]) -> Iterator[Item]:
    """The items in lists and under addresses; everything else goes into `top`."""
    with opened(path, limits) as stream:
        parts = json_parts(stream, lambda at: at in ((), ("data",)), many=True, cut=True)
        for where, value in parts:
            if where in (("*",), ()):
                yield from _any(value, _Page(_stem(path)), "list")
            elif where == ("data", "*"):
                yield from _any(value, page, "data")
            elif len(where) == 1 and isinstance(value, dict) and values.web(where[0]):
                yield from _any(value, _Page(where[0], where[0]), where[0])
            elif len(where) == 1:
                top[where[0]] = value


def _learn(page: _Page, value: dict[str, Any]) -> None:
    """Find the page's address: in `id`, in the Open Graph object, in the paging links."""
    og, paging = value.get("og_object"), value.get("paging")
    candidates = [value.get("id"), value.get("url")]
    if isinstance(og, dict):
        candidates.append(og.get("url"))
        page.title = page.title or values.line(og.get("title"))
    if isinstance(paging, dict):
        candidates += [_asked(paging.get(key)) for key in ("next", "previous", "first")]
    page.url = page.url or next((found for item in candidates if (found := values.web(item))), None)


def _asked(link: Any) -> str | None:
    """The requested address: `id` in `https://graph.facebook.com/comments?id=…`."""
    try:
        return parse_qs(urlsplit(values.text(link)).query).get("id", [None])[0]
    except ValueError:
        return None


def _any(value: Any, page: _Page, where: str) -> Iterator[Item]:
    """Items from anything in which Facebook puts comments."""
    waiting: list[tuple[Any, _Page]] = [(value, page)]
    while waiting:
        value, page = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, page) for item in reversed(value)]
        elif not isinstance(value, dict):
            yield Problem("shape", where, "contains something that is not an object")
        elif "error" in value and "id" not in value:
            error = value["error"] if isinstance(value["error"], dict) else {}
            said = values.line(error.get("message")) or "no reason"
            yield Problem("answer_is_error", where, f"Facebook answered with an error: {said}")
        elif "entry" in value and "object" in value:
            yield from _envelope(value, page, where)
        elif value.get("field") in _FIELDS:
            yield from _comment(value.get("value"), page, None, where)
        elif is_post(value):
            yield Skipped("posts")
            waiting += reversed(_inside(value, _page_of(value)))
        elif _is_comment(value):
            yield from _comment(value, page, None, where)
        else:
            waiting += reversed(_inside(value, page))
            if "id" in value and not _inside(value, page) and not isinstance(value, Cut):
                yield Skipped("without_text")


def _inside(value: dict[str, Any], page: _Page) -> list[tuple[Any, _Page]]:
    """The lists of comments inside an object that is not a comment."""
    _learn(page, value)
    found: list[tuple[Any, _Page]] = []
    for key, item in value.items():
        if values.web(key) and isinstance(item, dict):
            found.append((item, _Page(key, key)))
        elif key in ("data", "comments", "og_object", *_OF_PAGES) and isinstance(item, list | dict):
            if key != "og_object" or "comments" in item:
                found.append((item, page))
        elif key == "parent" and isinstance(item, dict) and _is_comment(item):
            found.append((item, page))
    return found


def _is_comment(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and values.identifier(value.get("id")) is not None
        and not values.web(value.get("id"))
        and not (isinstance(value, Cut) and _lacks_something(value))
        and (
            isinstance(value.get("message"), str)
            or ("created_time" in value and isinstance(value.get("attachment"), dict))
        )
    )


def _lacks_something(value: Cut) -> bool:
    """Whether more than replies may be missing from the comment at which the file is cut off."""
    return next(reversed(value)) != "comments" or "created_time" not in value


def _page_of(post: dict[str, Any]) -> _Page:
    """The page of a post's comments: the article that the post links to, or its own
    address at Facebook."""
    name = values.identifier(post.get("id")) or "unnamed"
    links = [post.get(key) for key in ("link", "permalink_url", "permalink")]
    urls = [_without_redirect(url) for each in links if (url := values.web(each))]
    page = _Page(name, next(iter(sorted(urls, key=is_facebooks)), None))
    page.post = name
    page.title = values.line(post.get("name")) or values.line(post.get("message"))
    return page


def _envelope(value: dict[str, Any], page: _Page, where: str) -> Iterator[Item]:
    """The events in a call of a webhook: `{object, entry: [{id, time, changes: [...]}]}`."""
    entries = value["entry"] if isinstance(value["entry"], list) else []
    for entry in entries:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else []:
            if isinstance(change, dict) and change.get("field") in _FIELDS:
                yield from _comment(change.get("value"), page, None, where)
            else:
                yield Skipped("other_events")


def _comment(value: Any, page: _Page, parent: str | None, where: str) -> Iterator[Item]:
    """A comment, its parent if included, and its replies."""
    waiting: list[tuple[Any, str | None, str | None]] = [(value, parent, None)]
    while waiting:
        value, parent, thread = waiting.pop()
        if not _is_comment(value):
            if isinstance(value, Cut):
                waiting += [(reply, None, thread) for reply in reversed(_replies(value))]
            elif isinstance(value, dict) and "id" in value:
                yield Skipped("without_text")
            else:
                yield Problem("shape", where, "contains something that is not a comment")
            continue
        name = values.identifier(value["id"]) or ""
        above = value.get("parent")
        if parent is None and isinstance(above, dict):
            parent = values.identifier(above.get("id"))
            if _is_comment(above):
                waiting.append((above, None, thread))
        thread = thread or page.thread_of(name)
        yield from page.told(thread)
        yield _record(value, name, thread, parent)
        waiting += [(reply, name, thread) for reply in reversed(_replies(value))]


def _replies(value: dict[str, Any]) -> list[Any]:
    replies = value.get("comments")
    replies = replies.get("data") if isinstance(replies, dict) else replies
    return replies if isinstance(replies, list) else []


def _record(value: dict[str, Any], name: str, thread: str, parent: str | None) -> CommentRecord:
    hidden = values.truth(value.get("is_hidden"))
    return CommentRecord(
        source=NAME,
        source_id=name,
        thread_source_id=thread,
        parent_source_id=parent,
        author=_author(value.get("from")),
        text=_text(value),
        created_at=values.when(value.get("created_time")),
        status="rejected" if hidden else "published",  # hidden: never public, nor is it now
        reason="hidden" if hidden else None,
        likes=values.count(value.get("like_count")) or _like_list(value.get("likes")),
    )


def _author(value: Any) -> AuthorRecord:
    """`from`; responses after 2018 omit it for people who never allowed the app."""
    found = value if isinstance(value, dict) else {}
    return AuthorRecord(
        name=values.name(found.get("name")), source_id=values.identifier(found.get("id"))
    )


def _like_list(value: Any) -> int:
    """Likes as in old responses: a number, or a list with or without its summary."""
    if not isinstance(value, dict):
        return values.count(value)
    summary = value.get("summary")
    if isinstance(summary, dict) and "total_count" in summary:
        return values.count(summary["total_count"])
    data = value.get("data")
    return values.count(value.get("count")) or (len(data) if isinstance(data, list) else 0)


def _text(value: dict[str, Any]) -> str:
    """The message, which is plain text, and the link attached to it."""
    text = markup.from_plain(values.text(value.get("message")))
    attached = value.get("attachment")
    url = values.web(attached.get("url")) if isinstance(attached, dict) else None
    url = _without_redirect(url) if url else None
    if not url or url in text:
        return text
    return f"{text}\n\n<{url}>" if text else f"<{url}>"


def _without_redirect(url: str) -> str:
    """The address in `u` of `https://l.facebook.com/l.php?u=…`, a redirect that no longer works."""
    try:
        parts = urlsplit(url)
        if parts.hostname and parts.hostname.endswith("facebook.com") and parts.path == "/l.php":
            return values.web(parse_qs(parts.query).get("u", [""])[0]) or url
    except ValueError:
        return url
    return url
