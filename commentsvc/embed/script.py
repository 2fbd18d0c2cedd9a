"""Scripts as they are sent: those of static/embed/made, written by scripts/made.py, with values
that are only known here, such as the phrases of the page's language.

The frame's script is one file per language. What few readers need is in parts (PARTS), which it
loads on demand.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from ..core.errors import NotFound
from ..core.files import folder
from ..core.locale import ALIASES, available, plain, words
from ..settings import settings
from ..web import assets
from ..web.assets import asset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: Scripts that are loaded after the loader, or on pages that need them.
LATER = ("after", "line", "looking", "typeface", "whole", "counting", "signing", "xfbml")
#: All parts. Their phrases have their name as a prefix in the catalog `frame`.
PARTS = tuple(sorted(each.stem for each in (folder("static") / "embed/made/parts").glob("*.js")))
#: Languages that the loader has without loading more phrases.
AT_HAND = ("ar", "de", "en", "es", "fr")

_FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
_KEPT = "public, max-age=31536000, immutable"
_PLACE = re.compile(r"\$(prefix|version|phrases|sheet)\$")


def script_address(locale: str) -> str:
    """The address of the script in this language; it changes with the content."""
    return f"{settings().prefix}/embed/script/{_script(locale, asset(''))[1]}/{locale}.js"


def script_file(mark: str, locale: str) -> Response:
    """The script in a language. An older address returns the current script."""
    if locale not in available():
        raise NotFound("not_found.language")
    body, current = _script(locale, asset(""))
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{locale}.js"
    assets.keep(name, lambda: body)
    return assets.send(name, cache=f"public, {kept}")


def part_file(mark: str, part: str, locale: str) -> Response:
    """A part of the script, under the address of the script that loads it."""
    if locale not in available() or part not in PARTS:
        raise NotFound("not_found.file")
    current = _script(locale, asset(""))[1]
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{part}/{locale}.js"
    assets.keep(name, lambda: part_of(part, locale))
    return assets.send(name, cache=f"public, {kept}")


def filled(name: str, phrases: Mapping[str, object] | None = None, **known: str) -> str:
    """A script of static/embed/made, with its phrases and this service's values filled in."""
    known |= {"prefix": settings().prefix, "version": assets.state()}
    known["phrases"] = orjson.dumps(phrases).decode("utf-8")
    return _PLACE.sub(lambda place: known[place[1]], assets.text_of(f"embed/made/{name}.js"))


def loader() -> Response:
    """The one file that a site's pages load."""
    return page_script("embed")


def later(name: str) -> Response:
    """A module that a page loads after the loader. Under an address with the current version, it is
    cached forever."""
    current = request.query_string.decode("latin-1") == assets.state()
    # it needs its phrases even if the service does not respond
    kept = _KEPT if current else _FOR_AN_HOUR
    return _for_pages(name, lambda: filled(name, _said(AT_HAND)), kept)


def wording() -> Response:
    """The loader's phrases in all other languages, which it loads while the service responds."""
    return _for_pages("wording", _wording)


def _wording() -> str:
    others = sorted({*filter(_plain, available())} - {*AT_HAND})
    said = orjson.dumps(_said(others)).decode("utf-8")
    return f"export default {said};\n"


def _plain(locale: str) -> bool:
    return plain(locale) == locale


def _said(locales: Iterable[str]) -> dict[str, dict[str, str]]:
    said = {each.lower(): words("loader", each) for each in locales}
    return said | {
        short: said[full.lower()] for short, full in ALIASES.items() if full.lower() in said
    }


def page_script(name: str) -> Response:
    """A script for a site's pages."""
    return _for_pages(name, lambda: filled(name))


def _for_pages(name: str, make: Callable[[], str], kept: str = _FOR_AN_HOUR) -> Response:
    made = f"made{asset(name)}.js"
    assets.keep(made, make)
    return assets.send(made, cache=kept)


@lru_cache(maxsize=256)
def _script(locale: str, _state: str) -> tuple[str, str]:
    body = filled("frame", said_by("", words("frame", locale)))
    everything = body + "".join(part_of(each, locale) for each in PARTS)
    return body, hashlib.sha256(everything.encode("utf-8")).hexdigest()[:12]


def part_of(part: str, locale: str) -> str:
    """A part with its phrases."""
    said = said_by(part, words("frame", locale))
    return filled(f"parts/{part}", said, sheet=asset(f"embed/parts/{part}.css"))


def said_by(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The phrases of a part, without its prefix; "" is the script that every page loads."""
    if part:
        mine = f"{part}."
        return {key.removeprefix(mine): text for key, text in texts.items() if key.startswith(mine)}
    theirs = tuple(f"{each}." for each in PARTS)
    return {key: text for key, text in texts.items() if not key.startswith(theirs)}


def as_text(said: Any) -> str:
    """JSON that is safe in a script, even if it is inlined in a page."""
    text = orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def as_script(body: str) -> Response:
    """A script that any page may load and read."""
    answer = Response(f"{body}\n", content_type="text/javascript; charset=utf-8")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
