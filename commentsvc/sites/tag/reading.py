"""Finds our tags and containers, and the page's Content-Security-Policy, in a page's HTML."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...core.html import Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

#: In these, browsers with scripts create no elements of HTML.
_INERT = frozenset(
    ("noscript", "template", "textarea", "title", "iframe", "xmp", "noframes", "svg", "math")
)
#: Script types that browsers run. Others are data, such as those set by consent managers.
_RUN = re.compile(r"\s*(|module|(text|application)/(x-)?(java|ecma)script)\s*", re.IGNORECASE)
_OURS = re.compile(r"/embed\.js\b")
#: Scripts that load our box on pages written for Facebook. Disqus's script is named like ours.
_OLD = re.compile(r"/(?:sdk|all|sdk/debug|all/debug)\.js(?:$|[?#])")
ELEMENT = "commentsvc-comments"  # the custom element that mounts a box


@dataclass(frozen=True)
class Place:
    """A script, a container or an element. `src` is as written; None means no attribute."""

    kind: str  # tag | old | container | element
    line: int
    src: str = ""
    site: str | None = None
    href: str | None = None
    server: str | None = None
    nonce: str = ""


@dataclass
class Page:
    """What was found. `hidden` and `as_text` are lines of tags that are no elements for browsers;
    `not_run` are lines of scripts that browsers do not run."""

    places: list[Place] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    as_text: list[int] = field(default_factory=list)
    not_run: list[int] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    base: str = ""


def read(html: str) -> Page:
    """Parse a page. Never raises, whatever the page contains."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class _Reader(Tags):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._inert: Counter[str] = Counter()  # open elements
        self._script = False

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in reversed(attrs)}  # the first of two counts
        self._script = name in ("script", "style")
        found = _place(name, given, self.getpos()[0])
        if found is not None and self._inert.total():
            self.page.hidden.append(found.line)
        elif name == "script" and found is not None and _is_left(given):
            self.page.not_run.append(found.line)
        elif found is not None:
            self.page.places.append(found)
        if name == "base":
            self.page.base = self.page.base or given.get("href", "")
        if name == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self.page.policies.append(given.get("content", ""))
        if name in _INERT:
            self._inert[name] += 1

    def handle_endtag(self, name: str) -> None:
        self._script = False
        if self._inert[name]:
            self._inert[name] -= 1

    def handle_comment(self, data: str) -> None:
        if _OURS.search(data):
            self.page.hidden.append(self.getpos()[0])

    def handle_data(self, data: str) -> None:
        if self._script or not _OURS.search(data) or "data-site" not in data:
            return
        lines = self.page.hidden if self._inert.total() else self.page.as_text
        lines.append(self.getpos()[0])


def _is_left(given: Mapping[str, str]) -> bool:
    return "nomodule" in given or not _RUN.fullmatch(given.get("type", ""))


def _place(name: str, given: Mapping[str, str], line: int) -> Place | None:
    src, site = given.get("src", ""), given.get("data-site")
    href, server = given.get("data-href"), given.get("data-server")
    if name == "script" and (_OURS.search(src) or _OLD.search(src)):
        kind = "tag" if _OURS.search(src) else "old"
        return Place(kind, line, src, site, href, server, given.get("nonce", ""))
    if name == ELEMENT:
        return Place("element", line, "", given.get("site"), given.get("href"), given.get("server"))
    if "commentsvc" in given.get("class", "").split() and site is not None:
        return Place("container", line, "", site, href, server)
    return None
