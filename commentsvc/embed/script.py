"""Scripts as they are sent: those of static/embed/made, which scripts/made.py has written, with what is known
only here, such as the phrases of the page's language.

The frame's script is one file in each language. What few readers need stands in parts (PARTS), which it
fetches when it finds that somebody needs one.
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
from ..moderation.judging.reasons import PEOPLE
from ..settings import settings
from ..web import assets
from ..web.assets import asset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: What comes after the loader, or for pages that need it.
LATER = ("after", "counting", "signing")
#: The parts that are there. What they say has their name in front in the catalogue `frame`.
PARTS = tuple(sorted(each.stem for each in (folder("static") / "embed/made/parts").glob("*.js")))
#: The languages that boxes speak without fetching more words.
AT_HAND = ("ar", "de", "en", "es", "fr")

_FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
_KEPT = "public, max-age=31536000, immutable"
_PLACE = re.compile(r"\$(prefix|version|phrases|sheet)\$")


def script_address(locale: str) -> str:
    """Where the script in this language is; the address changes with what it says."""
    return f"{settings().prefix}/embed/script/{_script(locale, asset(''))[1]}/{locale}.js"


def script_file(mark: str, locale: str) -> Response:
    """The script in a language. An older page's address gives the script of today."""
    if locale not in available():
        raise NotFound("not_found.language")
    body, current = _script(locale, asset(""))
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{locale}.js"
    assets.keep(name, lambda: body)
    return assets.send(name, cache=f"public, {kept}")


def part_file(mark: str, part: str, locale: str) -> Response:
    """A part of the script, under the address of the script that asks for it."""
    if locale not in available() or part not in PARTS:
        raise NotFound("not_found.file")
    current = _script(locale, asset(""))[1]
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{part}/{locale}.js"
    assets.keep(name, lambda: part_of(part, locale))
    return assets.send(name, cache=f"public, {kept}")


def filled(name: str, phrases: Mapping[str, object] | None = None, **known: str) -> str:
    """A script of static/embed/made, with what it says and what else is known of this service."""
    known |= {"prefix": settings().prefix, "version": assets.state()}
    known["phrases"] = orjson.dumps(phrases).decode("utf-8")
    return _PLACE.sub(lambda place: known[place[1]], assets.text_of(f"embed/made/{name}.js"))


def loader() -> Response:
    """The one file that a site's pages load."""
    return page_script("embed")


def later(name: str) -> Response:
    """What a page fetches after the loader: modules, a function of what the loader has. Under an address that
    names the state of all files, it is kept for good."""
    current = request.query_string.decode("latin-1") == assets.state()
    # it has to speak when the service does not answer
    kept = _KEPT if current else _FOR_AN_HOUR
    return _for_pages(name, lambda: filled(name, _said(AT_HAND)), kept)


def wording() -> Response:
    """The loader's words in all other languages, which it fetches while the service answers."""
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
    """A part with what it says."""
    said = said_by(part, words("frame", locale))
    if part == "staff":
        said |= {f"reason.{each.code}": each.title_in(locale) for each in PEOPLE}
    return filled(f"parts/{part}", said, sheet=asset(f"embed/parts/{part}.css"))


def said_by(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    """What a part says, under its own names for it; "" is the script that every page loads."""
    if part:
        mine = f"{part}."
        return {key.removeprefix(mine): text for key, text in texts.items() if key.startswith(mine)}
    theirs = tuple(f"{each}." for each in PARTS)
    return {key: text for key, text in texts.items() if not key.startswith(theirs)}


def as_text(said: Any) -> str:
    """As text in a script, whoever may put that into a page."""
    text = orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def as_script(body: str) -> Response:
    """What any page may load and read."""
    answer = Response(f"{body}\n", content_type="text/javascript; charset=utf-8")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
