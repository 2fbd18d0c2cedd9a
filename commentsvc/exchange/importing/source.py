"""Opening a foreign file: gzip and ZIP unpacked, sizes limited, nothing fetched."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from ...core.errors import Invalid
from .. import zipped
from ..records import Break, Broken, Problem
from .mending import Mending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..records import Item

MIB = 1024 * 1024
_START = 4096  # bytes from which the encoding is detected


@dataclass(frozen=True)
class Limits:
    """Size limits for a foreign file, in bytes. A file over them is refused as a whole."""

    file: int = 4096 * MIB  # on disk
    unpacked: int = 8192 * MIB  # after gzip
    ratio: int = 200  # unpacked : packed, once `ratio_from` is passed; text packs 5 to 20 times
    ratio_from: int = 32 * MIB
    entry: int = 32 * MIB  # one post, one line, one JSON object
    #: Repairs in each file that was opened with these limits.
    mended: dict[Path, Counter[str]] = field(default_factory=dict, compare=False)


DEFAULT_LIMITS = Limits()


class Bounded(io.RawIOBase):
    """A readable stream that counts bytes and stops at the limits.

    A parser calls `entry_done` after each entry; a single entry may not exceed `limits.entry`
    bytes, so memory is bounded whatever the file contains.
    """

    def __init__(self, stream: io.BufferedIOBase, limits: Limits, packed: BinaryIO | None) -> None:
        super().__init__()
        self._stream, self._limits, self._packed = stream, limits, packed
        self._total = self._entry_start = 0
        self._mending: Mending | None = None
        self._ready = b""  # repaired, not read yet
        self._ended = False
        self._damage: Broken | None = None  # raised after everything before it has been read
        self.line_ended = True  # whether the bytes read so far end with a line break

    @property
    def mended(self) -> Counter[str]:
        """Repairs so far, by kind."""
        return self._mending.counts if self._mending else Counter()

    def mend(self) -> None:
        """From now on, return UTF-8 text without anything invalid."""
        start = b""
        while len(start) < _START and (more := self._more(_START)):
            start += more
        self._mending = Mending(start)
        self._ready = self._mending.feed(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def read(self, size: int = -1) -> bytes:
        if size == 0:  # ijson does this to find out the kind of stream
            return b""
        if self._mending is None:
            return self._taken(size)
        while not self._ready and (more := self._more(64 * 1024)):
            self._ready = self._mending.feed(more)
        if not self._ready and not self._ended:
            self._ended = True
            self._ready = self._mending.feed(b"", final=True)
        size = len(self._ready) if size is None or size < 0 else size
        found, self._ready = self._ready[:size], self._ready[size:]
        if not found and self._damage is not None:
            raise self._damage
        self.line_ended = found.endswith(b"\n") if found else self.line_ended
        return found

    def _more(self, size: int) -> bytes:
        try:
            return b"" if self._damage else self._taken(size)
        except Broken as error:
            self._damage = error
            return b""

    def _taken(self, size: int) -> bytes:
        try:  # one piece at a time, to get everything before the damage
            found = self._stream.read1(64 * 1024 if size is None or size < 0 else size)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipped.Damaged) as error:
            kind = "gzip" if isinstance(self._stream, gzip.GzipFile) else "zip"
            raise Broken(kind, "", f"the {kind} archive is damaged ({error})") from error
        self._total += len(found)
        self._check()
        return found

    def entry_done(self) -> None:
        """An entry has been read completely."""
        self._entry_start = self._total

    def _check(self) -> None:
        limits = self._limits
        if self._total > limits.unpacked:
            raise Invalid("invalid.file.unpacked", n=limits.unpacked // MIB)
        if self._total - self._entry_start > limits.entry + 256 * 1024:
            raise Invalid("invalid.file.entry", n=limits.entry // MIB)
        if (
            self._packed
            and self._total > limits.ratio_from
            and self._total > self._packed.tell() * limits.ratio
        ):
            raise Invalid("invalid.file.ratio", n=limits.ratio)


@contextmanager
def opened(path: Path, limits: Limits = DEFAULT_LIMITS, *, raw: bool = False) -> Iterator[Bounded]:
    """The text of `path` in UTF-8, unpacked if it is gzip or a ZIP archive of one file, with anything
    invalid repaired and counted.

    `raw` gives its bytes unchanged. Raises `Invalid` if it is missing, not a plain file, too large,
    or implausibly compressed.
    """
    check_size(path, limits)
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        inner: io.BufferedIOBase = file
        if start.startswith(b"\x1f\x8b"):
            inner = gzip.GzipFile(fileobj=file)
        elif start in zipped.MARKS:
            inner = zipped.only_file(file, path.name)
        stream = Bounded(inner, limits, None if inner is file else file)
        if not raw:
            stream.mend()
            limits.mended[path] = stream.mended
        yield stream


def check_size(path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise `Invalid` if `path` is missing, not a plain file, or larger than `limits.file`."""
    try:
        if not path.is_file():
            raise Invalid("invalid.file.missing", name=path.name)
        size = path.stat().st_size
    except OSError as error:
        raise Invalid(
            "invalid.file.unreadable", name=path.name, error=str(error.strerror)
        ) from error
    if size > limits.file:
        raise Invalid(
            "invalid.file.too_large", name=path.name, n=size // MIB, most=limits.file // MIB
        )


def head(
    path: Path, size: int = 64 * 1024, limits: Limits = DEFAULT_LIMITS, *, whole: bool = False
) -> bytes:
    """The first bytes of the file's content, unpacked as far as possible; `whole` refuses damage
    among them. Raises like `opened`."""
    found = b""
    try:
        with opened(path, limits, raw=True) as stream:
            while len(found) < size and (more := stream.read(size - len(found))):
                found += more
    except Broken as error:
        if whole or not found:
            why = f"The file can’t be read: {error.problem.what}."
            raise Invalid("broken_file.nothing", why=why) from error
    return found[:size]


def open_end(stream: Bounded) -> Iterator[Problem]:
    """A Problem if the last line has no line end: nobody can tell whether more followed."""
    if not stream.line_ended:
        yield Problem(
            "open_end", "last line", "has no line break, so the file may have been cut off"
        )


def lines(stream: Bounded) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line without its end) for each line that is not blank."""
    number, begun = 0, list[bytes]()  # the pieces of an incomplete line
    while chunk := stream.read(64 * 1024):
        *whole, tail = chunk.split(b"\n")
        for found in whole:
            number += 1
            stream.entry_done()
            line = b"".join([*begun, found]).strip()
            begun.clear()
            if line:
                yield number, line
        begun.append(tail)
    if line := b"".join(begun).strip():
        yield number + 1, line


def named(path: Path, items: Iterator[Item]) -> Iterator[Item]:
    """The items of one file of several; its problems include its name."""
    try:
        for item in items:
            problem = item.problem if isinstance(item, Break) else item
            if not isinstance(problem, Problem):
                yield item
                continue
            told = replace(problem, where=f"{path.name}, {problem.where}".removesuffix(", "))
            yield Break(told) if isinstance(item, Break) else told
    except Broken as error:
        where = f"{path.name}, {error.problem.where}".removesuffix(", ")
        yield Break(replace(error.problem, where=where))
    except Invalid as error:
        yield Break(Problem("not_json", path.name, error.detail.rstrip(".")))
