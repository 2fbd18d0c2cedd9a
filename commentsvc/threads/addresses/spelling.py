"""One spelling for each character of an address, and a scheme if it has none."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from ...core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LAYERS = 8  # of escapes around part of an address; each takes a pass
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_RUN = re.compile(r"[A-Za-z]?(?:%[89A-Fa-f][0-9A-Fa-f])+")
_TWICE = re.compile(r"%(?:25)+(?=[0-9A-Fa-f]{2})")
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
# Characters that mean the same unescaped or as %XX, in each part (RFC 3986, 3.3 and 3.4).
_PLAIN_IN_PATH = frozenset(_UNRESERVED + "!$&'()*+,=:@")
_PLAIN_IN_QUERY = frozenset(_UNRESERVED + "!$'()*,:@/?")
_ODD_IN_PATH = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_ODD_IN_QUERY = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")


def in_path(path: str) -> str:
    """A path in its normalized spelling."""
    return _spelled(path, _PLAIN_IN_PATH, _ODD_IN_PATH)


def in_query(piece: str) -> str:
    """A parameter of a query in its normalized spelling."""
    return _spelled(piece, _PLAIN_IN_QUERY, _ODD_IN_QUERY).replace("%20", "+")


def _spelled(part: str, plain: frozenset[str], odd: re.Pattern[str]) -> str:
    """One spelling for each character: unescaped if that means the same, else %XX in uppercase.

    Double escapes (in links that were copied several times) count as single ones. Raises `Invalid`
    if decoding keeps revealing more escapes, which no page's address does.
    """

    def one(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in plain else found[0].upper()

    def undone(spelled: str) -> str:
        again = _composed(ESCAPE.sub(one, _TWICE.sub("%", spelled)))
        return odd.sub(lambda found: quote(found[0], safe=""), again)

    return settled(odd.sub(lambda found: quote(found[0], safe=""), _composed(part)), undone)


def _composed(part: str) -> str:
    """The text in NFC, as most systems write it; macOS file names, and their pages, are in NFD."""

    def composed(run: re.Match[str]) -> str:
        try:
            text = unquote_to_bytes(run[0]).decode()
        except UnicodeDecodeError:  # bytes of another encoding stay unchanged
            return run[0]
        normal = unicodedata.normalize("NFC", text)
        return run[0] if normal == text else quote(normal, safe="")

    return _RUN.sub(composed, unicodedata.normalize("NFC", part))


def settled(path: str, changed: Callable[[str], str]) -> str:
    """Apply `changed` until nothing changes. Raises `Invalid` if each change causes another, which
    no page's address does."""
    for _ in range(MOST_LAYERS):
        before, path = path, changed(path)
        if path == before:
            return path
    raise Invalid("invalid.address", field="href")


# --- as written -----------------------------------------------------------------------------------

# The script that replaces Facebook's has the same rule; tests/leftovers.py tests both.
# {{ url }}  {% url %}  <?php  <%=  ${url}  #{url}  %url% (but not %C3%A4%20)  [object Object]
LEFTOVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|<[?%]|[$#]\{|%(?![0-9a-f]{2}[^%]*%[0-9a-f]{2})[a-z_][a-z_.-]{2,}%"
    r"|\[(?:object|url|permalink|link)\b[^\]]{0,200}\]|^(?:undefined|null|none|about:.*)$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"[a-z0-9.-]+:\d{1,5}(?:[/?#]|$)", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#\\@:]+\.[^\s/?#\\@:.]{2,}\.?(?::\d+)?(?=[/?#]|$)|localhost(?=[:/?#]|$)")
_FILE = re.compile(
    r"[^/?#]*\.(?:[psx]?html?|xhtml|php\d?|aspx?|jspx?|cfm|cgi|pl|do|txt|md|pdf)(?=[?#]|$)",
    re.IGNORECASE,
)


def completed(href: str, base: str | None) -> str:
    """The address with a scheme if it had none; relative addresses stay unchanged."""
    text = href.strip()
    if not text:
        raise Invalid("invalid.address_missing", field="href")
    if _HOST_AND_PORT.match(text):
        return f"http://{text}"
    if _SCHEME.match(text):
        return text
    if text.startswith(("//", "\\\\")):
        return text if base else f"http:{text}"
    if text[0] in "/?#.\\" and base:
        return text
    if _HOST.match(text) and not (base and _FILE.match(text)):
        return f"http://{text}"
    if base:
        return text
    raise Invalid("invalid.address_incomplete", field="href")
