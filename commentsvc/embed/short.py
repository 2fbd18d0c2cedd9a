"""Scripts for other people's pages, as short as they can be without doing anything else: without blanks
that mean nothing, and with one or two letters for the names that a script itself declares.

It knows words, not scopes: a name gets the same letters everywhere, except where it names a property. So a
script may not declare a name that it also uses for something of the browser's, or have methods like
`{name() {}}`. A name that stands in braces by itself, as in `{name}`, stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*(?!\s*webpackIgnore).*?\*/)|/\*.*?\*/
    |[A-Za-z_$][\w$]*|\d[\w.]*|\.\d\w*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'
    |\?\.(?!\d)|\.\.\.|=>|\+\+|--|[^\w\s]""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*")
#: A piece of a template: from a backquote or the end of what was put in, to the next of these.
_PIECE = re.compile(r"[`}](?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)
#: What ends a value: a slash after it divides.
_VALUE = re.compile(r"(?:[\w$)\]}\"'`]|\+\+|--)$")
_BEFORE_VALUES = frozenset(
    ["return", "typeof", "case", "in", "of", "else", "void", "delete", "instanceof"]
)
#: Words of the language with as few letters as the names that we give.
_SHORT_WORDS = frozenset(["as", "do", "if", "in", "of"])
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


@lru_cache(maxsize=16)
def short(source: str) -> str:
    """The script, shorter."""
    tokens = ["", *_tokens(source), ""]
    names = _letters(tokens)
    text = ""
    for at, token in enumerate(tokens):
        said = token if _is_property(tokens, at) else names.get(token, token)
        text += f" {said}" if _run_together(text, said) else said
    return text


def _tokens(source: str) -> Iterator[str]:
    before, at = "", 0
    braces: list[int] = []  # that are open within each ${…}
    while at < len(source):
        found = None
        if source[at] == "`" or (source[at] == "}" and braces and not braces[-1]):
            found = _PIECE.match(source, at)
            assert found is not None
            braces = braces[: -1 if source[at] == "}" else None]
            braces += [0] if found[0].endswith("${") else []
        elif source[at] == "/" and (before in _BEFORE_VALUES or not _VALUE.search(before)):
            found = _REGEX.match(source, at)
        if found is None:
            found = _TOKEN.match(source, at)
            assert found is not None
            if braces:
                braces[-1] += {"{": 1, "}": -1}.get(found[0], 0)
        at = found.end()
        if found.re is not _TOKEN or not found["blank"]:
            before = found[0]
            yield before


def _is_property(tokens: Sequence[str], at: int) -> bool:
    """Whether a word names a property: after a point, or before a colon in an object."""
    before = tokens[at - 1]
    return before in (".", "?.") or (before in ("{", ",") and tokens[at + 1] == ":")


def _letters(tokens: Sequence[str]) -> dict[str, str]:
    """The names that the script declares, with few letters for the most frequent ones."""
    used = Counter(each for each in tokens if _WORD.fullmatch(each))
    names = _declared(tokens) - _in_braces(tokens)
    taken = {*used, *_SHORT_WORDS}
    free = (each for number in count() if (each := _counted(number)) not in taken)
    return dict(zip(sorted(names, key=lambda name: (-used[name], name)), free, strict=False))


def _counted(number: int) -> str:
    more, last = divmod(number, len(_LETTERS))
    return (_LETTERS[more - 1] if more else "") + _LETTERS[last]


def _declared(tokens: Sequence[str]) -> set[str]:
    """What stands after `let` and its like, or in the brackets of a function."""
    found = set[str]()
    for at, token in enumerate(tokens):
        if token in ("let", "const", "var", "function"):
            found.add(tokens[at + 1])
        elif token == "=>" and tokens[at - 1] != ")":
            found.add(tokens[at - 1])
        elif token == "=>":
            found |= _given(tokens, _opening(tokens, at - 1))
        elif token == "(" and "function" in tokens[max(0, at - 2) : at]:
            found |= _given(tokens, at)
    return {each for each in found if _WORD.fullmatch(each)}


def _opening(tokens: Sequence[str], at: int) -> int:
    """Where the bracket opens that closes here."""
    depth = 0
    while True:
        depth += (tokens[at] in _CLOSING) - (tokens[at] in _OPENING)
        if not depth:
            return at
        at -= 1


def _given(tokens: Sequence[str], at: int) -> set[str]:
    """The parameters in the brackets that open here: what comes first, or after a comma."""
    found, depth = set[str](), 0
    while True:
        depth += (tokens[at] in _OPENING) - (tokens[at] in _CLOSING)
        if not depth:
            return found
        if depth == 1 and tokens[at] in ("(", ",", "..."):
            found.add(tokens[at + 1])
        at += 1


def _in_braces(tokens: Sequence[str]) -> set[str]:
    """Names that are properties as well: `{name}`, `{name, …}`."""
    found, around = set[str](), [""]
    for at, token in enumerate(tokens):
        if token[:1] == "}" or token in _CLOSING:
            around = around[:-1] or [""]
        if token in _OPENING or token.endswith("${"):
            around.append(token)
        alone = tokens[at - 1] in ("{", ",") and tokens[min(at + 1, len(tokens) - 1)] in (
            ",",
            "}",
            "=",
        )
        if around[-1] == "{" and alone:
            found.add(token)
    return found


def _run_together(text: str, said: str) -> bool:
    """Whether this would be read as one with what stands before it."""
    if text[-1:] in ("+", "-") and text[-1:] == said[:1]:
        return True
    return bool(re.match(r"[\w$]", said) and re.search(r"[\w$]$", text))
