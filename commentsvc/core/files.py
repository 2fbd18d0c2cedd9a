"""Files that ship with the code, and data files, which only their owner may access."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """The folder `static` or `migrations`: in the package in a wheel, beside it in a checkout."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Files that SQLite keeps beside a database.
_BESIDE = ("", "-wal", "-shm", "-journal")


def data_folder(path: Path) -> None:
    """Create our data folder, closed to others. A folder shared on purpose (sticky or setgid), a
    home directory, the root, or a folder that is not ours keeps its mode."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared = path.stat().st_mode & (stat.S_ISVTX | stat.S_ISGID)
    if not shared and path.resolve() not in (Path.home(), Path(path.resolve().anchor)):
        close_to_others(path)
    close_to_others(*own_files(path))


def own_files(data: Path) -> list[Path]:
    """The files in our data folder, except a database configured elsewhere."""
    databases = (data / "comments.db", data / "queue.db")
    beside = [each for database in databases for each in database_files(database)]
    emails = (data / "emails.txt", data / "emails.old.txt")
    warnings = (data / "warnings.jsonl", data / "warnings.old.jsonl")
    locks = (data / "upgrade.lock", data / "run.lock")
    return [
        data / "secret_key",
        data / "toxicity_backend",
        uploads(data),
        data / "backups",
        *warnings,
        *locks,
        *emails,
        *beside,
    ]


def noted(path: Path) -> str:
    """The text of a small data file; empty if there is no such file."""
    return path.read_text("utf-8").strip() if path.is_file() else ""


def uploads(data: Path) -> Path:
    """The folder of uploaded files waiting for import."""
    return data / "uploads"


def database_files(path: Path) -> list[Path]:
    """A SQLite database and the files beside it, whether or not they exist."""
    return [path.with_name(path.name + each) for each in _BESIDE]


def made_closed(name: str) -> None:
    """Create a file closed to others, whatever the umask, or close an existing one and the files
    that SQLite keeps beside it. SQLite gives new files beside it the same mode."""
    if name.startswith((":", "file:")):  # in memory, or no path
        return
    with suppress(OSError):  # it exists, or the next open reports the error
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    close_to_others(*database_files(Path(name)))


def close_to_others(*paths: Path) -> None:
    """Remove the access of others to these files, if they are ours."""
    for path in open_to_others(paths):
        with suppress(OSError):  # `check` reports files that stay open
            if path.stat().st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)


def open_to_others(paths: Iterable[Path]) -> list[Path]:
    """Those that others may read, write or enter."""
    found = []
    for path in paths:
        with suppress(OSError):  # no such file
            if path.stat().st_mode & _OTHERS:
                found.append(path)
    return found


def made_once(path: Path, text: str) -> str:
    """The content of the file, created with this text if missing, readable only by its owner.
    Raises `OSError`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # it existed, or another process was faster
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return text
