"""JSON as people type it into curl: unquoted names, single quotes, comments, trailing commas."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import orjson

from ...core.shown import one_line
from ...core.typed import named_twice

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LENIENT = 64 * 1024
"""Characters beyond which only strict JSON is read: nobody types more."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![\w$]))
    |(?P<word>[A-Za-z_$][\w$]*)
    |(?P<sign>[{}\[\]:,])
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERALS = {"true": "true", "false": "false", "null": "null", "undefined": "null"}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)


class NotJson(ValueError):
    """The text cannot be read as JSON, even leniently."""


def read(raw: bytes) -> Any:
    """The value of a body. Strict JSON is read at once; near-JSON is corrected first.

    Raises `NotJson`, also for text that is not UTF-8, for lone surrogates and for duplicate names
    in an object.
    """
    try:
        return _each_once(raw)
    except (orjson.JSONDecodeError, RecursionError):
        pass
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("the text is not UTF-8") from error
    if len(text) > MOST_LENIENT:
        raise NotJson("this is not JSON")
    try:
        return _each_once("".join(_strict(text)).encode())
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise NotJson("this is not JSON") from error


def _each_once(raw: bytes) -> Any:
    found = orjson.loads(raw)
    twice = named_twice(raw)
    if twice is not None:
        raise NotJson(f'the name "{one_line(twice)[:60]}" occurs twice in one object')
    return found


def _strict(text: str) -> Iterator[str]:
    """The pieces of the same value as strict JSON."""
    at, comma = 0, False
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotJson(f"there is something unexpected at character {at}")
        at = found.end()
        kind, piece = str(found.lastgroup), found[0]
        if kind == "space":
            continue
        if comma and piece not in ("}", "]"):
            yield ","
        comma = piece == ","
        if not comma:
            yield _as_strict(kind, piece, named=_is_name(text, at))


def _is_name(text: str, at: int) -> bool:
    """Whether a colon follows, so that the word before it is an object's name."""
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup != "space":
            return text[at] == ":"
        at = found.end()
    return False


def _as_strict(kind: str, piece: str, *, named: bool) -> str:
    if kind == "string":
        return _string(piece)
    if kind == "number":
        return json.dumps(piece) if named else repr(_number(piece))
    if kind == "word" and (named or piece not in _LITERALS):
        if not named:
            raise NotJson(f"{piece[:40]} is not a value")
        return json.dumps(piece)
    return _LITERALS.get(piece, piece)


def _number(piece: str) -> int | float:
    try:
        return int(piece)
    except ValueError:
        return float(piece)


def _string(piece: str) -> str:
    """A string in either kind of quotes, with JavaScript's escapes, as JSON."""
    inner = _ESCAPE.sub(_escape, piece[1:-1])
    if piece[0] == "'":
        inner = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', inner)
    return '"' + inner.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t") + '"'


def _escape(found: re.Match[str]) -> str:
    body = found[1]
    if body == "'":
        return "'"
    if body in ("\n", "\r\n"):  # a line continuation
        return ""
    if body[0] == "x" and len(body) == 3:
        return f"\\u00{body[1:]}"
    return found[0] if body in '"\\/bfnrtu' else body
