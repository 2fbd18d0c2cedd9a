"""The table of formats: which can be read and written, and the two functions to do it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from ...core.errors import Invalid
from ..importing.arrange import Reading
from ..importing.source import DEFAULT_LIMITS, Limits
from ..records import Skipped
from . import (
    artalk,
    commento,
    coral,
    disqus,
    facebook,
    giscus,
    graph,
    isso,
    own,
    remark42,
    spreadsheet,
    twikoo,
    wordpress,
)
from .detect import described, detect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from ..records import Item, Record

__all__ = ["FORMATS", "Format", "detect", "read", "write"]


#: Counts that show that a format understood something in a file.
_UNDERSTOOD = ("comments", "threads", "pingbacks", "other_kinds", "other_events", "without_text")


@dataclass(frozen=True)
class Format:
    """One format: its display name, how to read and write it, and its file suffix."""

    title: str
    read: Callable[[Path, Limits], Iterator[Item]] | None = None
    write: Callable[[Iterable[Record], BinaryIO], None] | None = None
    suffix: str = ""


FORMATS: dict[str, Format] = {
    own.NAME: Format("commentsvc (JSON lines, complete)", own.read, own.write, "jsonl"),
    facebook.NAME: Format("Facebook (saved Graph JSON)", facebook.read, graph.write, "json"),
    disqus.NAME: Format("Disqus (XML)", disqus.read),
    wordpress.NAME: Format("WordPress (WXR)", wordpress.read, wordpress.write, "xml"),
    isso.NAME: Format("Isso (SQLite or JSON)", isso.read),
    remark42.NAME: Format("Remark42 (backup or JSON)", remark42.read),
    commento.NAME: Format("Commento (JSON)", commento.read),
    artalk.NAME: Format("Artalk, Valine, Waline (JSON)", artalk.read),
    twikoo.NAME: Format("Twikoo (JSON)", twikoo.read),
    giscus.NAME: Format("Giscus (GitHub Discussions, JSON)", giscus.read),
    coral.NAME: Format("Coral (MongoDB collections, JSON)", coral.read),
    spreadsheet.NAME: Format("CSV for spreadsheets", spreadsheet.read, spreadsheet.write, "csv"),
}


def read(
    path: Path,
    name: str | None = None,
    *,
    now: datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Reading:
    """Read all of `path`; without `name`, detect the format by content. Use in a `with` block.

    `now` bounds the dates: later ones are a problem. Raises `Invalid` for a file that is refused as
    a whole (unknown format, declared entities, implausible sizes); a truncated file has `broken`
    set, and everything before the break is read.
    """
    name = name or detect(path, limits)
    chosen = FORMATS.get(name)
    if chosen is None or chosen.read is None:
        raise Invalid("invalid.format", name=name, names=tuple(FORMATS))
    if path.is_dir() and chosen is not FORMATS[facebook.NAME]:
        raise Invalid("invalid.file.folder")
    reading = Reading(_counted(chosen.read, path, replace(limits, mended={})), now=now)
    # our own exports may be empty (a site without comments); other files without content were not
    # understood
    understood = reading.broken or any(map(reading.counts.__getitem__, _UNDERSTOOD))
    if name != own.NAME and not understood:
        found = described(path, limits)
        reading.nothing = Invalid("invalid.file.nothing", format=chosen.title, found=found)
    return reading


def _counted(
    read: Callable[[Path, Limits], Iterator[Item]], path: Path, limits: Limits
) -> Iterator[Item]:
    """The items that a format reads, then the counts of repairs in the files."""
    try:
        yield from read(path, limits)
    finally:
        mended = sum(limits.mended.values(), Counter[str]())
        limits.mended.clear()
    yield from (Skipped(what, many) for what, many in mended.items())


def write(name: str, records: Iterable[Record], out: BinaryIO) -> None:
    """Write `records` (each thread followed by its comments) to `out`.

    Raises Invalid for a format that cannot be written.
    """
    chosen = FORMATS.get(name)
    if chosen is None or chosen.write is None:
        can = tuple(key for key, item in FORMATS.items() if item.write)
        raise Invalid("invalid.format.write", name=name, names=can)
    chosen.write(records, out)
