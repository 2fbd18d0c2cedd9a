"""Plain text as Markdown that shows it letter by letter, with its addresses still links."""

from __future__ import annotations

import re

from ...threads import text as texts
from ...threads.text.addresses import WEB
from . import values

_URL_TAIL = re.compile(r"[.,;:!?'\]]+$")
_SPECIAL_IN_URL = re.compile(r"[*_~`\[\]\\&]")
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that would escape what follows, or break a line
    r"|`|\*(?!\s)|(?<!\s)\*"  # emphasis, code
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore inside a word means nothing
    r"|~(?=~)|(?<=~)~"
    r"|\[(?=[^\[\]]*\][(\[:])|\](?=[(\[:])"  # links, images, definitions
    r"|&(?=#?\w{1,31};)"
    r"|<(?=$|[a-zA-Z][a-zA-Z0-9+.-]{1,31}:|[^\s<>]+@)"  # autolinks
)
_LINE_START = re.compile(r"(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|[-=_*](?=[-=_* \t]*$))")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def from_plain(plain: str) -> str:
    """Markdown that shows `plain` letter by letter; its addresses stay links."""
    lines = values.text(plain).strip("\n").split("\n")
    return texts.unescaped("\n".join(map(_line, lines)).strip())


def _line(found: str) -> str:
    """One line of plain text, escaped only where Markdown would read something into it."""
    found = found.strip()
    return escaped_start(escaped(found)) if found else ""


def escaped_start(found: str) -> str:
    """A line whose beginning is no heading, quote, list or rule."""
    found = _LINE_START.sub(r"\\\1", found, count=1) if _LINE_START.match(found) else found
    return _NUMBERED.sub(r"\1\\\2", found, count=1) if _NUMBERED.match(found) else found


def escaped(found: str) -> str:
    """Text with inline marks escaped, addresses left whole."""
    out, at = [], 0
    for match in WEB.finditer(found):
        url = _URL_TAIL.sub("", match[0])
        if url.endswith(")") and url.count("(") < url.count(")"):
            url = _URL_TAIL.sub("", url.rstrip(")"))
        out += [_INLINE.sub(r"\\\g<0>", found[at : match.start()]), bare_link(url)]
        at = match.start() + len(url)
    out.append(_INLINE.sub(r"\\\g<0>", found[at:]))
    return "".join(out)


def bare_link(url: str) -> str:
    """A bare address, in angle brackets where Markdown would trip over its letters."""
    return f"<{url}>" if _SPECIAL_IN_URL.search(url) else url
