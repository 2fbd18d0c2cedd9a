"""An old page, read as a browser would: its comment boxes and counts, scripts, addresses,
and their lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...core.addresses import parts_of
from ...core.html import Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 4 * 1024 * 1024
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
     "source", "track", "wbr")
)  # fmt: skip
#: A browser with scripts creates no elements from their content.
_INERT = frozenset(("noscript", "template", "textarea", "title", "iframe", "xmp", "noframes"))
_HOST = re.compile(r"(?:https?:)?//connect\.facebook\.(?:net|com)/[^\s\"'<>)]*", re.IGNORECASE)
_OLD_HOST = re.compile(
    r"(?:https?:)?//(?:static\.ak\.)?(?:connect\.)?facebook\.com/js/api_lib[^\s\"'<>)]*"
)
_SAVED = re.compile(r"comment-(?:fbc_)?\d+_\d+(?:_\d+)*")
#: Our tag under another address of ours; pages written for Disqus have a script of that name too.
_EMBED = re.compile(r"^(?!.*disqus\.com/).*/embed\.js(?:$|[?#])", re.IGNORECASE)
_WRITES = re.compile(r"fb[-:]comments")
#: The attributes that we read, each in six spellings -> their names in a report.
NAMES = {
    "href": "href",
    "xid": "xid",
    "num_posts": "numposts",
    "order_by": "order_by",
    "width": "width",
    "color_scheme": "colorscheme",
    "skin": "skin",
    "mobile": "mobile",
    "lazy": "lazy",
    "locale": "locale",
    "fb_comment_id": "fb_comment_id",
    "title": "title",
}


@dataclass
class Tag:
    """A box or a count. `attributes` are those with an effect, `line` is its line
    number (from 1)."""

    kind: str  # box | count
    line: int
    xfbml: bool
    attributes: dict[str, str] = field(default_factory=dict)
    filled: bool = False  # it has content of the page's own, so it is not to be filled

    @property
    def numposts(self) -> int | None:
        """How many comments it requests."""
        found = re.match(r"[0-9]{1,9}", self.attributes.get("numposts", ""))
        return int(found[0]) if found else None


@dataclass
class Loader:
    """A reference to the dead script: the text to change, and its line."""

    line: int
    address: str


@dataclass
class Found:
    """Everything relevant on one page."""

    tags: list[Tag] = field(default_factory=list)
    loaders: list[Loader] = field(default_factory=list)
    app_ids: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    base: str | None = None
    og_url: str | None = None
    canonical: str | None = None
    policy: str | None = None  # a Content-Security-Policy in the page
    writes_boxes: list[int] = field(default_factory=list)  # lines of scripts that write boxes
    amp: list[int] = field(default_factory=list)
    saved: int = 0  # comments in the page's own noscript copy
    ours: bool = False  # it loads one of our scripts


def read_page(html: str, server: str = "") -> Found:
    """What a page contains; never raises, whatever the page. `server` is the address
    of commentsvc."""
    reader = _Reader(parts_of(server).netloc)
    reader.feed(html[:MOST_BYTES])
    reader.close()
    reader.end()
    reader.found.saved = len(set(_SAVED.findall(html)))
    return reader.found


def attribute(given: Mapping[str, str | None], name: str) -> str | None:
    """An attribute's first non-empty value, in all the spellings that Facebook's SDK knew."""
    forms = (name, name.replace("_", "-"), name.replace("_", ""))
    for spelling in (*forms, *(f"data-{each}" for each in forms)):
        value = (given.get(spelling) or "").strip()
        if value:
            return value
    return None


@dataclass
class _Open:
    """An open element."""

    name: str
    tag: Tag | None
    elements: int = 0
    texts: int = 0
    ignored: bool = False  # its only child has the class that Facebook ignored
    holds: bool = False  # contains a box, so it is not one itself


class _Reader(Tags):
    def __init__(self, host: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Found()
        self._own = re.compile(rf"//{re.escape(host)}/[^\s\"'<>)]*\.js\b", re.IGNORECASE)
        self._open: list[_Open] = []
        self._names: Counter[str] = Counter()  # of open elements
        self._inert = 0
        self._boxes: list[_Open] = []  # the open ones
        self._no_boxes: set[int] = set()

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(reversed(attrs))  # the first of duplicate attributes counts
        line = self.getpos()[0]
        classes = (given.get("class") or "").split()
        if self._open:
            above = self._open[-1]
            above.elements += 1
            above.ignored = "fb-xfbml-parse-ignore" in classes
        tag = None
        if name == "script":
            self._script_tag(given, line)
        elif not self._inert:
            self._head(name, given)
            tag = self._tag(name, classes, given, line)
        if name == "amp-facebook-comments":
            self.found.amp.append(line)
        if name not in _VOID:
            self._open.append(_Open(name, tag))
            if tag is not None and tag.kind == "box":
                self._boxes.append(self._open[-1])
            self._names[name] += 1
            self._inert += name in _INERT

    def handle_startendtag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(name, attrs)  # HTML has no self-closing elements
        if name.startswith("fb:"):
            self.handle_endtag(name)

    def handle_endtag(self, name: str) -> None:
        if not self._names[name]:
            return
        while self._open:
            done = self._open.pop()
            self._names[done.name] -= 1
            self._inert -= done.name in _INERT
            self._settle(done)
            if done.name == name:
                return

    def end(self) -> None:
        """Close what the page left open."""
        while self._open:
            self._settle(self._open.pop())
        self.found.tags = [each for each in self.found.tags if id(each) not in self._no_boxes]

    def _settle(self, done: _Open) -> None:
        """A div with more than one text, or more than one ignored child, is not to be filled."""
        if self._boxes and self._boxes[-1] is done:
            self._boxes.pop()
        if done.tag is not None and not done.tag.xfbml and done.tag.kind == "box":
            alone = done.elements == 1 and not done.texts and done.ignored
            done.tag.filled = bool(done.elements) and not alone
            if done.holds:
                self._no_boxes.add(id(done.tag))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].name == "script":
            self._script_text(data)
        elif self._open and data:
            self._open[-1].texts += 1

    # --- relevant markup --------------------------------------------------------------------------

    def _tag(
        self, name: str, classes: list[str], given: Mapping[str, str | None], line: int
    ) -> Tag | None:
        if name == "fb:comments-count" or "fb-comments-count" in classes:
            kind = "count"
        elif name == "fb:comments" or "fb-comments" in classes:
            kind = "box"
        else:
            return None
        named = {
            called: value
            for each, called in NAMES.items()
            if (value := attribute(given, each)) is not None
        }
        tag = Tag(kind, line, name.startswith("fb:"), named)
        if kind == "box" and self._boxes:
            around = self._boxes[-1]
            if around.tag and around.tag.xfbml:
                return None  # the outer box replaces it
            around.holds = True
        self.found.tags.append(tag)
        return tag

    def _head(self, name: str, given: Mapping[str, str | None]) -> None:
        found, content = self.found, (given.get("content") or "").strip()
        if name == "base":
            found.base = found.base or given.get("href")
        elif name == "link" and "canonical" in (given.get("rel") or "").lower().split():
            found.canonical = found.canonical or given.get("href")
        elif name == "meta" and content:
            word = (given.get("property") or given.get("name") or "").lower()
            if word == "og:url":
                found.og_url = found.og_url or content
            elif word == "fb:app_id":
                found.app_ids.append(content)
            elif word == "fb:admins":
                found.admins += [each.strip() for each in content.split(",") if each.strip()]
            elif (given.get("http-equiv") or "").lower() == "content-security-policy":
                found.policy = content

    def _script_tag(self, given: Mapping[str, str | None], line: int) -> None:
        source = given.get("src") or ""
        self._loaders(source, line)
        if given.get("data-site") is not None or _EMBED.search(source):
            self.found.ours = True

    def _script_text(self, text: str) -> None:
        line = self.getpos()[0]
        for number, row in enumerate(text.split("\n")):
            self._loaders(row, line + number)
            for app_id in re.findall(r"appId['\"]?\s*[:=]\s*['\"]?(\d{5,21})", row):
                self.found.app_ids.append(app_id)
            if _WRITES.search(row) and ("<" in row or "createElement" in text):
                self.found.writes_boxes.append(line + number)

    def _loaders(self, text: str, line: int) -> None:
        self.found.ours = self.found.ours or self._own.search(text) is not None
        for match in (*_HOST.finditer(text), *_OLD_HOST.finditer(text)):
            self.found.loaders.append(Loader(line, match[0]))
            app_id = re.search(r"[#&?;]app_?[iI]d=(\d{5,21})", match[0])
            if app_id:
                self.found.app_ids.append(app_id[1])
