"""The Disqus markup in a page or template: addresses of scripts with their replacements, the box,
the counters, and what the page says about its thread. Read as text: only a browser knows what a
script computes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...core.addresses import parts_of
from ...core.html import Tags
from .page import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = r"(?P<file>[a-z_-]+\.js)"
_SCHEME = r"(?P<scheme>https?:)?//"
#: How templates and scripts write a name that is filled in later.
_FILLED = (
    r"(?:\$\{[^}]{0,200}\}|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|<[%?].{0,200}?[%?]>|#\{[^}]{0,200}\}|%[\w.]+%"
    r"|[$@{][\w.{}$@>-]+)"
)
_PLAIN = re.compile(rf"{_SCHEME}(?P<name>[\w-]+|{_FILLED})\.disqus\.com/{_FILE}", re.IGNORECASE)
_FIRST_YEARS = re.compile(
    rf"{_SCHEME}(?:www\.)?disqus\.com/forums/(?P<name>[\w-]+|{_FILLED})/{_FILE}"
)
_SUM = re.compile(
    rf"""(?P<open>["'`]){_SCHEME}(?P=open)(?P<middle>\s*\+[^;\n]{{1,120}}?\+\s*)(?P<again>["'`])"""
    rf"""\.disqus\.com/{_FILE}"""
)
_SUM_FIRST_YEARS = re.compile(
    rf"""(?P<open>["'`]){_SCHEME}(?:www\.)?disqus\.com/forums/(?P=open)(?P<rest>\s*\+[^;\n]{{1,120}}?\.js)"""
)
#: Scripts set a value as a global, or in `disqus_config`.
_SAID = re.compile(
    r"""(?:\bdisqus_(?P<old>shortname|identifier|url|title)|\bpage\.(?P<new>identifier|url|title))\s*=(?!=)\s*"""
    r"""(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<other>[^;,\n]+))"""
)
_COMMENT = re.compile(r"(/\*|<!--)|^[ \t]*//[^\n]*", re.MULTILINE)
_ENDS = {"/*": "*/", "<!--": "-->"}
_CONTAINER = re.compile(r"disqus_container_id\s*=\s*[\"']([^\"'\n]+)")


@dataclass(frozen=True)
class Replacement:
    """An address in the text, and its replacement."""

    line: int
    old: str
    new: str
    file: str
    is_http: bool = False


@dataclass
class Disqus:
    """Everything related to Disqus on one page. `said`: name -> its text, or None if a
    script computes it."""

    replacements: list[Replacement] = field(default_factory=list)
    own: list[Replacement] = field(default_factory=list)  # addresses that are ours already
    said: dict[str, str | None] = field(default_factory=dict)
    forum: str = ""
    container: int | None = None  # its line number
    counters: list[tuple[int, str, str]] = field(default_factory=list)  # line, by, what
    signs: int | None = None  # line of the code that signs readers in

    @property
    def has_box(self) -> bool:
        """Whether the page, or a script in it, shows comments."""
        return self.loader is not None

    @property
    def loader(self) -> Replacement | None:
        """The script that shows the box, Disqus's or ours."""
        files = (each for each in self.scripts if each.file in ("embed.js", "blogger_item.js"))
        return next(files, None)

    @property
    def scripts(self) -> list[Replacement]:
        """All of Disqus's scripts, and those that we serve."""
        return self.replacements + self.own


def _without_comments(html: str) -> Iterator[str]:
    """The page without its comments, with the same number of lines. An unclosed comment is none,
    and is not searched for again."""
    at = begun = 0
    endless = set[str]()
    while comment := _COMMENT.search(html, at):
        at = comment.end()
        if kind := comment[1]:
            end = -1 if kind in endless else html.find(_ENDS[kind], at)
            if end < 0:
                endless.add(kind)
                continue
            at = end + len(_ENDS[kind])
        yield html[begun : comment.start()]
        yield "\n" * html.count("\n", comment.start(), at)
        begun = at
    yield html[begun:]


def read_disqus(html: str, server: str) -> Disqus:
    """What a page contains; `server` is the address of commentsvc. Never raises."""
    html = html[:MOST_BYTES]
    found = Disqus()
    named = _CONTAINER.search(html)
    reader = _Reader(found, named[1] if named else "disqus_thread")
    reader.feed(html)
    reader.close()
    bare = "".join(_without_comments(html))
    own = _own(server)
    for number, row in enumerate(bare.split("\n"), 1):
        found.own += [
            Replacement(number, each[0], each[0], each["file"]) for each in own.finditer(row)
        ]
        found.replacements += _replacements(row, number, server.rstrip("/"))
        if "remote_auth_s3" in row and found.signs is None:
            found.signs = number
    for match in _SAID.finditer(bare):
        value = match["double"] if match["double"] is not None else match["single"]
        name = match["old"] or match["new"]
        if name == "url" and "location" in (match["other"] or ""):
            continue  # the page's own
        if (match["other"] or "").strip(" )};") not in ("null", "undefined", "''", '""'):
            again = name in found.said and found.said[name] != value
            found.said[name] = None if again else value  # several boxes: a script decides
    found.forum = _forum(found)
    return found


def _own(server: str) -> re.Pattern[str]:
    """How a converted page names a Disqus script that we serve."""
    host = re.escape(parts_of(server).netloc)
    return re.compile(
        rf"//{host}/(?:disqus/)?(?P<name>[\w-]+|{_FILLED})/(?P<file>(?!sdk|all)[a-z_-]+\.js)\b",
        re.IGNORECASE,
    )


def _replacements(row: str, line: int, server: str) -> Iterator[Replacement]:
    """The addresses in one line of a page, with their replacements."""
    bare = server.partition(":")[2]  # the page's own scheme
    for match in _PLAIN.finditer(row):
        name = match["name"].lower() if re.fullmatch(r"[\w-]+", match["name"]) else match["name"]
        host = server if match["scheme"] else bare
        yield _one(match, line, f"{host}/{name}/{match['file']}")
    for match in _FIRST_YEARS.finditer(row):
        host = server if match["scheme"] else bare
        yield _one(match, line, f"{host}/disqus/{match['name']}/{match['file']}")
    for match in _SUM.finditer(row):
        host = server if match["scheme"] else bare
        quote = match["open"]
        start = f"{quote}{host}/{quote}{match['middle']}{match['again']}"
        yield _one(match, line, f"{start}/{match['file']}")
    for match in _SUM_FIRST_YEARS.finditer(row):
        host = server if match["scheme"] else bare
        quote = match["open"]
        yield _one(match, line, f"{quote}{host}/disqus/{quote}{match['rest']}")


def _one(match: re.Match[str], line: int, new: str) -> Replacement:
    file = re.search(_FILE + r"$", match[0])
    return Replacement(line, match[0], new, file[1] if file else "", match["scheme"] == "http:")


def _forum(found: Disqus) -> str:
    """The short name, if the page contains it literally."""
    said = found.said.get("shortname") or ""
    if re.fullmatch(r"[\w-]+", said):
        return said.lower()
    for each in found.scripts:
        parts = [part for part in parts_of(each.new).path.split("/") if part]
        middle = re.search(r"""\+\s*["']([\w-]+)["']\s*\+""", each.new)
        if middle:
            return middle[1].lower()
        if len(parts) > 1 and re.fullmatch(r"[\w-]+", parts[-2]) and "+" not in each.new:
            return parts[-2].lower()
    return ""


class _Reader(Tags):
    """Finds the box and the counters."""

    def __init__(self, found: Disqus, container: str) -> None:
        super().__init__(convert_charrefs=True)
        self._found, self._container = found, container

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in reversed(attrs)}
        line = self.getpos()[0]
        if given.get("id") == self._container and self._found.container is None:
            self._found.container = line
        classes = given.get("class", "").split()
        if name != "a" and "disqus-comment-count" not in classes:
            return
        href = given.get("href", "")
        if identifier := given.get("data-disqus-identifier"):
            self._found.counters.append((line, "identifier", identifier))
        elif href.endswith("#disqus_thread"):
            self._found.counters.append((line, "href", href.removesuffix("#disqus_thread")))
        elif url := given.get("data-disqus-url"):
            self._found.counters.append((line, "href", url))
