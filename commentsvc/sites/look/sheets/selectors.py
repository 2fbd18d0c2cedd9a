"""The allowed selectors: classes of the theming contract, and plain elements inside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .refused import Refused, groups, written


@dataclass(frozen=True)
class Kind:
    """What may be styled on a part. `inline`: maximum pixels of space at its sides, because parts
    nest and phones are narrow; `start`: padding at the line start allowed; `spaced`: any spacing
    allowed; `sized`: another text size allowed; `soft`: the translucent soft background allowed;
    `filled`: its background is not the page's; `clips`: it clips its content at rounded corners."""

    inline: int = 24
    start: bool = True
    spaced: bool = True
    sized: bool = True
    soft: bool = True
    filled: bool = False
    clips: bool = False
    shadow: bool = True


_PART = Kind()
_OUTER = Kind(inline=12, soft=False)
_WORDS = Kind(inline=16, shadow=False, soft=False)
_KINDS: dict[str, Kind] = {
    "#box": _OUTER,
    ".list": Kind(inline=8, soft=False),
    ".c": Kind(inline=0, soft=False),
    ".replies": Kind(inline=8, soft=False),
    # the avatar is in its padding
    ".comment": Kind(inline=16, start=False),
    ".text": Kind(inline=12, clips=True),
    ".face": Kind(spaced=False),
    ".field": Kind(sized=False),
    ".do": Kind(filled=True),
    **dict.fromkeys(
        (
            *(".top", ".sort", ".all", ".note", ".rules", ".foot", ".more", ".empty", ".gone"),
            *(".by", ".at", ".to", ".edited", ".guest", ".badge"),
            *(".write", ".tools", ".send", ".who", ".end", ".plain", ".link", ".panel", ".ask"),
        ),
        _PART,
    ),
}
_TOP = Kind(inline=16, soft=False)  # `.list > .c`: not nested
_BADGE = re.compile(r"\.b-[a-z0-9][a-z0-9-]{0,29}")
_ELEMENTS: dict[str, Kind] = {
    **dict.fromkeys(("h2", "h3", "h4", "header", "footer", "button"), _PART),
    **dict.fromkeys(
        ("a", "p", "blockquote", "ul", "ol", "li", "pre", "code", "strong", "em"), _WORDS
    ),
    "textarea": Kind(sized=False),
}
_STATES = ("hover", "focus-visible", "first-child", "last-child")
_MOST_COMPOUNDS = 5


@dataclass(frozen=True)
class Selector:
    """A selector as it is served, and the kind of its target. `root`: for custom properties."""

    css: str
    kind: Kind
    root: bool = False


def selectors_of(prelude: list[Any]) -> list[Selector]:
    """The selectors before a block. Raises `Refused` for the first that is not allowed."""
    return [_selector(each) for each in groups(prelude)]


def _selector(tokens: list[Any]) -> Selector:
    text = written(tokens)
    parts = _parts(tokens, text)
    if parts == [("", [":root"])]:
        return Selector(":root", _PART, root=True)
    if not 1 <= len(parts) <= _MOST_COMPOUNDS:
        raise Refused("selector", text)
    css, kind, inside = "", _PART, False
    for at, (before, names) in enumerate(parts):
        kind = _kind(names, text, inside=inside)
        inside = inside or names[0][0] in ".#"
        css += before + "".join(names)
        if at and before == ">" and names[0] == ".c" and parts[at - 1][1][0] == ".list":
            kind = _TOP
    return Selector(css, kind)


def _kind(names: list[str], text: str, *, inside: bool) -> Kind:
    """The kind of one compound selector. Classes of two kinds cannot be combined."""
    first = names[0]
    others = [each for each in names[1:] if each[0] != ":"]
    if first in _ELEMENTS and inside and not others:
        return _ELEMENTS[first]
    is_badge = first == ".badge" and all(map(_BADGE.fullmatch, others))
    if first in _KINDS and (is_badge or not others):
        return _KINDS[first]
    if _BADGE.fullmatch(first) and not others:
        return _PART
    raise Refused("selector", text)


def _parts(tokens: list[Any], text: str) -> list[tuple[str, list[str]]]:
    """The compound selectors, each with the combinator before it."""
    found: list[tuple[str, list[str]]] = []
    joint, names = "", list[str]()
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        if token.type in ("whitespace", "comment") or token in (">", "+"):
            if names:
                found.append((joint, names))
                joint, names = " ", []
            if token in (">", "+"):
                if joint != " ":  # nothing or another combinator before it
                    raise Refused("selector", text)
                joint = token.value
        elif token.type == "hash":
            names.append(f"#{token.value}")
        elif token in (".", ":") and rest and rest[0].type == "ident":
            names.append(_named(token.value, rest.pop(0), text, first=not names and not found))
        elif token.type == "ident" and not names:
            names.append(token.lower_value)
        else:
            raise Refused("selector", text)
    if not names and joint != " ":
        raise Refused("selector", text)
    return [*found, (joint, names)] if names else found


def _named(mark: str, token: Any, text: str, *, first: bool) -> str:
    if mark == ".":
        return f".{token.value}"
    state = token.lower_value
    if state not in _STATES and not (first and state == "root"):
        raise Refused("selector", text)
    return f":{state}"
