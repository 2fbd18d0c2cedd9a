"""Files that wait for their import: in a private folder, for a day at most."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

from ...core import clock
from ...core.errors import NotFound, Unavailable
from ...core.files import uploads
from ...core.ids import new_id
from ...settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEPT = timedelta(days=1)


def keep(save: Callable[[BinaryIO], None]) -> str:
    """Store what `save` writes; returns its new name. Raises `Unavailable` if there is no room."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    name = new_id()
    try:
        number = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as out:
            save(out)
    except OSError as error:
        drop(name)
        raise Unavailable("unavailable.no_room", error=error.strerror or "") from error
    return name


def find(name: str) -> Path:
    """The path of a stored file. Raises `NotFound` if it is gone, or is on another machine."""
    path = _folder() / name
    if not path.is_file():
        raise NotFound("not_found.kept_file")
    return path


def drop(name: str) -> None:
    """Delete a file, if it exists."""
    with suppress(OSError):
        (_folder() / name).unlink()


def drop_old() -> None:
    """Delete files older than a day."""
    oldest = (clock.now() - KEPT).timestamp()
    folder = _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _folder() -> Path:
    return uploads(settings().data_dir)
