"""ZIP archives, as some services and computers pack an export."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, BinaryIO, cast

from ..core.errors import Invalid
from ..core.shown import one_line
from .records import Broken

if TYPE_CHECKING:
    import io

#: How one begins: with a file, or empty.
MARKS = (b"PK\x03\x04", b"PK\x05\x06")
Damaged = zipfile.BadZipFile
_BESIDE = ("readme", "license", "thumbs.db", "desktop.ini")
_MOST_FILES = 1000
_MOST_SHOWN = 5


def only_file(archive: BinaryIO, name: str) -> io.BufferedIOBase:
    """The content of the one file in an archive called `name`, whatever a computer has put beside it.
    Raises `Invalid` for several, none, or a password, `Broken` for a damaged archive."""
    try:
        with_all = zipfile.ZipFile(archive)
        names = [each for each in with_all.namelist()[:_MOST_FILES] if not _is_beside(each)]
        if len(names) == 1:
            return cast("io.BufferedIOBase", with_all.open(names[0]))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Broken("zip", "", f"the zip archive is damaged ({error})") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, an unknown compression
        raise Invalid("invalid.file.zip_closed", name=name) from error
    shown = one_line(", ".join(names[:_MOST_SHOWN]))[:200]
    raise Invalid("invalid.file.zip", name=name, found=shown or "—")


def _is_beside(name: str) -> bool:
    """Whether it is a folder, or no export."""
    folders, _, file = name.rpartition("/")
    return (
        not file
        or file.startswith((".", "_"))
        or "__MACOSX" in folders
        or (file.casefold().startswith(_BESIDE))
    )
