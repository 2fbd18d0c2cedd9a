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
        whole = zipfile.ZipFile(archive)
        entries = whole.infolist()
        exports = [each for each in entries[:_MOST_FILES] if not _is_beside(each.filename)]
        if len(exports) == 1 and len(entries) <= _MOST_FILES:
            if exports[0].compress_type not in _READ:
                raise Invalid("invalid.file.zip_closed", name=name)
            return cast("io.BufferedIOBase", whole.open(exports[0]))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Broken("zip", "", f"the zip archive is damaged ({error})") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, or another encryption
        raise Invalid("invalid.file.zip_closed", name=name) from error
    shown = one_line(", ".join(each.filename for each in exports[:_MOST_SHOWN]))[:200]
    raise Invalid("invalid.file.zip", name=name, found=shown or "—")


def _is_beside(name: str) -> bool:
    """Whether it is a folder, or no export."""
    folders, _, file = name.rpartition("/")
    return (
        not file
        or file.startswith((".", "_"))
        or "__MACOSX" in folders
        or file.casefold().startswith(_BESIDE)
    )
