"""Whether the command line of an import still runs. It holds a lock on a file, which ends with its
process, so that an import killed here can be repeated at once. On other machines, there is no file."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from ...core.files import uploads
from ...settings import settings

if TYPE_CHECKING:
    from pathlib import Path


class Alive:
    """The lock of a running import, by its public ID."""

    def __init__(self, public_id: str) -> None:
        self._path = path_of(public_id)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def end(self, *, said: bool) -> None:
        """Release the lock. Delete its file if the end was `said`, that is, recorded: without the
        file, an import that seems to be running runs on another machine."""
        if said:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._file)


def has_died(public_id: str) -> bool:
    """Whether the import ran on this machine and its process has ended without saying so."""
    try:
        file = os.open(path_of(public_id), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def path_of(public_id: str) -> Path:
    """The file that the import locks."""
    return uploads(settings().data_dir) / f"{public_id}.running"
