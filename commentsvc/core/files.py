"""Where the files lie that ship beside the code; and files of data, which are nobody else's."""

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
    """Where `static` or `migrations` are: inside the package in a wheel, beside it in a checkout."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Beside a database in SQLite's write-ahead mode.
_BESIDE = ("", "-wal", "-shm", "-journal")


def data_folder(path: Path) -> None:
    """Have the folder of our data, closed to others. One that others share on purpose (sticky, or with a
    group of its own), a home, or one that is not ours stays as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared = path.stat().st_mode & (stat.S_ISVTX | stat.S_ISGID)
    if not shared and path.resolve() not in (Path.home(), Path(path.resolve().anchor)):
        close_to_others(path)
    close_to_others(*own_files(path))


def own_files(data: Path) -> list[Path]:
    """What lies in the folder of our data, but for a database that is named elsewhere."""
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
    """What a small file of our data says; nothing where it is not there."""
    return path.read_text("utf-8").strip() if path.is_file() else ""


def uploads(data: Path) -> Path:
    """The folder of files that wait for their import."""
    return data / "uploads"


def database_files(path: Path) -> list[Path]:
    """A SQLite database and what lies beside it, whether or not it is there."""
    return [path.with_name(path.name + each) for each in _BESIDE]


def made_closed(name: str) -> None:
    """Have a file closed to others before it is opened, and what SQLite keeps beside it. Whatever umask
    says, one that is not there is made so; SQLite gives what it makes beside it the same mode."""
    if name.startswith((":", "file:")):  # in memory, or no path
        return
    with suppress(OSError):  # it is there, or whoever opens it next says why it cannot be
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    close_to_others(*database_files(Path(name)))


def close_to_others(*paths: Path) -> None:
    """Take away what others may do with these files, where they are ours."""
    for path in open_to_others(paths):
        with suppress(OSError):  # `check` says what stays open
            if path.stat().st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)


def open_to_others(paths: Iterable[Path]) -> list[Path]:
    """Those that somebody else may read, write or enter."""
    found = []
    for path in paths:
        with suppress(OSError):  # not there
            if path.stat().st_mode & _OTHERS:
                found.append(path)
    return found


def made_once(path: Path, text: str) -> str:
    """What the file holds: this text, if it was not there, readable by its owner alone. Raises `OSError`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # it was there, or another process was faster
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return text
