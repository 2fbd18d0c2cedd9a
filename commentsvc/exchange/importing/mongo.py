"""Files of programs that store comments in MongoDB: documents one per line or in lists, with dates
and numbers in MongoDB's extended JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records import Problem
from .source import Limits, open_end, opened
from .streams import is_lines, json_lines, json_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_NUMBERS = ("$numberLong", "$numberInt", "$numberDouble")


def plain(value: Any) -> Any:
    """A value without MongoDB's wrapping: `{"$date": …}`, `{"$oid": …}`, `{"$numberLong": …}`."""
    for _ in range(2):  # a date may contain a number
        if not isinstance(value, dict) or len(value) != 1:
            break
        (name, inner), *_rest = value.items()
        if name == "$oid" or (name == "$date" and not isinstance(inner, bool)) or name in _NUMBERS:
            value = inner
    return value


def documents(
    path: Path, lists: Collection[str], limits: Limits
) -> Iterator[dict[str, Any] | Problem]:
    """The documents in a file: one per line, in a list, in several consecutive lists, or in the
    members of one object named in `lists`."""
    if is_lines(path, limits):
        yield from _of_lines(path, limits)
        return
    with opened(path, limits) as stream:
        parts = json_parts(
            stream, lambda where: where == () or (len(where) == 1 and where[0] in lists), many=True
        )
        for where, value in parts:
            if where[-1:] == ("*",) and isinstance(value, dict):
                yield value
            elif where[-1:] == ("*",):
                yield Problem("shape", "list", "contains something that is not a document")


def _of_lines(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Problem]:
    with opened(path, limits) as stream:
        for number, value in json_lines(stream):
            if isinstance(value, dict | Problem):
                yield value
            else:
                yield Problem("shape", f"line {number}", "is not a document")
        yield from open_end(stream)
