"""The frame's script as one file: the modules of static/embed one after the other, with the phrases of
the page's language, and without comments. One request instead of fourteen, and two thirds of the bytes.

The modules stay ordinary ES modules, for people, editors and type checkers. What joining asks of them:
each name at the top level is used once in all of them, and imports are one statement a line or block,
without `as`. A test holds that.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

import orjson
from flask import Response

from ..core.errors import NotFound
from ..core.locale import available, words
from ..web import assets

#: Each after those that it imports.
MODULES = (
    "lib/dom.js",
    "lib/store.js",
    "lib/http.js",
    "lib/host.js",
    "lib/words.js",
    "behaviours/me.js",
    "behaviours/composer.js",
    "behaviours/live.js",
    "behaviours/own.js",
    "behaviours/sign_in.js",
    "behaviours/thread.js",
    "frame.js",
)
SURFACE = "frame"  # the catalogue of what the script says

_IMPORT = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async|class|let)", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^\s*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_TYPE_COMMENT = re.compile(r"/\*\* @type[^*]*\*/ ?")


def script_address(locale: str) -> str:
    """Where the script in this language is; the address changes with what it says."""
    return f"/embed/script/{_script(locale, assets.assets().version)[1]}/{locale}.js"


def script_file(mark: str, locale: str) -> Response:
    """The script in a language. An older page's address gives the script of today."""
    if locale not in available():
        raise NotFound("There are no words in this language.")
    body, current = _script(locale, assets.assets().version)
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{locale}.js"
    assets.keep(name, body)
    return assets.send(name, cache=f"public, {kept}")


def loader() -> Response:
    """The one file that a site's pages load."""
    name = f"made/{assets.assets().version}/embed.js"
    assets.keep(name, lean(assets.text_of("embed/embed.js")))
    return assets.send(name, cache="public, max-age=3600, stale-while-revalidate=86400")


@lru_cache(maxsize=256)
def _script(locale: str, _version: str) -> tuple[str, str]:
    phrases = orjson.dumps(words(SURFACE, locale)).decode("utf-8")
    parts = [joined(assets.text_of(f"embed/{each}")) for each in MODULES]
    body = f"const phrases={phrases};\n" + "".join(parts)
    return body, hashlib.sha256(body.encode("utf-8")).hexdigest()[:12]


def joined(module: str) -> str:
    """A module's text as it stands among the others."""
    return lean(_EXPORT.sub("", _IMPORT.sub("", module)))


@lru_cache(maxsize=64)
def lean(source: str) -> str:
    """A script or style without comments of their own lines and without indentation. Our sources have
    no text that goes over several lines, so nothing that is said is touched."""
    text = _TYPE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source))
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
