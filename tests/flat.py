"""A page as the browser reads it: without the line breaks and indentation of its template."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_AS_IT_STANDS = re.compile(r"(<(?:textarea|pre)\b.*?</(?:textarea|pre)>)", re.DOTALL)


def flat(page: str) -> str:
    """One space where a line was wrapped inside a tag or a text, none next to a tag."""
    page = _TAG.sub(lambda tag: re.sub(r"\s+(?=>)", "", re.sub(r"\s+", " ", tag[0])), page)
    pieces = _AS_IT_STANDS.split(page)
    return "".join(each if at % 2 else _one_line(each) for at, each in enumerate(pieces))


def _one_line(piece: str) -> str:
    piece = re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", piece)
    return re.sub(r"\s*\n\s*", " ", piece)
