"""Other systems' texts as our Markdown: HTML, plain text, and Markdown with HTML."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

from ...core.html import Tags
from ...core.typed import trimmed
from ...threads import text as texts
from . import values
from .escaping import bare_link, escaped, escaped_start, fenced, from_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["from_html", "from_markdown", "from_mixed", "from_plain"]

_TAG_NAMES = (
    "a abbr b blockquote br cite code dd del div dl dt em embed figcaption figure h1 h2 h3 h4 h5 h6"
    " hr i iframe img ins kbd li ol p pre q s samp source span strike strong sub sup table tbody td"
    " tfoot th thead tr tt ul u var video audio"
)
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}} | {
    tag: {"src"} for tag in ("iframe", "embed", "source", "video", "audio")
}
_DROPPED_WHOLE = {"script", "style", "noscript", "template", "svg", "math", "title", "textarea"}
_HAS_HTML = re.compile(
    r"</?(?:p|br|a|b|i|em|strong|del|s|strike|blockquote|ul|ol|li|pre|code|h[1-6]|div|span|img|hr)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_CODE_OR_FENCE = re.compile(
    rf"^(?P<fence>`{{3,}}+|~{{3,}}+)[^\n]*\n|{_CODE.pattern.replace('1', '2')}", re.S | re.M
)
_INDENTED = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*\S", re.MULTILINE)
_COMMONMARK = MarkdownIt("commonmark", {"maxNesting": 16}).disable("inline", ignoreInvalid=True)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^\s<>]+)>", re.IGNORECASE)


def from_html(html: str, *, breaks: bool = False) -> str:
    """Markdown with the content and links of `html`, without anything executable.

    `breaks`: line ends are significant, as in WordPress.
    """
    return texts.unescaped(_convert(values.text(html), breaks=breaks, escape=True))


def from_markdown(source: str) -> str:
    """Markdown as it was typed. Indented code, which ours does not have, is fenced, and escapes
    that ours does not need are removed."""
    return texts.unescaped(_with_fences(trimmed(values.text(source))))


def _with_fences(source: str) -> str:
    if not _INDENTED.search(source):
        return source
    lines = source.split("\n")
    blocks = [
        each for each in _COMMONMARK.parse(source) if each.type == "code_block" and not each.level
    ]
    for block in reversed(blocks):
        start, end = block.map or [0, 0]
        while end > start and not lines[end - 1].strip():
            end -= 1
        code = [
            line[4:] if line.startswith("    ") else line.lstrip(" ").removeprefix("\t")
            for line in lines[start:end]
        ]
        lines[start:end] = [fenced("\n".join(code))]
    return "\n".join(lines)


def from_mixed(source: str) -> str:
    """Markdown with its embedded HTML (which Isso and Artalk allow) converted to Markdown."""
    source = _with_fences(trimmed(values.text(source)))
    if not _HAS_HTML.search(source):
        return texts.unescaped(source)
    token, kept = secrets.token_hex(8), []

    def keep(code: str) -> str:
        kept.append(code)
        return f"{token}x{len(kept) - 1}x"

    hidden = _AUTOLINK.sub(r"\1", "".join(_code_kept(source, keep)))
    found = _convert(hidden, breaks=True, escape=False)
    return texts.unescaped(re.sub(rf"{token}x(\d+)x", lambda match: kept[int(match[1])], found))


def _code_kept(source: str, keep: Callable[[str], str]) -> Iterator[str]:
    """The text with each piece of code replaced by `keep`. Unclosed fences are text, and later ones
    like them are not searched for again."""
    at = 0
    never: tuple[str, ...] = ()
    while found := _CODE_OR_FENCE.search(source, at):
        yield source[at : found.start()]
        code: re.Match[str] | None = found
        end = found.end()
        if fence := found["fence"]:
            closes = None
            if not fence.startswith(never or " "):
                closes = re.compile(rf"^{fence}[`~]*[ \t]*$", re.M).search(source, end)
                never += () if closes else (fence,)
            code = closes or _CODE.match(source, found.start())
            end = code.end() if code else end
        at = end
        yield keep(source[found.start() : at]) if code else source[found.start() : at]
    yield source[at:]


# html5ever (in nh3) parses as browsers do, in linear time. Its output is small and well-formed, so
# the converter below never meets anything odd.
_CLEANER = nh3.Cleaner(
    tags=set(_TAG_NAMES.split(" ")),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    clean_content_tags=set(_DROPPED_WHOLE),
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def _convert(html: str, *, breaks: bool, escape: bool) -> str:
    writer = _Writer(breaks=breaks, escape=escape)
    writer.feed(_CLEANER.clean(html))
    writer.close()
    return writer.result()


_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*", "var": "*"} | {
    "del": "~~", "s": "~~", "strike": "~~"
}  # fmt: skip
_CODES = frozenset(("code", "tt", "kbd", "samp"))
_BLOCKS = re.compile("p|div|d[ltd]|figure|figcaption|table|tr|h[1-6]|[uo]l|hr")
_MEDIA = frozenset(("img", "iframe", "embed", "source", "video", "audio"))
MAX_NESTING = 8  # of marks and of quotes and lists; anything deeper is kept as text


@dataclass(slots=True)
class _Around:
    """A quote or list item around the text: the prefix of its first row and of later rows."""

    first: str
    later: str
    begun: bool = False


class _Writer(Tags):
    """Collects Markdown from HTML that nh3 has cleaned.

    Marks are on a stack (`_open`), and are closed and reopened around every block, so that
    `<b><p>…</p><p>…</p></b>` becomes two bold paragraphs.
    """

    def __init__(self, *, breaks: bool, escape: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._breaks, self._escape = breaks, escape
        self._out: list[str] = []
        self._open: list[list[str]] = [["", "", ""]]  # tag, address, text so far
        self._around: list[_Around] = []
        self._lists: list[int] = []  # next number of each open list, 0 for bullets
        self._tight = False
        self._pre = 0
        self._hidden = 0

    def result(self) -> str:
        self._block()
        return "\n".join(self._out).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in _MEDIA:
            self._media(tag, given)
        elif tag == "br":
            self._add("\n")
        elif tag == "pre":
            self._block()
            self._pre += 1
        elif self._pre:
            return
        elif tag in _MARKS or tag in _CODES or tag == "a":
            if len(self._open) <= MAX_NESTING:
                self._open.append([tag, given.get("href", ""), ""])
        elif tag in ("td", "th"):
            self._add(" ")
        elif tag in ("blockquote", "li") or _BLOCKS.fullmatch(tag):
            self._block_start(tag)

    def _block_start(self, tag: str) -> None:
        self._block()
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "blockquote":
            self._around.append(_Around("> ", "> "))
        elif tag == "li":
            number = self._lists[-1] if self._lists else 0
            mark = f"{number}. " if number else "- "
            if number:
                self._lists[-1] += 1
            self._tight = True
            self._around.append(_Around(mark, " " * len(mark)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "iframe":
            self._hidden = max(self._hidden - 1, 0)
        elif tag == "pre" and self._pre:
            self._fence()
            self._pre -= 1
        elif self._pre:
            return
        elif tag in _MARKS or tag in _CODES or tag == "a":
            if any(frame[0] == tag for frame in self._open):
                while self._close() != tag:
                    pass
        elif tag in ("blockquote", "li"):
            self._block()
            if self._around:
                self._around.pop()
        elif _BLOCKS.fullmatch(tag):
            self._block()
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self._tight = False

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._pre or (self._open[-1][0] in _CODES):
            self._add(data)
            return
        data = data.replace("\xa0", " ")
        if not self._breaks:
            data = re.sub(r"\s+", " ", data)
        self._add(escaped(data) if self._escape and self._open[-1][0] != "a" else data)

    def _add(self, piece: str) -> None:
        self._open[-1][2] += piece

    def _media(self, tag: str, given: dict[str, str]) -> None:
        self._hidden += tag == "iframe"
        url = given.get("src", "")
        url = "https:" + url if url.startswith("//") else url
        if values.web(url):
            inside = any(frame[0] == "a" and frame[1] for frame in self._open)
            self._add(values.line(given.get("alt")) or "image" if inside else f" {bare_link(url)} ")

    def _close(self) -> str:
        """End the innermost mark and add its content to the one around it."""
        tag, address, inner = self._open.pop()
        body = inner.strip()
        if body:
            lead = inner[: len(inner) - len(inner.lstrip())]
            tail = inner[len(inner.rstrip()) :]
            self._add(lead + self._marked(tag, address, body) + tail)
        elif inner:
            self._add(" " if "\n" not in inner else inner)
        return tag

    def _marked(self, tag: str, address: str, body: str) -> str:
        if tag in _CODES:
            ticks = "`" * (max((len(run) for run in re.findall("`+", body)), default=0) + 1)
            pad = " " if body.startswith("`") or body.endswith("`") else ""
            return ticks + pad + " ".join(body.split()) + pad + ticks
        if tag == "a":
            return _link(address, body)
        return f"{_MARKS[tag]}{body}{_MARKS[tag]}" if "\n\n" not in body else body

    def _block(self) -> None:
        """End the paragraph: close open marks, write its lines, reopen the marks."""
        again = [frame[:2] for frame in self._open[1:]]
        while len(self._open) > 1:
            self._close()
        found, self._open[0][2] = self._open[0][2], ""
        self._open += [[tag, address, ""] for tag, address in again]
        rows = [" ".join(row.split()) for row in found.strip().split("\n")]
        paragraphs = re.sub(r"\n{2,}", "\n\n", "\n".join(rows)).split("\n")
        if any(paragraphs):
            start = escaped_start if self._escape else str
            self._write([start(row) for row in paragraphs])

    def _fence(self) -> None:
        found, self._open[-1][2] = self._open[-1][2].strip("\n"), ""
        if found.strip():
            self._write(fenced(found).split("\n"))

    def _write(self, rows: list[str]) -> None:
        around = self._around[:MAX_NESTING]
        begins_item = any(not frame.begun and frame.first != frame.later for frame in around)
        if self._out and not (self._tight and begins_item):
            self._out.append("".join(frame.later for frame in around if frame.begun).rstrip())
        for row in rows:
            self._out.append("".join(f.later if f.begun else f.first for f in around) + row)
            for frame in around:
                frame.begun = True


def _link(address: str, body: str) -> str:
    """A link; the bare address if the text only repeats it (Disqus shortens them)."""
    if not re.match(r"(?:https?://[^/]|mailto:.)", address, re.IGNORECASE):
        return escaped(body)
    body = " ".join(body.split())
    plain = body.replace("\\", "").strip("<>")
    short = re.sub(r"(?:\.{3}|…)$", "", plain)
    bare = re.sub(r"^(?:https?://|mailto:)", "", address, flags=re.IGNORECASE)
    said = re.sub(r"^https?://", "", short, flags=re.IGNORECASE).rstrip("/")
    if address.lower().startswith("http") and said and bare.startswith(said) and (
        short != plain or said == bare.rstrip("/")
    ):  # fmt: skip
        return bare_link(address)
    target = re.sub(r"[\s<>()\\]", lambda match: f"%{ord(match[0]):02X}", address)
    words = re.sub(r"(?<!\\)([\[\]])", r"\\\1", body)
    return f"[{words}]({target})"
