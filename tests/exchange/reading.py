"""How the tests of this folder read a file: everything of it, in small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commentsvc.exchange.formats import read
from commentsvc.exchange.records import CommentRecord, Record, ThreadRecord

SAMPLES = Path(__file__).parent / "samples"


@dataclass
class Result:
    """What a file gave."""

    records: list[Record]
    counts: dict[str, int]
    kinds: dict[str, int]
    broken: str | None
    nothing: bool = False  # refused because nothing in it was understood

    @property
    def threads(self) -> dict[str, ThreadRecord]:
        return {item.source_id: item for item in self.records if isinstance(item, ThreadRecord)}

    @property
    def comments(self) -> dict[str, CommentRecord]:
        return {item.source_id: item for item in self.records if isinstance(item, CommentRecord)}


def result(path: Path | str, name: str | None = None) -> Result:
    """Read a file, or a sample by its name, to its end."""
    path = SAMPLES / path if isinstance(path, str) else path
    with read(path, name) as reading:
        return Result(
            list(reading),
            dict(reading.counts),
            dict(reading.kinds),
            reading.broken,
            reading.nothing is not None,
        )
