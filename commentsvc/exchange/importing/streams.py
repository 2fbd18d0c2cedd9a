"""XML, JSON and JSON lines, read piece by piece, so that a file of any size takes little memory."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLPullParser

import ijson
import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ...core.errors import Invalid
from ..records import Broken, Problem
from .source import Bounded, Limits, lines, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MAX_DEPTH = 400  # of JSON and XML; a reply takes two or three levels
MAX_NODES = 1_000_000  # in one JSON object that is read whole

_PIECE = 64 * 1024

Where = tuple[str, ...]


class Cut(dict[str, Any]):
    """A JSON object in which the file ends: its last member may be cut off too."""


def local(tag: Any) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def xml_entries(
    stream: Bounded, entries: Mapping[str, int], top: int
) -> Iterator[tuple[str, Element, list[Element]]]:
    """(local name, element, its ancestors) at the end of each element named in `entries`.

    `entries` says how many ancestors an element must have to count. Entries, and everything with at
    most `top` ancestors, are removed from the tree once they are done. Raises `Invalid` for a DTD,
    entities or an implausible depth, `Broken` where the XML stops being well-formed.
    """
    stack: list[Element] = []
    try:
        for event, element in _parsed(stream):
            if event == "start":
                stack.append(element)
                if len(stack) > MAX_DEPTH:
                    raise Invalid("invalid.file.depth", n=MAX_DEPTH)
                continue
            stack.pop()
            name = local(element.tag)
            wanted = entries.get(name) == len(stack)
            if wanted:
                yield name, element, stack
                stream.entry_done()
            if stack and (wanted or len(stack) <= top):
                del stack[-1][-1]
    except DefusedXmlException as error:
        raise Invalid("invalid.file.entities") from error
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(": line")[0]
        raise Broken("not_well_formed", f"line {line}, column {column}", what) from error


def _parsed(stream: Bounded) -> Iterator[tuple[str, Element]]:
    """Starts and ends of elements. A tag of many megabytes is rescanned with each piece, so pieces
    grow while they yield nothing."""
    parser = XMLPullParser(
        ("start", "end"),
        _parser=DefusedXMLParser(target=TreeBuilder(), encoding="utf-8", forbid_dtd=True),
    )
    most, damage = _PIECE, None
    while damage is None:
        pieces, size = list[bytes](), 0
        try:
            while size < most and (more := stream.read(_PIECE)):
                pieces.append(more)
                size += len(more)
            if not pieces:
                parser.close()
        except (Broken, ParseError) as error:
            damage = error  # everything before it comes first
        if pieces:
            parser.feed(b"".join(pieces))
        most *= 2
        for event in parser.read_events():
            most = _PIECE
            yield cast("tuple[str, Element]", event)
        if not pieces:
            break
    if damage is not None:
        raise damage


def json_parts(
    stream: Bounded, descend: Callable[[Where], bool], *, many: bool = False, cut: bool = False
) -> Iterator[tuple[Where, Any]]:
    """(path, value) for every value of a JSON document below the containers that are entered.

    A container whose path `descend` accepts is entered; all others are built whole. An
    element of an array has "*" in its path. `many` allows several consecutive documents. With
    `cut`, a truncated last value is yielded too, before `Broken` is raised: each unfinished
    object in it is a `Cut`. Raises `Broken` where the JSON is invalid, `Invalid` for
    implausible depths and sizes.
    """
    events = _events(stream, many)
    path: list[str] = []  # one name for each entered container
    for event, value in events:
        if event == "map_key":
            path[-1] = value
            continue
        if event in ("end_map", "end_array"):
            path.pop()
            stream.entry_done()
            continue
        if event in ("start_map", "start_array") and descend(tuple(path)):
            if len(path) > MAX_DEPTH:
                raise Invalid("invalid.file.depth", n=MAX_DEPTH)
            path.append("*")
            continue
        open_ends: list[Any] = []
        try:
            value = _built(events, event, value, open_ends)
        except Broken:
            if cut and open_ends:
                yield tuple(path), _marked(open_ends)
            raise
        yield tuple(path), value
        stream.entry_done()


def _events(stream: Bounded, many: bool) -> Iterator[tuple[str, Any]]:
    try:
        yield from ijson.basic_parse(stream, use_float=True, multiple_values=many)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Broken("not_json", "", str(error).strip().split("\n")[0]) from error
    except ValueError as error:  # a number with too many digits for Python
        raise Broken("not_json", "", str(error)) from error


def _marked(stack: list[Any]) -> Any:
    """The outermost of these nested open containers, with each object among them as a `Cut`."""
    inner = found = None
    for each in reversed(stack):
        if isinstance(each, list) and inner is not None:
            each[-1] = found
        elif isinstance(each, dict):
            each = Cut({key: found if item is inner else item for key, item in each.items()})
        inner, found = stack.pop(), each
    return found


def _built(events: Iterator[tuple[str, Any]], event: str, value: Any, stack: list[Any]) -> Any:
    """The value that begins with `event`, built from `events`. `stack` holds the open containers,
    outermost first."""
    if event not in ("start_map", "start_array"):
        return value
    root: Any = {} if event == "start_map" else []
    stack.append(root)
    keys: list[str] = [""]
    nodes = 0
    for event, value in events:
        nodes += 1
        if nodes > MAX_NODES:
            raise Invalid("invalid.file.values", n=MAX_NODES)
        if event == "map_key":
            keys[-1] = value
            continue
        if event in ("end_map", "end_array"):
            stack.pop()
            keys.pop()
            if not stack:
                return root
            continue
        if event in ("start_map", "start_array"):
            value = {} if event == "start_map" else []
        if isinstance(stack[-1], dict):
            stack[-1][keys[-1]] = value
        else:
            stack[-1].append(value)
        if event in ("start_map", "start_array"):
            stack.append(value)
            keys.append("")
            if len(stack) > MAX_DEPTH:
                raise Invalid("invalid.file.depth", n=MAX_DEPTH)
    raise Broken("not_json", "", "the file ends inside an object")


def json_lines(stream: Bounded) -> Iterator[tuple[int, Any | Problem]]:
    """(line number, its value, or a Problem if it is not JSON). Readers of formats without an end
    mark call `open_end` afterwards."""
    for number, line in lines(stream):
        try:
            yield number, orjson.loads(line)
        except orjson.JSONDecodeError as error:
            what = str(error).partition(": line")[0]
            yield number, Problem("not_json", f"line {number}", what)


def is_lines(path: Path, limits: Limits) -> bool:
    """Whether a file is JSON lines: an object fills its first line, and another line follows."""
    start, end = bytearray(), -1  # end: where the first line ends
    with suppress(Broken), opened(path, limits) as stream:
        while len(start) < limits.entry and (more := stream.read()):
            if end >= 0:  # only whitespace since the first line: not kept
                if more.strip():
                    start += more
                    break
                continue
            start += more if start else more.lstrip()
            if start and start[:1] != b"{":
                return False
            end = start.find(b"\n", max(len(start) - len(more), 0))
            if end >= 0 and start[end:].strip():
                break
    if end < 0 or not start[end:].strip():
        return False
    try:
        return isinstance(orjson.loads(start[:end]), dict)
    except orjson.JSONDecodeError:
        return False
