"""One spelling for each character of an address, however it was written."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_RUN = re.compile(r"[A-Za-z]?(?:%[89A-Fa-f][0-9A-Fa-f])+")
_TWICE = re.compile(r"%(?:25)+(?=[0-9A-Fa-f]{2})")
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
# Characters that mean the same written plainly or as %XX, in each part (RFC 3986, 3.3 and 3.4).
_PLAIN_IN_PATH = frozenset(_UNRESERVED + "!$&'()*+,=:@")
_PLAIN_IN_QUERY = frozenset(_UNRESERVED + "!$'()*,:@/?")
_ODD_IN_PATH = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_ODD_IN_QUERY = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")


def in_path(path: str) -> str:
    """A path in its one spelling."""
    return _spelled(path, _PLAIN_IN_PATH, _ODD_IN_PATH)


def in_query(piece: str) -> str:
    """A piece of a query in its one spelling."""
    return _spelled(piece, _PLAIN_IN_QUERY, _ODD_IN_QUERY).replace("%20", "+")


def _spelled(part: str, plain: frozenset[str], odd: re.Pattern[str]) -> str:
    """One spelling for each character: plain where that means the same, else %XX in capitals.

    What was escaped twice (links that went through several hands are) counts as escaped once.
    """

    def one(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in plain else found[0].upper()

    part = _composed(part)
    spelled = odd.sub(lambda found: quote(found[0], safe=""), part)
    while True:
        again = ESCAPE.sub(one, _TWICE.sub("%", spelled))
        if again == spelled and _composed(again) == again:
            return spelled
        spelled = odd.sub(lambda found: quote(found[0], safe=""), _composed(again))


def _composed(part: str) -> str:
    """With each letter and its marks as one character (NFC), as most systems write them; macOS files
    and pages made of them have them apart."""

    def composed(run: re.Match[str]) -> str:
        try:
            text = unquote_to_bytes(run[0]).decode()
        except UnicodeDecodeError:  # another encoding's bytes stay what they are
            return run[0]
        normal = unicodedata.normalize("NFC", text)
        return run[0] if normal == text else quote(normal, safe="")

    return _RUN.sub(composed, unicodedata.normalize("NFC", part))
