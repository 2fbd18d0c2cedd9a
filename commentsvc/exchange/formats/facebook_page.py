"""Saved pages of Facebook's own WordPress plugin, which put the comments in `<noscript>`.

One `<li id="comment-OBJECT_COMMENT" class="comment">` per comment, with schema.org attributes
(UserComments: creator, commentTime, commentText) unless the theme had switched them off; replies
are in an inner `<ol class="children">`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import nh3

from ...core.errors import Invalid
from ...core.html import Tags
from ..importing import markup, values
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..records import AuthorRecord, Broken, CommentRecord, Item, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "facebook"
MAX_PAGE = 16 * 1024 * 1024
_ID = re.compile(r"comment-((?:fbc_)?\d+(?:_\d+)+)")  # WordPress's own comments have no underscore
_ATTRIBUTES = {
    "*": {"id", "class", "itemprop", "datetime", "data-href"},
    "a": {"href"},
    "link": {"href", "rel"},
    "meta": {"property", "content"},
}
_HERE = "cut-off-here"
_TAGS = {"a", "br", "div", "li", "link", "meta", "ol", "p", "section", "span", "time", "ul"}


@dataclass(slots=True)
class _Found:
    """A comment under construction."""

    name: str
    parent: str | None
    author: list[str] = field(default_factory=list)
    profile: str | None = None
    time: str | None = None
    body: list[str] = field(default_factory=list)


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Comments from one saved HTML page, with the page's address if it contains it."""
    raw = bytearray()
    broken: Broken | None = None
    try:
        with opened(path, limits) as stream:
            while more := stream.read():
                raw += more
                if len(raw) > MAX_PAGE:
                    raise Invalid("invalid.file.page", n=MAX_PAGE // 1024 // 1024)
    except Broken as error:
        broken = error
    whole = raw.decode("utf-8", "replace")
    if broken is None and _is_cut(whole):
        broken = Broken("cut_off", "", "the page has no end, so it was cut off")
    # A parser with scripting enabled treats the content of <noscript> as text.
    html = re.sub(r"<(/?)noscript\b", r"<\1div", whole, flags=re.I)
    if broken is not None:  # mark the cut, inside whatever is open there
        html = f'{_whole_tags(html)}<time class="{_HERE}"></time>'
    page = _PageParser()
    page.feed(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
            clean_content_tags={"script", "style"},
            url_schemes={"http", "https"},
            link_rel=None,
        )
    )
    url = page.canonical or page.og or page.box
    told: set[str] = set()
    for found in page.comments:
        thread = found.name.removeprefix("fbc_").partition("_")[0]
        if thread not in told:
            told.add(thread)
            yield ThreadRecord(NAME, thread, url)
        yield _record(found, thread)
    if broken is not None:
        raise broken


def _whole_tags(html: str) -> str:
    """The page without a tag cut off at its end."""
    end = html.rfind(">") + 1
    return html[:end] + html[end:].partition("<")[0]


def _is_cut(html: str) -> bool:
    """Whether an element of the page is not closed."""
    return any(
        len(re.findall(rf"<{tag}\b", html, re.I)) > len(re.findall(rf"</{tag}\b", html, re.I))
        for tag in ("html", "noscript")
    )


def _record(found: _Found, thread: str) -> CommentRecord:
    name = "".join(found.author).strip().removesuffix(":")
    return CommentRecord(
        source=NAME,
        source_id=found.name,
        thread_source_id=thread,
        parent_source_id=found.parent,
        author=AuthorRecord(values.name(name), source_id=_profile_id(found.profile)),
        text=markup.from_plain(_plain("".join(found.body))),
        created_at=values.when(found.time),
    )


def _plain(body: str) -> str:
    """Lines as a browser shows them: only non-breaking spaces indent."""
    lines = "\n".join(line.strip(" ") for line in body.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).replace("\xa0", " ")


def _profile_id(url: str | None) -> str | None:
    """The person's number in `https://www.facebook.com/profile.php?id=…`."""
    try:
        return values.identifier(parse_qs(urlsplit(url or "").query).get("id", [None])[0])
    except ValueError:
        return None


class _PageParser(Tags):
    """Walks HTML that nh3 has made well-formed; void elements are never pushed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.canonical: str | None = None
        self.og: str | None = None
        self.box: str | None = None
        self.comments: list[_Found] = []
        self._stack: list[tuple[str, _Found | None]] = []  # each open element and its comment
        self._part: list[tuple[int, str]] = []  # "author" or "body", and the depth it began at

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if given.get("class") == _HERE:
            self._drop_open()
        self._address(tag, given)
        if tag in ("br", "link", "meta"):
            self._text("\n" if tag == "br" else "")
            return
        inside = self._stack[-1][1] if self._stack else None
        match = _ID.fullmatch(given.get("id", "")) if tag == "li" else None
        if match:
            found = _Found(match[1], inside.name if inside else None)
            self.comments.append(found)
            self._stack.append((tag, found))
            return
        self._stack.append((tag, inside))
        if inside:
            self._part_of(tag, given, inside)

    def _drop_open(self) -> None:
        """Drop the comment whose text is cut off here."""
        inside = self._stack[-1][1] if self._stack else None
        if inside and (self._part or not inside.body):
            self.comments.remove(inside)

    def _part_of(self, tag: str, given: dict[str, str], found: _Found) -> None:
        classes, role = given.get("class", "").split(), given.get("itemprop", "")
        if tag == "time":
            found.time = given.get("datetime")
        elif role == "commentText" or "comment-content" in classes:
            self._part.append((len(self._stack), "body"))
        elif tag == "p" and not found.author and "metadata" not in classes and not self._part:
            self._part.append((len(self._stack), "author"))
        elif tag == "a" and self._part[-1:] and self._part[-1][1] == "author":
            found.profile = given.get("href")
        elif tag == "p" and found.body:
            found.body.append("\n\n")

    def _address(self, tag: str, given: dict[str, str]) -> None:
        if tag == "meta" and given.get("property") == "og:url":
            self.og = self.og or values.web(given.get("content"))
        elif tag == "link" and "canonical" in given.get("rel", "").split():
            self.canonical = self.canonical or values.web(given.get("href"))
        elif "fb-comments" in given.get("class", "").split():
            self.box = self.box or values.web(given.get("data-href"))

    def handle_endtag(self, tag: str) -> None:
        if not self._stack:
            return
        if self._part and self._part[-1][0] == len(self._stack):
            self._part.pop()
        self._stack.pop()

    def handle_data(self, data: str) -> None:
        self._text(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _text(self, data: str) -> None:
        found = self._stack[-1][1] if self._stack else None
        if found and self._part:
            (found.body if self._part[-1][1] == "body" else found.author).append(data)
