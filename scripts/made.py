"""Write static/embed/made/: scripts as pages load them, each joined from modules of static/embed
and minified. The product fills in what only it knows: `$prefix$`, `$version$`, `$phrases$` and
`$sheet$` (commentsvc/embed/script.py).

The modules stay ordinary ES modules, for people, editors and type checkers. Joining requires that
each top-level name is unique across them, and that imports are one statement per line or block,
without `as`. A test checks this. Code that few readers need is in parts (PARTS), which the frame's
script fetches on demand. A part is a function of what its modules import from that script.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from commentsvc.web.assets import lean
from scripts.need import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

EMBED = ROOT / "static" / "embed"
FOLDER = EMBED / "made"

#: Each module after those it imports.
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
    "behaviours/thread.js",
    "behaviours/me.js",
    "behaviours/writing.js",
    "behaviours/live.js",
    "behaviours/own.js",
    "behaviours/sign_in.js",
    "frame.js",
)
#: The loader's modules, in the same order; joined, they are a plain script, as the loader's tags
#: require.
LOADER = (
    "loader/address.js",
    "loader/around.js",
    "loader/glance.js",
    "loader/room.js",
    "loader/load.js",
    "embed.js",
)
#: Scripts for old pages: the loader, and the modules that replace other systems' markup.
DIALECTS = {
    "facebook": (*LOADER, "loader/wake.js", "facebook.js"),
    "disqus": (*LOADER, "loader/wake.js", "disqus.js"),
}
#: Lists of comments on pages of their own.
LISTS = ("lists/draw.js", "lists.js")
#: What the loader passes to later scripts, by position, because sites keep older copies of the
#: loader. Numbered entries are passed only by those copies.
_GIVEN = (
    "server,tag,boxes,spots,listeners,_5,_6,_7,_8,_9,_10,_11,_12,"
    "scheme,source,load,mount,unmount,become,grow,bare"
)
#: Scripts loaded later, or only on some pages: name -> modules, their parameters and their results.
LATER = {
    "after": (
        (
            *("loader/address.js", "loader/events.js", "loader/around.js", "loader/load.js"),
            *("loader/later.js", "loader/watch.js", "loader/still.js", "loader/place.js"),
            "loader/after.js",
        ),
        f"({_GIVEN})",
        f"rest({re.sub('_[0-9]+,', '', _GIVEN)})",
    ),
    "line": (("loader/line.js",), "({worded,again,leave})", "excuses(worded,again,leave)"),
    "looking": (("loader/around.js", "loader/look.js"), "()", "look"),
    "typeface": (("loader/typeface.js",), "()", "typeface"),
    "whole": (("loader/whole.js",), "()", "[whole,old]"),
    "xfbml": (("loader/address.js", "loader/whole.js", "loader/xfbml.js"), "(page)", "xfbml(page)"),
    "counting": (("loader/whole.js", "loader/counts.js"), "({warn})", "counter"),
    "signing": (("loader/whole.js", "loader/signing.js"), "({warn,...page})", "signingOf(page)"),
}
#: part -> its modules. Its phrases begin with its name in the catalog `frame`.
PARTS: dict[str, tuple[str, ...]] = {
    "writing": (
        "parts/draft.js",
        "parts/form.js",
        "parts/sending.js",
        "parts/composer.js",
    ),
    "landing": ("parts/withdrawn.js", "parts/landing.js"),
    "typing": (
        "parts/lines.js",
        "parts/links.js",
        "parts/field.js",
        "parts/sight.js",
        "parts/typing.js",
    ),
    "pasting": (
        "parts/lines.js",
        "parts/links.js",
        "parts/field.js",
        "parts/pasted.js",
        "parts/placing.js",
        "parts/pasting.js",
    ),
    "marks": (
        "parts/lines.js",
        "parts/links.js",
        "parts/pairs.js",
        "parts/marking.js",
        "parts/field.js",
        "parts/marks.js",
    ),
    "effort": ("parts/effort.js",),
    "emoji": ("parts/sight.js", "parts/emoji.js"),
    "menu": ("parts/sight.js", "parts/menu.js"),
    "long": ("parts/long.js",),
    "folding": ("parts/folding.js",),
    "hours": ("parts/hours.js",),
    "reacting": ("parts/reacting.js",),
    "pill": ("parts/sight.js", "parts/pill.js"),
    "panels": (
        "parts/complete.js",
        "parts/sight.js",
        "parts/still.js",
        "parts/withdrawn.js",
        "parts/panels.js",
    ),
    "checking": ("parts/checking.js",),
    "arriving": ("parts/asleep.js", "parts/reading.js", "parts/arriving.js"),
    "mine": (
        "parts/complete.js",
        "parts/sight.js",
        "parts/still.js",
        "parts/judged.js",
        "parts/muted.js",
        "parts/mine.js",
    ),
    "bell": ("parts/visit.js", "parts/answers.js", "parts/bell.js"),
    "staff": ("parts/complete.js", "parts/sight.js", "parts/still.js", "parts/staff.js"),
    "sign_in": ("parts/sha256.js", "parts/claim.js", "parts/sign_in.js"),
    "mention": ("parts/face.js", "parts/mention.js"),
    "person": ("parts/face.js", "parts/person.js"),
    "typeface": ("parts/typeface.js",),
}

#: A part is ready once its style sheet is: nothing is drawn without it, unless it takes too long.
#: In the body, it comes after frame.css, whose rules it changes.
_SHEET = (
    "const sheet=new Promise((done)=>{setTimeout(done,2000);"
    'document.body.append(Object.assign(document.createElement("link"),'
    '{rel:"stylesheet",href:"$sheet$",onload:done,onerror:done}));});\n'
)

_IMPORT = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_NAMES = re.compile(r'^import \{([^}]*)\} from "\.\./[^"]*";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async|class|let)", re.MULTILINE)
_PLACE = re.compile(r"\$(?:prefix|version|phrases|sheet)\$")


def write() -> None:
    """Write all scripts, and remove obsolete ones."""
    texts = made()
    for name in [each for each in on_disk() if each not in texts]:
        (FOLDER / name).unlink()
    for name, text in texts.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def outdated() -> list[str]:
    """The scripts that differ from their sources."""
    texts, there = made(), on_disk()
    return sorted(name for name in {*texts, *there} if texts.get(name) != there.get(name))


def on_disk() -> dict[str, str]:
    """The scripts on disk."""
    paths = FOLDER.rglob("*.js")
    return {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in paths}


def made() -> dict[str, str]:
    """name -> minified text; each placeholder occurs as often as in its source."""
    sources = {name: (text, False) for name, text in _scripts().items()}
    sources |= {name: (text, True) for name, text in _modules().items()}
    command = ["node", str(Path(__file__).with_name("minify.mjs"))]
    given = json.dumps(sources).encode("utf-8")
    texts = json.loads(subprocess.run(command, input=given, check=True, stdout=-1).stdout)
    for name, (source, _) in sources.items():
        assert sorted(_PLACE.findall(texts[name])) == sorted(_PLACE.findall(source)), name
    return {name: f"{text}\n" for name, text in texts.items()}


def _scripts() -> dict[str, str]:
    """Plain scripts. The loader's tags are not modules, so it is wrapped in a function."""
    known = 'const prefix="$prefix$",version="$version$",sdk='
    return (
        {
            f"{name}.js": f"(()=>{{\n{known}{str(name == 'facebook').lower()};\n{_of(modules)}}})();\n"
            for name, modules in {"embed": LOADER, **DIALECTS}.items()
        }
        | {
            name: _of([name])
            for name in ("hello.js", *(f"disqus/{each.name}" for each in EMBED.glob("disqus/*.js")))
        }
        | {
            "disqus/list.js": _of(
                ("lists/draw.js", "disqus/list.js")
            ),  # the server makes it a function
            "lists.js": f"(()=>{{\n{_of(LISTS)}}})();\n",
        }
    )


def _modules() -> dict[str, str]:
    found = {"frame.js": f"const phrases=$phrases$;\n{_of(MODULES)}"}
    for name, (modules, takes, gives) in LATER.items():
        inside = _of(modules)
        if name == "after":
            inside = f'const version="$version$";\n{inside}'
        if name == "line":  # it needs its words when the service does not respond
            inside = f"const phrases=$phrases$;\n{inside}"
        found[f"{name}.js"] = f"export default{takes}=>{{\n{inside}return {gives}}};\n"
    return found | {f"parts/{part}.js": _part(part) for part in PARTS}


def _part(part: str) -> str:
    """A function of the names that a part imports, which returns its entry's `meet`."""
    names = sorted({"phrases", "say", *needed(source_of(each) for each in PARTS[part])})
    given = ",".join("say:ours" if each == "say" else each for each in names)
    styled = (EMBED / "parts" / f"{part}.css").exists()
    result = "sheet.then(()=>({meet}))" if styled else "{meet}"
    return (
        f"export default({{{given}}})=>{{\nconst spoken=$phrases$;\nObject.assign(phrases,spoken);\n"
        "const say=(key,values)=>ours(key,values,spoken);\n"
        f"{_SHEET if styled else ''}{_of(PARTS[part])}return {result}}};\n"
    )


def needed(sources: Iterable[str]) -> set[str]:
    """The names that a part's modules import from the script."""
    found = (
        name for each in sources for names in _NAMES.findall(each) for name in names.split(",")
    )
    return {name.strip() for name in found} - {""}


def source_of(module: str) -> str:
    """A module's text."""
    return (EMBED / module).read_text("utf-8")


def _of(modules: Iterable[str]) -> str:
    return "".join(joined(source_of(each)) for each in modules)


def joined(module: str) -> str:
    """A module's text as it is in the joined script."""
    return lean(_EXPORT.sub("", _IMPORT.sub("", module)))


if __name__ == "__main__":
    write()
