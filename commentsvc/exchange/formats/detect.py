"""Detects a file's format by its content, never by its name."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import ijson

from ...core.errors import Invalid
from ...core.shown import one_line
from ..importing.source import DEFAULT_LIMITS, Limits, check_size, head
from . import isso, spreadsheet

if TYPE_CHECKING:
    from pathlib import Path

_MOST_WORDS = 12


def detect(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """The name of the format of `path`. Raises `Invalid` if it is unknown."""
    if path.is_dir():
        return "facebook"
    check_size(path, limits)
    start = head(path, limits=limits)
    name = _of_bytes(start)
    if name is None:
        head(path, limits=limits, whole=True)  # if it is damaged, say that instead
        if named := spreadsheet.other_columns(_lines(start)[0]):
            raise Invalid("invalid.file.columns", found=one_line(", ".join(named))[:200])
        raise Invalid("invalid.file.unknown", name=path.name)
    return name


def described(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """A few words from a file that describe it: members of its JSON, its title, its elements."""
    if path.is_dir():
        return ", ".join(sorted(each.name for each in path.iterdir())[:_MOST_WORDS]) or "—"
    start = head(path, limits=limits)
    text = start.decode("utf-8", "replace").removeprefix("\ufeff")
    if start.startswith(isso.MAGIC):
        words = ["SQLite"]
    elif title := re.search(r"<title[^<>]*>([^<]+)", text, re.IGNORECASE):
        words = [f"“{one_line(title[1])}”"]
    elif text.lstrip()[:1] == "<":
        words = [f"<{name}>" for name in dict.fromkeys(re.findall(r"<([A-Za-z][\w:.-]*)", text))]
    elif text.lstrip()[:1] in ("{", "["):
        words = sorted(each for each in _keys(start) if "=" not in each)
    else:
        words = [text.strip()[:60]]
    return one_line(", ".join(words[:_MOST_WORDS]))[:200] or "—"


def _of_bytes(start: bytes) -> str | None:
    if start.startswith(isso.MAGIC):
        return "isso"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.decode("utf-16", "replace").encode()
    start = start.removeprefix(b"\xef\xbb\xbf")
    begin = start.lstrip()[:1]
    if begin == b"<":
        return _of_markup(start)
    if begin in (b"{", b"["):
        return _of_keys(_keys(start), begin)
    if spreadsheet.separator(_lines(start)[0]):
        return "csv"
    # a server's warnings may precede the export
    return _of_markup(start) if b"<?xml" in start else None


def _lines(start: bytes) -> list[str]:
    """The first lines, without the one that Excel adds for itself."""
    lines = re.split(r"[\r\n]+", start.decode("utf-8-sig", "replace"), maxsplit=2)
    return lines[1:] or [""] if lines[0].startswith("sep=") else lines


def _of_markup(start: bytes) -> str | None:
    if re.search(rb"<disqus\b|http://disqus\.com", start):
        return "disqus"
    if re.search(rb"wordpress\.org/export/|<wp:", start):
        return "wordpress"
    if re.search(rb"<(?:!doctype html|html|head|body|noscript|ol|div|section|meta)\b", start, re.I):
        return "facebook"
    return None


def _of_keys(keys: set[str], begin: bytes) -> str | None:
    kinds = keys & {"kind=commentsvc"}
    if kinds:
        return "commentsvc"
    if "commentHex" in keys or "commenterHex" in keys:
        return "commento"
    if "locator" in keys or {"version", "users"} <= keys:
        return "remark42"
    if {"storyID", "revisions"} <= keys or {"tenantID", "createdAt"} <= keys:
        return "coral"
    if (
        "discussions" in keys
        or {"author", "replies", "upvoteCount"} <= keys
        or "discussion" in keys
    ):
        return "giscus"
    if "mailMd5" in keys or {"_id", "nick", "comment", "url"} <= keys:
        return "twikoo"
    valine = "objectId" in keys or {"Comment", "insertedAt"} <= keys or "type=waline" in keys
    if "page_key" in keys or (valine and ("comment" in keys or "Comment" in keys)):
        return "artalk"
    if "remote_addr" in keys or (begin == b"[" and {"comments", "author", "text"} <= keys):
        return "isso"
    facebook = {"created_time", "data", "paging", "entry", "like_count", "attachment", "message"}
    return "facebook" if keys & facebook or "og_object" in keys or "error" in keys else None


def _keys(start: bytes) -> set[str]:
    """All member names (and kinds and types) in the beginning of a JSON file, which is cut
    off somewhere."""
    found: set[str] = set()
    key = ""
    try:
        # Without `use_float`, a number with thousands of digits crashes the parser's native code.
        for event, value in ijson.basic_parse(
            io.BytesIO(start), use_float=True, multiple_values=True
        ):
            if event == "map_key":
                key = value
                found.add(value)
            elif event == "string" and key in ("kind", "type"):
                found.add(f"{key}={value}")
    except (ijson.JSONError, ValueError):
        return found
    return found
