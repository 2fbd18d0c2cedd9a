"""Our own format: JSON lines, complete and lossless; docs/formats.md describes each line.

The last line counts the records before it, so that truncation is detected. Nothing depends on when
or where the file was written: the same data gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from ...core.errors import Invalid
from .. import codec
from ..importing.source import DEFAULT_LIMITS, Limits, opened
from ..importing.streams import json_lines
from ..records import Break, CommentRecord, Item, Problem, Record, ThreadRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME = "commentsvc"
VERSION = 1


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Everything in an export in our own format. Raises `Invalid` for a newer version."""
    found = {"threads": 0, "comments": 0}
    ended = False
    with opened(path, limits) as stream:
        for number, value in json_lines(stream):
            where = f"line {number}"
            kind = value.get("kind") if isinstance(value, dict) else None
            if isinstance(value, Problem):
                yield Break(value)
            elif kind == NAME:
                _check_version(value)
            elif kind == "end":
                ended = True
                yield from _check_counts(value, found, where)
            else:
                yield from _one(value, found, where)
    if not ended:
        yield Break(Problem("cut_off", "", "its last line is missing, so it was cut off"))


def _one(value: Any, found: dict[str, int], where: str) -> Iterator[Item]:
    try:
        record = codec.from_json(value)
    except Invalid as error:
        yield Problem("shape", where, error.detail)
        return
    found["threads"] += isinstance(record, ThreadRecord)
    found["comments"] += isinstance(record, CommentRecord)
    yield record


def _check_version(value: dict[str, Any]) -> None:
    version = value.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise Invalid("invalid.file.version", version=str(version)[:20], most=str(VERSION))


def _check_counts(value: dict[str, Any], found: dict[str, int], where: str) -> Iterator[Item]:
    for name, many in found.items():
        if value.get(name) != many:
            what = f"it says {str(value.get(name))[:20]} {name}, but {many} could be read"
            yield Break(Problem("count", where, what))


def write(records: Iterable[Record], out: BinaryIO) -> None:
    """Write `records` with a head and an end line."""
    found = {"threads": 0, "comments": 0}
    _line(out, {"kind": NAME, "version": VERSION})
    for record in records:
        found["threads"] += isinstance(record, ThreadRecord)
        found["comments"] += isinstance(record, CommentRecord)
        _line(out, codec.as_json(record))
    _line(out, {"kind": "end", **found})


def _line(out: BinaryIO, value: dict[str, Any]) -> None:
    out.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
