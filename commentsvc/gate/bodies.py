"""Reads request bodies without a waiting thread: limits on size, time and number."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE_SECONDS = 10.0  # any body may take this long …
BYTES_A_SECOND = 8 * 1024  # … plus the time for what has arrived at this rate
MOST_AT_ONCE = 1024
MOST_OF_ONE = 64  # per source; beyond that, its oldest upload is dropped
_IN_MEMORY = 64 * 1024


class TooLarge(Exception):
    """The body exceeds the limit."""


class TooSlow(Exception):
    """The body did not arrive in time, or was dropped for others."""


class CutOff(Exception):
    """The client disconnected, so nobody reads a response."""


@dataclass
class _Upload:
    source: str
    limit: asyncio.Timeout


def declared(environ: dict[str, Any]) -> int | None:
    """The declared length of the body: 0 for none, None if unknown (chunked, or not a number)."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class Uploads:
    """The bodies being received."""

    def __init__(self) -> None:
        self._open: dict[int, _Upload] = {}  # oldest first
        self._of: Counter[str] = Counter()
        self._number = 0

    async def read(self, proto: Any, size: int | None, most: int, source: str) -> IO[bytes]:
        """The whole body, positioned at its start. Raises `TooLarge`, `TooSlow` or `CutOff`."""
        if size is not None and size > most:
            raise TooLarge
        began = asyncio.get_running_loop().time()
        body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on
        got = ends = 0
        try:
            async with asyncio.timeout_at(began + GRACE_SECONDS) as limit:
                with self._counted(_Upload(source, limit)):
                    async for chunk in proto:
                        got += len(chunk)
                        ends += not chunk
                        if got > most:
                            raise TooLarge
                        body.write(chunk)
                        self._extend(limit, began + GRACE_SECONDS + got / BYTES_A_SECOND)
            # granian ends each body with an empty chunk, and one without a known length that broke
            # off (or that goes on with trailers, which nobody here reads) with another
            if got != size if size is not None else ends > 1:
                raise CutOff
        except BaseException as error:
            body.close()
            if isinstance(error, TimeoutError):
                raise TooSlow from None
            raise
        body.seek(0)
        return body

    def give_up(self) -> None:
        """Drop all of them, because the server is stopping."""
        for upload in list(self._open.values()):
            _end(upload)

    @staticmethod
    def _extend(limit: asyncio.Timeout, until: float) -> None:
        if (limit.when() or 0) > 0:  # else it has been dropped
            limit.reschedule(until)

    @contextmanager
    def _counted(self, upload: _Upload) -> Iterator[None]:
        self._make_way(upload.source)
        self._number += 1
        number = self._number
        self._open[number] = upload
        self._of[upload.source] += 1
        try:
            yield
        finally:
            del self._open[number]
            self._of[upload.source] -= 1
            if not self._of[upload.source]:
                del self._of[upload.source]

    def _make_way(self, source: str) -> None:
        going = None
        if self._of[source] >= MOST_OF_ONE:
            going = next(each for each in self._open.values() if each.source == source)
        elif len(self._open) >= MOST_AT_ONCE:
            going = next(iter(self._open.values()))
        if going is not None:
            _end(going)


def _end(upload: _Upload) -> None:
    if not upload.limit.expired():
        upload.limit.reschedule(0)
