r"""Backslashes: one is an escape only where it really prevents markup, else it is text.

`\*no emphasis\*` loses its backslashes; `\\server\photos`, `C:\_tmp\[new]`, `\d+\.` and a shrug
keep theirs. To find out, a block is parsed again without escapes: an escape counts if its character
is markup then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_MOST_READINGS = 8
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SIGNS = _PUNCTUATION - {"\\"}
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SHRUG = re.compile(r"\\?_\([^()\s]{1,4}\)_/")
# What would begin a quote, and in it a heading, a list or a code block, without the escape.
_QUOTES = r"^[ \t]*(?:\\?>[ \t]*)*"
_SIGN = r"#{1,6}\s+\S|[-+*]\s+\S|`\\?`\\?`|~\\?~\\?~"
_POINT = r"[.)]\s+\S"
_STARTS = re.compile(rf"{_QUOTES}(?:\\(?={_SIGN})|\d{{1,9}}\\(?={_POINT}))?", re.MULTILINE)
# Visible backslashes before one of these.
_BEFORE = re.compile(
    rf"{_QUOTES}(?:(?:\\\\)+\\?(?=>|{_SIGN})|\d{{1,9}}(?:\\\\)+\\?(?={_POINT}))", re.MULTILINE
)


class _Seen(NamedTuple):
    """A visible character: whether it is in a link, and the escape it comes from."""

    character: str
    linked: bool
    escape: Token | None = None


def add_escapes(markdown: MarkdownIt) -> None:
    """Teach the parser which backslashes count."""
    markdown.inline.ruler.at("escape", _escape)
    markdown.inline.ruler.before("escape", "shrug", _shrug)
    markdown.core.ruler.before("text_join", "escapes", _judge)


def needed(markdown: MarkdownIt, source: str) -> str:
    """The text without escapes that prevent nothing: imported texts do not mean these backslashes
    to be seen, but we would show them."""
    lines = source.split("\n")
    for block in markdown.parse(source, {"asked": True}):
        needless = block.meta.get("needless", ())
        if not needless or block.map is None:
            continue
        content = block.content
        for at in reversed(needless):
            content = content[:at] + content[at + 1 :]
        shown = zip(block.content.split("\n"), content.split("\n"), strict=True)
        for number, (before, after) in enumerate(shown, block.map[0]):
            head, found, tail = lines[number].rpartition(before)
            lines[number] = head + after + tail if found else lines[number]
    return "\n".join(lines)


def _escape(state: StateInline, silent: bool) -> bool:
    """An inline rule: a backslash before punctuation. At the end of a line it is literal, because
    line breaks are kept anyway."""
    at = state.pos + 1
    if state.src[state.pos] != "\\" or at >= state.posMax or state.src[at] not in _PUNCTUATION:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = state.src[at], "\\" + state.src[at], "escape"
        token.meta = {"at": state.pos}
    state.pos += 2
    return True


def _shrug(state: StateInline, silent: bool) -> bool:
    r"""An inline rule: `¯\_(ツ)_/¯` keeps both arms, however it was escaped."""
    if state.src[state.pos] not in "\\_":
        return False
    found = _SHRUG.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("text", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _judge(state: StateCore) -> None:
    for block in state.tokens:
        if block.type != "inline" or "\\" not in block.content or not block.children:
            continue
        escapes = [each for each in block.children if each.info == "escape"]
        if not escapes:
            continue
        counting = _counting(state, block, escapes)
        for each in escapes:
            if id(each) not in counting:
                each.content = each.markup
        if state.env.get("asked"):
            block.meta["needless"] = [e.meta["at"] for e in escapes if id(e) not in counting]


def _counting(state: StateCore, block: Token, escapes: Sequence[Token]) -> set[int]:
    """The escapes that count. An escaped backslash counts before an escape that counts, before
    markup, and, if others count, before any punctuation, escaped or not."""
    starts = {
        found.start() + at
        for pattern in (_STARTS, _BEFORE)
        for found in pattern.finditer(block.content)
        for at, character in enumerate(found[0])
        if character == "\\"
    }
    counting = {id(each) for each in escapes if each.meta["at"] in starts}
    counting |= _preventing(state, block, escapes)
    beside = bool(counting)
    following: Token | None = None
    for token in reversed(block.children or ()):
        if token.info == "escape" and token.content == "\\" and following is not None:
            markup = following.type not in ("text", "softbreak", "hardbreak", "text_special")
            at = token.meta["at"] + len(token.markup)
            if beside and _escapes_a_sign(following, at):
                counting.add(id(following))
            sign = (
                beside and block.content[at : at + 1] in _SIGNS
            )  # else the punctuation would be escaped
            if markup or sign or id(following) in counting:
                counting.add(id(token))
        if token.type != "text" or token.content:
            following = token
    return counting


def _escapes_a_sign(token: Token, at: int) -> bool:
    return token.info == "escape" and token.content != "\\" and token.meta["at"] == at


def _preventing(state: StateCore, block: Token, escapes: Sequence[Token]) -> set[int]:
    """The escapes whose characters would be markup: first if none counted, then repeatedly with
    those that do, because the rest may be markup beside them."""
    found: set[int] = set()
    seen = list(_seen(block.children or ()))
    for _ in range(_MOST_READINGS):
        removed = {e.meta["at"] for e in escapes if e.content != "\\" and id(e) not in found}
        text = "".join(each for at, each in enumerate(block.content) if at not in removed)
        bare: list[Token] = []
        state.md.inline.parse(text, state.md, {"unescaped": True}, bare)
        more = set(_consumed(seen, list(_seen(bare)))) - found
        if not more:
            return found
        found |= more
    return {id(each) for each in escapes}


def _seen(tokens: Sequence[Token]) -> Iterator[_Seen]:
    linked = 0
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            linked += token.nesting
        shown = "\n" if token.type.endswith("break") else token.content
        escape = token if token.info == "escape" and token.content != "\\" else None
        for character in shown:
            yield _Seen(character, linked > 0, escape)


def _consumed(escaped: Sequence[_Seen], bare: Sequence[_Seen]) -> Iterator[int]:
    """The escapes whose character disappears, or joins or leaves a link, without the backslash."""
    at = 0
    for seen in escaped:
        while (
            seen.character not in _PUNCTUATION
            and at < len(bare)
            and bare[at].character != seen.character
        ):
            at += 1
        here = at < len(bare) and bare[at].character == seen.character
        if seen.escape is not None and (not here or bare[at].linked != seen.linked):
            yield id(seen.escape)
        at += here
