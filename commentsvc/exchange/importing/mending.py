"""Repairs foreign bytes as they are read: one encoding, no forbidden characters, no HTML
entities in XML.

Anything invalid is dropped, or read as what it most likely was, and counted: one bad byte in an
irrelevant post must not keep ten thousand comments out.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from html.entities import html5
from xml.sax.saxutils import escape

from ..records import Broken

FORBIDDEN, BYTES, ENTITIES = "forbidden_characters", "foreign_bytes", "html_entities"
MARKS, AROUND = "bare_marks", "around"

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("[\udc80-\udcff]")  # how Python stores a byte that is not UTF-8
_HALVES = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")  # a surrogate, encoded as a character
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_ENTITY = re.compile(
    r"&(?:#(\d{1,9}|x[0-9a-fA-F]{1,8})|([a-zA-Z][a-zA-Z0-9]{1,31}));"
    r"|&|<(?![a-zA-Z_:/!?])|\]\]>"  # should have been escaped
)
_ROOT = re.compile(r"</(?:rss|disqus)\s*>")
_ANOTHER = re.compile(r"<(?:\?xml|rss|disqus)\b")
_NOT_XML = re.compile(rb"(?i)[\[{\"]|<!doctype|<html")  # at the beginning
_XML_KNOWS = frozenset(("amp", "lt", "gt", "quot", "apos"))
_OPENS = {"<![CDATA[": "]]>", "<!--": "-->"}  # inside these, an ampersand is literal
_OPENING = re.compile(r"<!\[CDATA\[|<!--")
_FOR_NAMES = ("idna", "punycode")  # encodings of host names, not of texts
_HELD = 48  # characters held back, in case an entity or a mark continues in the next piece


class Mending:
    """Takes a file's bytes piece by piece, and returns them in UTF-8."""

    def __init__(self, start: bytes) -> None:
        self.counts: Counter[str] = Counter()
        begin = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
        self._is_xml = begin.startswith((b"<?xml", b"<\x00?", b"<rss", b"<disqus"))
        # a server's warnings, written into the file before its content
        self._skips = (at := begin.find(b"<?xml")) > 0 and not _NOT_XML.match(begin)
        self._is_xml = self._is_xml or self._skips
        self._decoder = _decoder(begin[at:] if self._skips else start)
        self._begun = False
        self._rest = ""
        self._until = ""  # the end mark of the current CDATA section or comment
        self._over = False  # whether the root element has ended

    def feed(self, data: bytes, *, final: bool = False) -> bytes:
        """The next piece; after `final` nothing is held back."""
        text = self._decoder.decode(data, final)
        if not self._begun:
            text = text.lstrip("\ufeff \t\r\n")
            if self._skips:
                text = text[max(text.find("<?xml"), 0) :]
                self.counts[AROUND] = 1
            self._begun = bool(text)
        if not text.isascii():
            text, many = _HALVES.subn("", text)
            self.counts[FORBIDDEN] += many
            text, many = _ESCAPED.subn(_windows, text)
            self.counts[BYTES] += many
        text, many = _FORBIDDEN.subn("", text)
        self.counts[FORBIDDEN] += many
        return (self._without_entities(text, final) if self._is_xml else text).encode()

    def _without_entities(self, text: str, final: bool) -> str:
        text = self._rest + text
        last = len(text) if final else max(len(text) - _HELD, 0)
        entity = text.rfind("&", max(last - _HELD, 0), last)
        if not final and entity >= 0 and ";" not in text[entity:last]:
            last = entity  # do not split it
        last = last if final else _before_tag(text, last)
        out: list[str] = []
        at = 0
        while at < last:
            if self._until:
                found = text.find(self._until, at)
                end = found + len(self._until) if found >= 0 else last
                self._until = self._until if found < 0 else ""
                out.append("" if self._over else text[at:end])
            else:
                mark = _OPENING.search(text, at)
                inside = mark is not None and mark.start() < last
                end = mark.end() if mark and inside else last
                self._until = _OPENS[mark[0]] if mark and inside else ""
                out.append(self._of_tree(text[at:end]))
            at = end
        self._rest = text[at:]
        return "".join(out)

    def _of_tree(self, text: str) -> str:
        """Text and tags outside CDATA sections and comments; nothing after the root, except another
        root, which the parser refuses."""
        if not self._over:
            root = _ROOT.search(text)
            text, rest = (text[: root.end()], text[root.end() :]) if root else (text, "")
            self._over = root is not None
            return _ENTITY.sub(self._character, text) + (self._of_tree(rest) if rest else "")
        another = _ANOTHER.search(text)
        if another:
            self._over = False
            return text[another.start() :]
        if text.strip():
            self.counts[AROUND] = 1
        return ""

    def _character(self, entity: re.Match[str]) -> str:
        number, name = entity[1], entity[2]
        if number is None and name is None:
            self.counts[MARKS] += 1
            return escape(entity[0])
        if number:
            point = int(number[1:], 16) if number[0] == "x" else int(number)
            if 0 < point <= 0x10FFFF and not _FORBIDDEN.match(chr(point)):
                return entity[0]
            self.counts[FORBIDDEN] += 1
            return ""
        if name in _XML_KNOWS:
            return entity[0]
        self.counts[ENTITIES] += 1
        meant = html5.get(f"{name};")
        return escape(meant) if meant else f"&amp;{name};"


def _before_tag(text: str, last: int) -> int:
    """Where to stop at or shortly before `last`: not inside a short tag or the end
    mark of CDATA."""
    tag = text.rfind("<", max(last - 16, 0), last)
    if tag >= 0 and ">" not in text[tag:last]:
        return tag
    ends = text[max(last - 2, 0) : last]
    return last - len(ends) + len(ends.rstrip("]"))


def decoded(data: bytes, counts: Counter[str]) -> str:
    """Text that a database stores as bytes, repaired in the same way."""
    text = data.decode("utf-8", "surrogateescape")
    for pattern, becomes, kind in (
        (_HALVES, "", FORBIDDEN),
        (_ESCAPED, _windows, BYTES),
        (_FORBIDDEN, "", FORBIDDEN),
    ):
        text, many = pattern.subn(becomes, text)
        counts[kind] += many
    return text


def _windows(byte: re.Match[str]) -> str:
    """A byte that is not UTF-8 is most likely Windows-1252 or Latin-1."""
    return bytes((ord(byte[0]) - 0xDC00,)).decode("cp1252", "replace")


def _decoder(start: bytes) -> codecs.IncrementalDecoder:
    """The decoder for the declared encoding; UTF-8 if none is declared. Raises `Broken` if
    it is unknown."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace")
    declared = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        "a".encode(name)  # refuses encodings not for text
        known = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise Broken("not_well_formed", "", str(error)) from error
    if known in _FOR_NAMES:
        raise Broken("not_well_formed", "", f"unknown encoding: {name}")
    if known in ("utf-8", "ascii") or known.startswith(("utf-16", "utf-32")):
        known = "utf-8"  # UTF-16 and UTF-32 would begin differently
    errors = "surrogateescape" if known == "utf-8" else "replace"
    return codecs.getincrementaldecoder(known)(errors)
