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
#: Other compressions unpack a whole block at once, however large: they cannot be bounded.
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_FILES = 1000
_MOST_SHOWN = 5


def only_file(archive: BinaryIO, name: str) -> io.BufferedIOBase:
    """The content of the only file in an archive called `name`; what computers add beside it does
    not count. Raises `Invalid` for several files, none, a password or an unusual compression,
    `Broken` for a damaged archive."""
    try:
        with_all = zipfile.ZipFile(archive)
        names = [each for each in with_all.namelist()[:_MOST_FILES] if not _is_beside(each)]
        if len(names) == 1 and len(with_all.infolist()) <= _MOST_FILES:
            if with_all.getinfo(names[0]).compress_type not in _READ:
                raise Invalid("invalid.file.zip_closed", name=name)
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
