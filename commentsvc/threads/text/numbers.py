"""Numbers, shown as written: no list if a year begins a sentence or nothing follows the number, and
no emphasis in products."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

_LONE = 999  # above this, a number starts a list only if there are several items
_HIGHEST = 9999  # higher numbers are too wide for a list margin


def add_numbers(markdown: MarkdownIt) -> None:
    """Show "1986. What a season" as a sentence, list items with their numbers, "2*3*4" as typed."""
    markdown.core.ruler.after("block", "numbers", _numbers)
    markdown.inline.ruler.before("emphasis", "product", _product)


_PRODUCT = re.compile(r"(?<=[0-9])\*+(?=[0-9])")


def _product(state: StateInline, silent: bool) -> bool:
    """An inline rule: asterisks between digits are literal. Not checked if they were escaped."""
    found = _PRODUCT.match(state.src, state.pos, state.posMax)
    if found is None or state.env.get("unescaped"):
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _numbers(state: StateCore) -> None:
    none = {id(token) for items in _lists(state.tokens) for token in items}
    if none:
        state.tokens = list(_unlisted(state.tokens, none))


def _lists(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The lists that are not meant as lists: their opening tokens, items and closing tokens."""
    open_lists: list[list[Token]] = []
    filled = 0  # how many of them, from the outermost, have content
    for token in tokens:
        if token.type.endswith("_list_open"):
            open_lists.append([token])
        elif token.type.startswith("list_item_"):
            open_lists[-1].append(token)
        elif token.type.endswith("_list_close"):
            empty = filled < len(open_lists)
            found = [*open_lists.pop(), token]
            filled = min(filled, len(open_lists))
            if empty or (token.type == "ordered_list_close" and not _keep(found)):
                yield found
        else:
            filled = len(open_lists)


def _keep(found: Sequence[Token]) -> bool:
    """Whether this is a list. Sets the items' numbers, unless all are equal and mean "next"."""
    items = [token for token in found if token.type == "list_item_open"]
    typed = [int(each.info) for each in items]
    if len(set(typed)) > 1:
        for item, number, before in zip(items[1:], typed[1:], typed, strict=False):
            if number != before + 1:
                item.attrs["value"] = number
    if len(typed) == 1 and (typed[0] > _LONE or items[0].info != str(typed[0])):
        return False
    return max(*typed, typed[0] + len(typed) - 1) <= _HIGHEST


def _unlisted(tokens: Sequence[Token], none: set[int]) -> Iterator[Token]:
    """The tokens without those of `none`; the text of former items begins with their number."""
    number, line = "", -1
    lone: list[bool] = []  # for each item around a token, whether it is in `none`
    for token in tokens:
        begins = token.nesting == 1 and token.map is not None and token.map[0] == line
        if number and (token.type == "paragraph_open" or (begins and id(token) in none)):
            pass  # "* * *" is one line
        elif number and token.type == "inline":
            token.content, number = f"{number} {token.content}", ""
        elif number:
            yield from _paragraph(number, token.level)
            number = ""
        if token.type == "list_item_open":
            lone.append(id(token) in none)
            own = f"{token.info}{token.markup}" if lone[-1] else ""
            number = f"{number} {own}".strip()
            line = token.map[0] if token.map else -1
        elif token.type == "list_item_close":
            lone.pop()
        elif token.type.startswith("paragraph_") and lone and lone[-1]:
            token.hidden = False
        if id(token) not in none:
            yield token


def _paragraph(content: str, level: int) -> Iterator[Token]:
    yield Token("paragraph_open", "p", 1, level=level, block=True)
    yield Token("inline", "", 0, level=level + 1, content=content, children=[], block=True)
    yield Token("paragraph_close", "p", -1, level=level, block=True)
