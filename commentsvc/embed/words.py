"""The phrases that the frame's script says, as a module that a browser keeps for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import orjson
from flask import Response

from ..core.errors import NotFound
from ..core.locale import available, words

SURFACE = "frame"


def words_address(locale: str) -> str:
    """Where the phrases of this language are; the address changes with them."""
    return f"/embed/words/{_module(locale)[1]}/{locale}.js"


def words_file(mark: str, locale: str) -> Response:
    """The phrases of a language. An older page's address gives the phrases of today."""
    if locale not in available():
        raise NotFound("There are no words in this language.")
    body, current = _module(locale)
    answer = Response(body, content_type="text/javascript; charset=utf-8")
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    answer.headers["Cache-Control"] = f"public, {kept}"
    return answer


@lru_cache(maxsize=256)
def _module(locale: str) -> tuple[bytes, str]:
    body = b"export default " + orjson.dumps(words(SURFACE, locale)) + b";\n"
    return body, hashlib.sha256(body).hexdigest()[:12]
