"""Fetch published models, with progress, resuming broken downloads, and check their hashes."""

from __future__ import annotations

import hashlib
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .variants import Variant, bring

if TYPE_CHECKING:
    from pathlib import Path

Tell = Callable[[str, int, int | None], None]  # (file, bytes so far, bytes in total)

_TIMEOUT = 30.0
_CHUNK = 256 * 1024
_SPARE = 50 * 1024 * 1024  # bytes left free on the disk
_ETAG = re.compile(r'(?:W/)?"([0-9a-f]{40}|[0-9a-f]{64})"')


class CannotFetch(Exception):
    """A file could not be fetched; the message says what to do."""


def fetch(
    variant: Variant, folder: Path, *, mirror: str | None = None, tell: Tell | None = None
) -> list[Path]:
    """Fetch all files of a published model into its folder; existing files are left alone.

    `mirror` is an address under which the files lie by their own names. Raises `CannotFetch`.
    """
    brought = []
    for name, url in variant.urls.items():
        target = folder / name
        if not target.is_file():
            address = f"{mirror.rstrip('/')}/{name}" if mirror else url
            wanted = variant.hash_begins if name == variant.file_name else ""
            try:
                _bring(address, target, wanted, tell)
            except (OSError, urllib.error.URLError) as error:
                raise CannotFetch(f"{_why(address, error)}\n{bring(folder, variant)}") from error
        brought.append(target)
    return brought


def _bring(url: str, target: Path, wanted: str, tell: Tell | None) -> None:
    """Fetch one file, into `NAME.part` first, which a later try resumes."""
    part, mark = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.etag")
    answer = _open(url, part, mark)
    with answer:
        target.parent.mkdir(parents=True, exist_ok=True)
        go_on = answer.status == 206 and part.exists()
        there = part.stat().st_size if go_on else 0
        length = answer.headers.get("Content-Length")
        total = there + int(length) if length else None
        etag = answer.headers.get("ETag") or ""
        mark.write_text(etag, "utf-8")
        _check_space(target, total, there)
        with part.open("ab" if go_on else "wb") as file:
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                there += len(chunk)
                if tell is not None:
                    tell(target.name, there, total)
    if total is not None and there != total:
        raise OSError(f"the connection ended after {there} of {total} bytes: try again to continue")
    mark.unlink()
    _check(part, wanted, etag)
    part.replace(target)


def _open(url: str, part: Path, mark: Path) -> Any:
    """The server's response, starting where an existing part ends."""
    headers = {"User-Agent": "commentsvc", "Accept-Encoding": "identity"}
    etag = mark.read_text("utf-8").strip() if mark.exists() else ""
    if part.exists() and part.stat().st_size and etag and not etag.startswith("W/"):
        headers["Range"] = f"bytes={part.stat().st_size}-"
        headers["If-Range"] = etag  # RFC 9110 13.1.5: if the file has changed, it is sent whole
    try:
        return urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=_TIMEOUT
        )
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
    part.unlink()  # not a part of this file, as it is longer
    return _open(url, part, mark)


def _check_space(target: Path, total: int | None, there: int) -> None:
    if total is None:
        return
    free, needed = shutil.disk_usage(target.parent).free, total - there + _SPARE
    if needed > free:
        raise OSError(f"the disk has {free // 2**20} MB left, but {needed // 2**20} MB are needed")


def _check(part: Path, wanted: str, etag: str) -> None:
    """Compare with the published hash: the start of the SHA-256 in the file's name, or the ETag if
    that is a SHA-256 or a Git object name."""
    found = _ETAG.fullmatch(etag)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    wrong = bool(wanted) and not digest.startswith(wanted)
    if found and len(found[1]) == 64:
        wrong = wrong or digest != found[1]
    elif found and not wanted:
        wrong = wrong or _git_name(part) != found[1]
    if wrong:
        part.unlink()
        raise OSError(f"its hash ({digest[:8]}…) is wrong, so it was removed")


def _git_name(path: Path) -> str:
    """Git's object name for these bytes (the ETag of small files on the hub)."""
    made = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


def _why(url: str, error: Exception) -> str:
    said = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return f"{url} could not be fetched: {said}."
