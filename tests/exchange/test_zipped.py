"""An export in a ZIP archive is read, and any other archive refused in words."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import detect, read
from commentsvc.exchange.importing.source import MIB, Limits
from tests.exchange.test_illegal import stored, wxr

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = b"PK\x01\x02\x14\x03\x14\x00\x00"  # in the list of files, up to whether one is encrypted
LOCKED = PLAIN[:-1] + b"\x01"


def packed(*files: tuple[str, str], cut: int = 0) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return found.getvalue()[: -cut or None]


def test_a_zip_archive_of_one_export_is_read(tmp_path: Path) -> None:
    beside = [
        ("__MACOSX/._a.xml", "x"),
        ("export/", ""),
        ("README.txt", "Hello."),
        (".DS_Store", ""),
    ]
    path = stored(tmp_path, packed(*beside, ("export/a.xml", wxr())))
    assert detect(path) == "wordpress"
    with read(path) as reading:
        assert reading.counts["comments"] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (packed(("a.xml", wxr()), ("b.xml", wxr())), "a.xml, b.xml"),
        (packed(("[Content_Types].xml", ""), ("word/document.xml", "")), "word/document.xml"),
        (packed(), "—"),
        (packed(("a.xml", wxr()), cut=30), "zip archive is damaged"),
        (b"PK\x03\x04" + b"x" * 50, "zip archive is damaged"),
        (packed(("a.xml", wxr())).replace(PLAIN, LOCKED), "protected with a password"),
    ],
    ids=["two", "a text document", "none", "cut", "junk", "password"],
)  # fmt: skip
def test_other_zip_archives_are_told_apart(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(Invalid) as refused, read(stored(tmp_path, content)):
        pass
    assert told in refused.value.detail


def test_a_zip_archive_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, packed(("a.xml", wxr(body=" " * 3 * MIB))))
    with pytest.raises(Invalid) as refused, read(path, limits=Limits(ratio_from=MIB)):
        pass
    assert refused.value.key == "invalid.file.ratio"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_cannot_be_bounded_is_refused(tmp_path: Path, method: int) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("a.xml", "w") as file:
        for _ in range(64):
            file.write(b" " * MIB)
    assert path.stat().st_size < MIB
    with pytest.raises(Invalid) as refused, read(path):
        pass
    assert refused.value.key == "invalid.file.zip_closed"


def test_an_export_behind_a_thousand_other_files_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(999):
            archive.writestr(f".{number}", b"")
        archive.writestr("a.xml", wxr())
        archive.writestr("b.xml", wxr())
    with pytest.raises(Invalid) as refused, read(path):
        pass
    assert refused.value.key == "invalid.file.zip"
