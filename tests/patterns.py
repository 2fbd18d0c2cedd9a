"""Every regular expression of the code, and texts that may be hard for it, derived from the pattern
itself: its repeats, many times, started and never finished."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass, is_dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from re import _constants as ops
from re import _parser as parser
from typing import TYPE_CHECKING, Any

import commentsvc

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(commentsvc.__file__).parent
_SEARCHING = ("search", "sub", "subn", "findall", "finditer", "split")
_AT_THE_START = ("match", "fullmatch")
_MANY = 16  # fewer repeats are no danger
_CLASSES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_TRIED = "a0 .-_/:@'\"<&=\n,;é\u200d\u0301(["


@dataclass(frozen=True)
class Found:
    """A pattern, its place, and whether it is only tried at the start of a text."""

    where: str
    pattern: re.Pattern[str]
    at_the_start: bool


@cache
def every_pattern() -> list[Found]:
    """Each pattern once, also those made by functions without arguments or used in place."""
    found: dict[tuple[str, int, bool], Found] = {}
    for info in pkgutil.walk_packages(commentsvc.__path__, "commentsvc."):
        if info.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(info.name)
        except ImportError:  # installed in few places only
            continue
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                if isinstance(pattern.pattern, str):
                    start = _is_at_the_start(name, source)
                    one = Found(f"{info.name}.{name}", pattern, start)
                    found.setdefault((pattern.pattern, pattern.flags, start), one)
        for one in _written_in_place(info.name, source):
            found.setdefault((one.pattern.pattern, one.pattern.flags, one.at_the_start), one)
    return list(found.values())


def _is_at_the_start(name: str, source: str) -> bool:
    methods = set(re.findall(rf"\b{re.escape(name)}(?:\(\))?\s*\.(\w+)", source))
    return bool(methods & set(_AT_THE_START)) and not methods & {*_SEARCHING, "pattern"}


def _patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 5:
        for each in _parts_of(value):
            yield from _patterns_in(each, depth + 1)


def _parts_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if inspect.isclass(value) or is_dataclass(value):
        ours = getattr(value, "__module__", "").startswith("commentsvc")
        return list(vars(value).values()) if ours and hasattr(value, "__dict__") else []
    makes = str(getattr(value, "__annotations__", {}).get("return", ""))
    if callable(value) and "Pattern" in makes and not inspect.signature(value).parameters:
        return [value()]
    return []


def _written_in_place(module: str, source: str) -> Iterator[Found]:
    """`re.search("…", text)`."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in (*_SEARCHING, *_AT_THE_START)
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            at_the_start = node.func.attr in _AT_THE_START
            pattern = re.compile(node.args[0].value)
            yield Found(f"{module}:{node.lineno}", pattern, at_the_start)


# --- texts ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """A text of any length: its start, the part that repeats, its end."""

    begin: str
    pump: str
    end: str

    def text(self, length: int) -> str:
        """A text of about this many characters."""
        return (self.begin + self.pump * (length // len(self.pump) + 1))[:length] + self.end


def recipes(pattern: re.Pattern[str]) -> list[Recipe]:
    """The texts that may be hard for this pattern."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    return [Recipe(*each) for each in dict.fromkeys(_recipes(tree)) if each[1]]


def _recipes(tree: Any) -> Iterator[tuple[str, str, str]]:
    """(start, the part that repeats, end)"""
    signs = list(dict.fromkeys(_signs(tree)))[:14]
    for sign in signs:
        yield "", sign, ""
        yield "", sign, "\n\0"
    for one, other in list(combinations(signs, 2))[:12]:
        yield "", one + other, "\0"
    for full in (True, False):
        whole = _sample(tree, full=full)
        yield "", whole, ""
        yield "", whole, " ;x"
        yield "", whole[:-1], ""
        yield "", whole[:-1] + " ", ""
    for begin, pumps in _repeats("", tree):
        for pump in pumps:
            yield begin, pump, "\0"
            yield begin, pump, " \n"
            yield "", begin + pump, "\0"
            yield "", begin + pump, " ;x"
            yield "", (begin + pump) * 2 + " ", ""


def _repeats(begin: str, tree: Any) -> Iterator[tuple[str, list[str]]]:
    """Each part that may repeat many times, and what can precede it."""
    for op, value in tree:
        if op in _REPEATS:
            _, most, body = value
            if most >= _MANY:
                pumps = [_sample(body, full=True), _sample(body, full=False)]
                pumps += [sign for sign in _signs(body)][:5]
                yield begin, list(dict.fromkeys(each for each in pumps if each))
            yield from _repeats(begin, body)
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from _repeats(begin, branch)
        elif op is ops.SUBPATTERN:
            yield from _repeats(begin, value[3])
        elif op is ops.ATOMIC_GROUP:
            yield from _repeats(begin, value)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from _repeats(begin, value[1])
        begin += _sample([(op, value)], full=True)


def _signs(tree: Any) -> Iterator[str]:
    for op, value in tree:
        if op in _REPEATS:
            yield from _signs(value[2])
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from _signs(branch)
        elif op is ops.SUBPATTERN:
            yield from _signs(value[3])
        elif op is ops.ATOMIC_GROUP:
            yield from _signs(value)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from _signs(value[1])
        elif op is ops.IN:
            yield from _members(value)[:4]
        else:
            yield _sample([(op, value)], full=True)


def _sample(tree: Any, *, full: bool) -> str:
    """A text that the tree matches, or nearly; `full`: with optional parts."""
    return "".join(_one(op, value, full=full) for op, value in tree)


def _one(op: Any, value: Any, *, full: bool) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is ops.ANY:
        return "a"
    if op is ops.IN:
        return next(iter(_members(value)), "")
    if op in _REPEATS:
        least, most, body = value
        times = max(least, 1) if full and most else least
        return _sample(body, full=full) * min(int(times), 64)
    if op is ops.BRANCH:
        return _sample(value[1][0 if full else -1], full=full)
    if op is ops.SUBPATTERN:
        return _sample(value[3], full=full)
    if op is ops.ATOMIC_GROUP:
        return _sample(value, full=full)
    if op is ops.ASSERT and value[0] < 0:
        return _sample(value[1], full=full)
    return ""


def _members(items: Any) -> list[str]:
    """A few characters of a set."""
    negated = items[0][0] is ops.NEGATE
    named = [chr(value if op is ops.LITERAL else value[0]) for op, value in items
             if op in (ops.LITERAL, ops.RANGE)]  # fmt: skip
    tried = dict.fromkeys((*_TRIED, *named[:40]) if negated else (*named[:6], *_TRIED, *named[:40]))
    return [char for char in tried if _is_in(char, items) != negated]


def _is_in(char: str, items: Any) -> bool:
    for op, value in items:
        if (
            (op is ops.LITERAL and ord(char) == value)
            or (op is ops.RANGE and value[0] <= ord(char) <= value[1])
            or (op is ops.CATEGORY and re.match(_CLASSES[value], char))
        ):
            return True
    return False
