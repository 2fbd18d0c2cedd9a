"""The Markdown of comments: parsed once, then rendered as HTML, as plain text, as links."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ...core.remembering import remembered
from ...core.shown import neutral
from ...core.typed import is_visible
from .addresses import add_addresses, typed_addresses
from .escapes import add_escapes, needed
from .mentions import Mention, marked, named, standing
from .nothing import add_nothing
from .numbers import add_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEEPEST_BLOCK = 12  # markdown-it drops deeper nesting beyond its own limit
_NESTING_LIMIT = 16
_DEEPEST_INLINE = 40
# Beyond these, no person wrote the text: it is shown as typed, without parsing.
_MOST_MARKUP = 1200
_MOST_LINES = 1000
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
# One line of words, none of which can be markup or an address: most comments are one.
_ONE_LINE = re.compile(
    r"[^\W\d_](?:[^\W_]|[ ,;?'\"()\u2019\u201c\u201d\u2013\u2014\u2026]"
    r"|[.!](?=[ '\")\u2019\u201d]|$)|(?<=\w)-(?=\w))*+(?<! )"
)
_MARKUP = re.compile(r"[\[\]!*_~`<\\]|://|www\.")


def html(source: str, mentions: Sequence[Mention] = (), *, nofollow: bool = True) -> str:
    """Safe HTML of a comment: the sanitizer is the last step, and nothing follows it.

    Paragraphs, line breaks, bold, italic, strikethrough, code, quotes, lists, links; HTML, tables
    and references are shown as typed, images as links, headings in bold. Links are absolute http,
    https or mailto, in a new tab; `nofollow=False` is for trusted authors. `mentions` become
    references to people.
    """
    given = standing(source, mentions) if mentions else ()
    return _CLEANER[nofollow].clean(_mentioning(source, given) if given else _html(source)).strip()


def _html(source: str) -> str:
    tokens = _parsed(source)
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}) if tokens else _literal(source)


def _mentioning(source: str, mentions: Sequence[Mention]) -> str:
    text = marked(source, mentions)
    rendered, tokens = _html(text), _parsed(text)
    if "%02" in rendered and "%02" not in source:  # a mention inside an address is part of it
        return _html(source)
    return named(rendered, _words(tokens) if tokens else text, mentions)


def _words(tokens: Iterable[Token]) -> str:
    """The text outside code, addresses and links."""
    found: list[str] = []
    linked = 0
    for token in _inline(tokens):
        linked += token.nesting if token.type.startswith("link_") else 0
        found.append(token.content if token.type == "text" and not linked else "")
    return "".join(found)


def plain(source: str, *, addresses: bool = False) -> str:
    """The comment as readers see it, in plain text: for scores, emails, feeds, excerpts. With
    `addresses`, for moderators, it includes the targets of links."""
    tokens = _parsed(source)
    return _told(tokens, addresses) if tokens else neutral(source).strip()


def links(source: str) -> list[str]:
    """The targets of the comment's links, in order, with repetitions."""
    return [
        str(token.attrs["href"])
        for token in _inline(_parsed(source))
        if token.type == "link_open" and "href" in token.attrs
    ]


def unlinked(source: str) -> list[str]:
    """The addresses in a text that is shown as typed, with repetitions; else they are links."""
    return [] if _parsed(source) else typed_addresses(source)


def disguised(source: str) -> list[str]:
    """The targets of the comment's links that pretend to lead elsewhere."""
    found = (token.meta.get("disguised") for token in _inline(_parsed(source)))
    return [each for each in found if each]


def unescaped(source: str) -> str:
    """The comment without escapes that prevent nothing, if backslashes should not be seen."""
    return needed(_MARKDOWN, source) if _ESCAPE.search(source) else source


def excerpt(source: str, n: int) -> str:
    """The beginning of a comment on one line, what it quotes in “ ”: at most `n` characters, cut
    between words."""
    tokens = _parsed(source)
    told = _told(tokens, addresses=False, quote="“") if tokens else neutral(source)
    return cut(" ".join(told.split()), n)


def cut(text: str, n: int) -> str:
    """At most `n` characters of a line, cut between words."""
    if len(text) <= n:
        return neutral(text)
    end = max(n - 1, 0)
    space = text.rfind(" ", 0, end + 1)
    if space > end // 2:
        end = space
    while end and _continues(text[end], text[end - 1]):
        end -= 1
    # Closing open bidi controls may add a few invisible characters.
    return neutral(text[:end].rstrip() + "…")


def _continues(character: str, before: str) -> bool:
    """Whether this character combines with the one before."""
    return (
        unicodedata.category(character).startswith("M")
        or "\u200d" in (character, before)
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


# --- parsing -------------------------------------------------------------------------------------


@remembered(64, longest=2000, few=4)
def _parsed(source: str) -> Sequence[Token]:
    """The tokens of the text; none if it is to be shown as typed."""
    text = neutral(source)
    if text.count("\n") > _MOST_LINES or len(_MARKUP.findall(text)) > _MOST_MARKUP:
        return ()
    if _ONE_LINE.fullmatch(text):
        return _paragraph(text)
    tokens = _MARKDOWN.parse(text)
    if any(token.level >= _DEEPEST_BLOCK for token in tokens):
        return ()
    if any(token.level > _DEEPEST_INLINE for token in _inline(tokens)):
        return ()
    # If there is only empty markup, such as a link without text, everything is shown as typed.
    words = (
        token.content
        for token in (*tokens, *_inline(tokens))
        if not token.children and not token.meta.get("signs")
    )
    return tuple(tokens) if any(map(is_visible, words)) else ()


def _paragraph(text: str) -> Sequence[Token]:
    """What the parser makes of a line without markup, which takes it a fifth of a millisecond."""
    words = Token("text", "", 0, content=text)
    return (
        Token("paragraph_open", "p", 1, map=[0, 1], block=True),
        Token("inline", "", 0, map=[0, 1], level=1, content=text, children=[words], block=True),
        Token("paragraph_close", "p", -1, block=True),
    )


def _inline(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield from token.children or ()


def _literal(source: str) -> str:
    paragraphs = re.split(r"\n\n+", neutral(source).strip())
    return "".join(f"<p>{escape(each).replace(chr(10), '<br>')}</p>\n" for each in paragraphs)


# --- plain text ----------------------------------------------------------------------------------


_BLOCK_ENDS = ("paragraph_close", "heading_close", "fence", "blockquote_close")


def _told(tokens: Iterable[Token], addresses: bool, quote: str = "> ") -> str:
    lines: list[tuple[str, bool]] = []  # line, and whether it only separates blocks
    margin: list[str] = []  # prefix of a line: the quotes and lists around it
    numbers: list[int | None] = []
    for token in tokens:
        if token.type == "blockquote_open":
            margin.append(quote)
        elif token.type.endswith("_list_open"):
            ordered = token.type == "ordered_list_open"
            numbers.append(int(token.attrs.get("start", 1)) if ordered else None)
        elif token.type == "list_item_open":
            margin.append(_bullet(numbers, token))
        elif token.type in ("blockquote_close", "list_item_close"):
            opened = margin.pop()
            _close_quote(lines, quote == "“" and opened != "“" and token.type)
        elif token.type.endswith("_list_close"):
            numbers.pop()
            _blank_line(lines, margin)
        elif token.type in ("inline", "fence"):
            content = _addressed(token) if addresses else _content(token)
            for line in content.rstrip("\n").split("\n"):
                lines.append(("".join(margin) + line, False))
                margin = [each if each == "> " else " " * len(each) for each in margin]
        if token.type in _BLOCK_ENDS and not token.hidden:
            _blank_line(lines, margin)
    while lines and lines[-1][1]:
        lines.pop()
    return neutral("\n".join(line for line, _ in lines)).strip("\n")


def _close_quote(lines: list[tuple[str, bool]], ended: str | bool) -> None:
    """Where a quote has `ended` that was opened by a mark: another after the last line that says
    something."""
    if ended == "blockquote_close":
        at = max(at for at, (_, separates) in enumerate(lines) if not separates)
        lines[at] = (f"{lines[at][0]}”", False)


def _blank_line(lines: list[tuple[str, bool]], margin: list[str]) -> None:
    """Add one blank line between two blocks, with the margin of what surrounds both."""
    if lines and lines[-1][1]:
        lines.pop()
    lines.append(("".join(margin).rstrip(), True))


def _bullet(numbers: list[int | None], item: Token) -> str:
    number = numbers[-1]
    if number is None:
        return "- "
    number = int(item.attrs.get("value", number))
    numbers[-1] = number + 1
    return f"{number}. "


def _content(block: Token) -> str:
    if block.type == "fence":
        return block.content
    children = block.children or ()
    return "".join("\n" if each.type.endswith("break") else each.content for each in children)


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://|mailto:)", "", address.strip().lower()).rstrip("/")


def _addressed(block: Token) -> str:
    """The same, with a link's address after text that differs from it."""
    parts: list[str] = []
    href, begun = "", 0
    for each in block.children or ():
        if each.type == "link_open":
            href, begun = str(each.attrs["href"]), len(parts)
        elif each.type == "link_close":
            words = "".join(parts[begun:])
            parts.append("" if _bare(words) == _bare(href) else f" ({href})")
        elif "disguised" not in each.meta:
            parts.append("\n" if each.type.endswith("break") else each.content)
    return "".join(parts) if block.type == "inline" else block.content


# --- HTML ----------------------------------------------------------------------------------------


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("js-default", {"breaks": True, "maxNesting": _NESTING_LIMIT})
    markdown.disable(["code", "hr", "lheading", "reference", "table", "html_block"])
    markdown.disable(["entity", "html_inline", "linkify"])
    add_addresses(markdown)
    add_escapes(markdown)
    add_numbers(markdown)
    add_nothing(markdown)
    markdown.add_render_rule("heading_open", lambda *_: "<p><strong>")
    markdown.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    markdown.add_render_rule("fence", _fence)
    return markdown


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return f"<pre><code>{escape(tokens[index].content)}</code></pre>\n"


def _cleaner(rel: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={
            "p",
            "br",
            "strong",
            "em",
            "s",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "bdi",
        },
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "bdi": {"data-person"}, "ol": {"start"}, "li": {"value"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel=rel,
        url_schemes={"http", "https", "mailto"},
    )


_MARKDOWN = _markdown()
_CLEANER = {True: _cleaner("nofollow ugc noopener"), False: _cleaner("ugc noopener")}
