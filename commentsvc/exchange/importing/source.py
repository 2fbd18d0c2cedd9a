"""Opening a foreign file: gzip undone, sizes bounded, nothing fetched."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from ...core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIB = 1024 * 1024
Stream = BinaryIO | io.BufferedIOBase


@dataclass(frozen=True)
class Limits:
    """How much of a foreign file is believed, in bytes. Over it the file is refused as a whole."""

    file: int = 4096 * MIB  # on disk
    unpacked: int = 8192 * MIB  # after gzip
    ratio: int = 200  # unpacked : packed, once `ratio_from` is passed; text packs 5 to 20 times
    ratio_from: int = 32 * MIB
    entry: int = 32 * MIB  # one post, one line, one JSON object


DEFAULT_LIMITS = Limits()


class Bounded(io.RawIOBase):
    """A readable stream that counts what passes and refuses to go on past the limits.

    `entry_done` is called by a parser whenever it has finished an entry; a single entry may not
    take more than `limits.entry` bytes, so memory stays bounded whatever the file says.
    """

    def __init__(self, stream: Stream, limits: Limits, packed: BinaryIO | None) -> None:
        super().__init__()
        self._stream, self._limits, self._packed = stream, limits, packed
        self._total = self._entry_start = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def read(self, size: int = -1) -> bytes:
        if size == 0:  # ijson asks so what kind of stream this is
            return b""
        try:
            found = self._stream.read(64 * 1024 if size is None or size < 0 else size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Invalid("invalid.file.gzip", error=str(error)) from error
        self._total += len(found)
        self._check()
        return found

    def entry_done(self) -> None:
        """An entry has been read whole."""
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
def opened(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Bounded]:
    """The bytes of `path`, unpacked if it is gzip, behind a UTF-8 mark if it has one.

    Raises Invalid when it is missing, no plain file, too large, or packed beyond reason.
    """
    check_size(path, limits)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        inner: Stream = gzip.GzipFile(fileobj=file) if packed else file
        stream = Bounded(inner, limits, file if packed else None)
        yield _past_mark(stream)


def check_size(path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise Invalid when `path` is missing, no plain file, or larger than `limits.file`."""
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


def _past_mark(stream: Bounded) -> Bounded:
    """Skip a UTF-8 byte order mark; other marks are left for the parsers to know."""
    start = b""
    while len(start) < 3 and (more := stream.read(3 - len(start))):
        start += more
    if start != b"\xef\xbb\xbf":
        stream._stream = _Prepended(start, stream._stream)
        stream._total = 0
    return stream


class _Prepended(io.BufferedIOBase):
    """Bytes already read, put back in front of a stream."""

    def __init__(self, start: bytes, rest: Stream) -> None:
        super().__init__()
        self._start, self._rest = start, rest

    def read(self, size: int | None = -1, /) -> bytes:
        if self._start:
            found, self._start = self._start, b""
            return found
        return self._rest.read(-1 if size is None else size)


def head(path: Path, size: int = 64 * 1024, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The first bytes of what the file holds, unpacked. Raises like `opened`."""
    with opened(path, limits) as stream:
        found = b""
        while len(found) < size and (more := stream.read(size - len(found))):
            found += more
        return found[:size]


def lines(stream: Bounded) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line without its end) for each line that is not blank."""
    number, rest = 0, bytearray()
    while chunk := stream.read(64 * 1024):
        rest += chunk
        *whole, tail = rest.split(b"\n") if b"\n" in chunk else [rest]
        for found in whole:
            number += 1
            stream.entry_done()
            if found.strip():
                yield number, bytes(found).strip()
        rest = bytearray(tail)
    if rest.strip():
        yield number + 1, bytes(rest).strip()
