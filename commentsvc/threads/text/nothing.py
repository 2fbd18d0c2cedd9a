"""Empty markup: a heading, quote or code block without visible text is shown as typed, and so are signs
around nothing but signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.rules_block import heading
from markdown_it.token import Token

from ...core.typed import is_visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

_ENDS = re.compile(r"(?:(?<!`)`+|(?<!~)~+)[ \t]*$")


def add_nothing(markdown: MarkdownIt) -> None:
    """Keep lines visible that contain only markup characters."""
    markdown.block.ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    markdown.core.ruler.after("inline", "nothing", _nothing)
    markdown.core.ruler.after("nothing", "faces", _faces)


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: a heading needs visible text; `#` alone is an ordinary line."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return is_visible(line.strip("# \t")) and heading(state, start, end, silent)


def _nothing(state: StateCore) -> None:
    lines = state.src.split("\n")
    kept: list[Token] = []
    quotes: list[int] = []  # where the quotes around a token begin
    filled = 0  # how many of them, from the outermost, have content
    for token in state.tokens:
        kept.append(token)
        if token.type == "blockquote_open":
            quotes.append(len(kept) - 1)
            continue
        if token.type == "blockquote_close":
            begin = quotes.pop()
            if filled <= len(quotes):
                kept[begin:] = _paragraph(token.level, ">")
        elif token.type == "fence" and not is_visible(token.content):
            kept[-1:] = _paragraph(token.level, *_fence(token, lines))
        filled = len(quotes)
    state.tokens = kept


_EMPHASIS = ("em", "strong", "s")
_SIGNS = re.compile(r"[!-/:-@\[-`{-~\s]*")


def _faces(state: StateCore) -> None:
    """Emphasis of signs alone is none: the stars of "*_*" and the lines of "^_^" are part of a face."""
    for block in state.tokens:
        opened: list[tuple[Token, bool]] = []  # and whether something else is inside
        for token in block.children or ():
            name, _, kind = token.type.rpartition("_")
            if name in _EMPHASIS and kind == "open":
                opened.append((token, False))
                continue
            filled = token.type != "text" or not _SIGNS.fullmatch(token.content)
            if name in _EMPHASIS and opened:
                start, filled = opened.pop()
                for each in () if filled else (start, token):
                    each.type, each.tag, each.nesting = "text", "", 0
                    each.content = each.markup
            if filled and opened:
                opened[-1] = (opened[-1][0], True)


def _fence(token: Token, lines: list[str]) -> Iterator[str]:
    """The lines that open and close a code block; the latter may be missing."""
    yield f"{token.markup}{token.info}"
    start, end = token.map or (0, 0)
    if end - start - 1 > token.content.count("\n"):
        closing = _ENDS.search(lines[end - 1])
        yield closing[0].strip() if closing else token.markup


def _paragraph(level: int, *rows: str) -> list[Token]:
    words: list[Token] = []
    for row in rows:
        words += [Token("softbreak", "br", 0)] if words else []
        words.append(Token("text", "", 0, content=row, meta={"signs": True}))
    inline = Token("inline", "", 0, level=level + 1, content="\n".join(rows), children=words)
    opened = Token("paragraph_open", "p", 1, level=level, block=True)
    return [opened, inline, Token("paragraph_close", "p", -1, level=level, block=True)]
