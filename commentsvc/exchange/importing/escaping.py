"""Plain text as Markdown that shows it literally, with its addresses as links."""

from __future__ import annotations

import re
from itertools import groupby

from ...core.typed import trimmed
from ...threads import text as texts
from ...threads.text.addresses import WEB
from . import values

_URL_TAIL = ".,;:!?']"
_SPECIAL_IN_URL = re.compile(r"[*_~`\[\]\\&]")
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that would escape what follows, or break a line
    r"|`|\*(?!\s)|(?<!\s)\*"  # emphasis, code
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore inside a word has no meaning
    r"|~(?=~)|(?<=~)~"
    r"|\[(?=[^\[\]]*\][(\[:])|\](?=[(\[:])"  # links, images, definitions
    r"|&(?=#?\w{1,31};)"
    r"|<(?=$|[a-zA-Z][a-zA-Z0-9+.-]{1,31}:|[^\s<>]+@)"  # autolinks
)
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|[-=_*](?=[-=_* \t]*$)")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_CODE_LINE = re.compile(
    r"(?: {4}| {0,3}\t).{0,120}"
)  # a longer one is prose that begins with a gap


def from_plain(plain: str) -> str:
    """Markdown that shows `plain` literally. Addresses become links, and paragraphs indented like
    code become code."""
    paragraphs = _BLANK_LINES.split(trimmed(values.text(plain)))
    return "\n\n".join(
        fenced("\n\n".join(some)) if is_code else "\n\n".join(map(_paragraph, some))
        for is_code, some in groupby(paragraphs, _is_code)
    )


def _is_code(paragraph: str) -> bool:
    return all(map(_CODE_LINE.fullmatch, paragraph.split("\n")))


def _paragraph(found: str) -> str:
    """A paragraph with as few escapes as possible; as code if its own backslashes and ours
    would be ambiguous."""
    few = texts.unescaped("\n".join(map(_line, found.split("\n"))))
    clear = "\\" not in found or texts.plain(few).split() == found.split()
    return few if clear else fenced(found)


def _line(found: str) -> str:
    """One line of plain text, escaped only where Markdown would interpret it."""
    words = found.strip()
    indent = found[: len(found) - len(found.lstrip())]
    return indent + escaped_start(escaped(words)) if words else ""


def fenced(code: str) -> str:
    """Code between fences longer than any inside it."""
    fence = "`" * (max((len(run) for run in re.findall("`{3,}", code)), default=2) + 1)
    return f"{fence}\n{code}\n{fence}"


def escaped_start(found: str) -> str:
    """A line whose beginning is not a heading, quote, list or rule."""
    found = f"\\{found}" if _LINE_START.match(found) else found
    return _NUMBERED.sub(r"\1\\\2", found, count=1) if _NUMBERED.match(found) else found


def escaped(found: str) -> str:
    """Text with inline marks escaped, addresses unchanged."""
    out, at = [], 0
    for match in WEB.finditer(found):
        url = match[0].rstrip(_URL_TAIL)
        if url.endswith(")") and url.count("(") < url.count(")"):
            url = url.rstrip(")").rstrip(_URL_TAIL)
        out += [_INLINE.sub(r"\\\g<0>", found[at : match.start()]), bare_link(url)]
        at = match.start() + len(url)
    out.append(_INLINE.sub(r"\\\g<0>", found[at:]))
    return "".join(out)


def bare_link(url: str) -> str:
    """A bare address, in angle brackets if Markdown would misread its characters."""
    return f"<{url}>" if _SPECIAL_IN_URL.search(url) else url
