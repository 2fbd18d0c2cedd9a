"""How damage in a backup is told: as one kind of error, however it shows."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ..errors import DomainError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Errors from values that a column or a driver does not take.
_NOT_FITTING = (SQLAlchemyError, TypeError, OverflowError)

#: Errors from reading a file that is a damaged, truncated or encrypted zip, or no zip.
DAMAGED = (
    *(OSError, EOFError, KeyError, ValueError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)


@contextmanager
def damage_told(table: str) -> Iterator[None]:
    """Raise `Invalid` for unreadable data or rows that do not fit, but not for a full disk."""
    try:
        yield
    except (OperationalError, DomainError):
        raise
    except (*DAMAGED, *_NOT_FITTING) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Invalid("invalid.backup_damaged", table=table) from error
