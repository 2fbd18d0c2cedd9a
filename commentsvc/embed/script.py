"""The frame's script as one file: the modules of static/embed one after the other, with the phrases of
the page's language, and without comments. One request instead of eighteen, and two thirds of the bytes.

The modules stay ordinary ES modules, for people, editors and type checkers. What joining asks of them:
each name at the top level is used once in all of them, and imports are one statement a line or block,
without `as`. A test holds that.

What few readers need stands in parts (PARTS), which the script fetches when it finds that somebody needs
one. A part is a function of what its modules import from the script that is there already.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson
from flask import request

from ..core.errors import NotFound
from ..core.locale import ALIASES, available, plain, words
from ..moderation.judging.reasons import PEOPLE
from ..settings import settings
from ..web import assets
from ..web.assets import asset, lean
from .short import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Response

#: Each after those that it imports.
MODULES = (
    "lib/html.js",
    "lib/dom.js",
    "lib/store.js",
    "lib/http.js",
    "lib/parts.js",
    "lib/host.js",
    "lib/words.js",
    "lib/reason.js",
    "behaviours/draft.js",
    "behaviours/me.js",
    "behaviours/writing.js",
    "behaviours/live.js",
    "behaviours/own.js",
    "behaviours/sign_in.js",
    "behaviours/thread.js",
    "frame.js",
)
#: The loader's modules, in the same order; joined, they are no module, because its tags are plain scripts.
LOADER = (
    "loader/address.js",
    "loader/glance.js",
    "loader/room.js",
    "loader/load.js",
    "embed.js",
)
#: The languages that boxes speak without fetching more words.
AT_HAND = ("ar", "de", "en", "es", "fr")
#: How it makes our address of our origin, where all is under a path.
_UNDER = "theirs && theirs + prefix"
#: Where the loader names the state of all files in an address.
_VERSION = "${version}"
#: What the loader gives to what comes after it, by its place, as sites keep older copies of the loader.
_GIVEN = (
    "server,tag,boxes,spots,listeners,dark,find,css,warn,asked,around,moved,emit,"
    "scheme,source,load,mount,unmount,become,grow"
)
#: What comes after the loader, or for pages that need it: name -> modules, and what these take and give.
LATER = {
    "after": (
        (
            *("loader/whole.js", "loader/later.js", "loader/look.js", "loader/line.js"),
            *("loader/place.js", "loader/still.js", "loader/after.js"),
        ),
        f"({_GIVEN})",
        f"rest({{{_GIVEN}}})",
    ),
    "counting": (("loader/whole.js", "loader/counts.js"), "({warn})", "counter"),
    "signing": (("loader/whole.js", "loader/signing.js"), "({warn,...page})", "signingOf(page)"),
}
#: part -> its modules. What it says has its name in front in the catalogue `frame`.
PARTS: dict[str, tuple[str, ...]] = {
    "writing": (
        "parts/draft.js",
        "parts/form.js",
        "parts/sending.js",
        "parts/composer.js",
    ),
    "landing": ("parts/withdrawn.js", "parts/landing.js"),
    "typing": ("parts/typing.js",),
    "emoji": ("parts/emoji.js",),
    "menu": ("parts/sight.js", "parts/menu.js"),
    "folding": ("parts/folding.js",),
    "pill": ("parts/sight.js", "parts/pill.js"),
    "panels": ("parts/withdrawn.js", "parts/panels.js"),
    "checking": ("parts/checking.js",),
    "arriving": ("parts/reading.js", "parts/arriving.js"),
    "mine": ("parts/judged.js", "parts/muted.js", "parts/mine.js"),
    "bell": ("parts/visit.js", "parts/answers.js", "parts/bell.js"),
    "staff": ("parts/staff.js",),
    "sign_in": ("parts/sha256.js", "parts/sign_in.js"),
    "mention": ("parts/mention.js",),
    "person": ("parts/person.js",),
}

#: Those with a sheet of their own.
STYLED = (
    *("checking", "arriving", "mine", "bell", "staff", "mention", "person"),
    *("landing", "typing", "emoji", "menu", "pill"),
)
#: A part is there once its sheet is: nothing is drawn without it, unless it takes too long.
_SHEET = (
    "const sheet=new Promise((done)=>{setTimeout(done,2000);"
    'document.head.append(Object.assign(document.createElement("link"),'
    '{rel:"stylesheet",href:"%s",onload:done,onerror:done}));});\n'
)

_FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"
_KEPT = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_NAMES = re.compile(r'^import \{([^}]*)\} from "\.\./[^"]*";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async|class|let)", re.MULTILINE)


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
    assets.keep(name, body)
    return assets.send(name, cache=f"public, {kept}")


def part_file(mark: str, part: str, locale: str) -> Response:
    """A part of the script, under the address of the script that asks for it."""
    if locale not in available() or part not in PARTS:
        raise NotFound("not_found.file")
    current = _script(locale, asset(""))[1]
    kept = "max-age=31536000, immutable" if mark == current else "no-cache"
    name = f"made/{current}/{part}/{locale}.js"
    assets.keep(name, part_of(part, locale))
    return assets.send(name, cache=f"public, {kept}")


def loader_text(parts: Iterable[str]) -> str:
    """The loader and what goes with it as one script: modules in a function of their own, with the path that
    all is under."""
    sources = "".join(joined(assets.text_of(f"embed/{each}")) for each in parts)
    under = (
        f"{_UNDER.removesuffix('prefix')}'{settings().prefix}'" if settings().prefix else "theirs"
    )
    sources = sources.replace(_UNDER, under).replace(_VERSION, assets.state())
    return short(f"(function(){{\n'use strict';\n{sources}}})();\n")


def loader() -> Response:
    """The one file that a site's pages load."""
    return page_script("embed.js", LOADER)


def later(name: str) -> Response:
    """What a page fetches after the loader: modules, a function of what the loader has. Under an address that
    names the state of all files, it is kept for good."""
    modules, takes, gives = LATER[name]
    inside = "".join(joined(assets.text_of(f"embed/{each}")) for each in modules)
    if name == "after":  # it has to speak when the service does not answer
        inside = f"const phrases={_said(AT_HAND)};\n{inside}"
    text = short(f"export default{takes}=>{{\n{inside}return {gives}}};\n")
    current = request.query_string.decode("latin-1") == assets.state()
    return _for_pages(f"{name}.js", text, _KEPT if current else _FOR_AN_HOUR)


def wording() -> Response:
    """The loader's words in all other languages, which it fetches while the service answers."""
    others = sorted({*filter(_plain, available())} - {*AT_HAND})
    return _for_pages("wording.js", f"export default {_said(others)};\n")


def _plain(locale: str) -> bool:
    return plain(locale) == locale


def _said(locales: Iterable[str]) -> str:
    said = {each.lower(): words("loader", each) for each in locales}
    said |= {short: said[full.lower()] for short, full in ALIASES.items() if full.lower() in said}
    return orjson.dumps(said).decode("utf-8")


def page_script(name: str, parts: Iterable[str]) -> Response:
    """Scripts for a site's pages as one file, in a function of their own."""
    return _for_pages(name, loader_text(parts))


def whole_script(name: str) -> Response:
    """A small script for a site's pages that needs nothing else."""
    return _for_pages(name, joined(assets.text_of(f"embed/{name}")))


def _for_pages(name: str, text: str, kept: str = _FOR_AN_HOUR) -> Response:
    made = f"made{asset(name)}"
    assets.keep(made, text)
    return assets.send(made, cache=kept)


@lru_cache(maxsize=256)
def _script(locale: str, _state: str) -> tuple[str, str]:
    phrases = orjson.dumps(said_by("", words("frame", locale))).decode("utf-8")
    parts = [joined(assets.text_of(f"embed/{each}")) for each in MODULES]
    body = f"const phrases={phrases};\n" + "".join(parts)
    everything = body + "".join(part_of(each, locale) for each in PARTS)
    return body, hashlib.sha256(everything.encode("utf-8")).hexdigest()[:12]


def part_of(part: str, locale: str) -> str:
    """A part as one module: a function of the names that it imports, which makes its entry's `meet`."""
    sources = [assets.text_of(f"embed/{each}") for each in PARTS[part]]
    said = said_by(part, words("frame", locale))
    if part == "staff":
        said |= {f"reason.{each.code}": each.title_in(locale) for each in PEOPLE}
    sheet = _SHEET % asset(f"embed/parts/{part}.css") if part in STYLED else ""
    made = "sheet.then(()=>({meet}))" if sheet else "{meet}"
    phrases = orjson.dumps(said).decode("utf-8")
    names = sorted({"phrases", "say", *needed(sources)})
    given = ",".join("say:ours" if each == "say" else each for each in names)
    inside = "".join(joined(each) for each in sources)
    return (
        f"export default({{{given}}})=>{{\nconst spoken={phrases};\nObject.assign(phrases,spoken);\n"
        f"const say=(key,values)=>ours(key,values,spoken);\n{sheet}{inside}return {made}}};\n"
    )


def said_by(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    """What a part says, under its own names for it; "" is the script that every page loads."""
    if part:
        mine = f"{part}."
        return {key.removeprefix(mine): text for key, text in texts.items() if key.startswith(mine)}
    theirs = tuple(f"{each}." for each in PARTS)
    return {key: text for key, text in texts.items() if not key.startswith(theirs)}


def needed(sources: Iterable[str]) -> set[str]:
    """What modules of a part import from the script."""
    found = (
        name for each in sources for names in _NAMES.findall(each) for name in names.split(",")
    )
    return {name.strip() for name in found} - {""}


def joined(module: str) -> str:
    """A module's text as it stands among the others."""
    return lean(_EXPORT.sub("", _IMPORT.sub("", module)))
