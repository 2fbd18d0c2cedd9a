"""The script as it is sent: small, whole, and made of modules that can be joined."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench import corpus
from bench.reads import frame
from commentsvc.core.locale import FOLDER
from commentsvc.embed.script import said_by
from commentsvc.web.assets import lean, tight
from scripts import made
from scripts.made import DIALECTS, LATER, LISTS, LOADER, MODULES, PARTS, needed
from tests.factories import HREF
from tests.tables import every_row

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.people import Cast

STATIC = Path(__file__).resolve().parents[2] / "static" / "embed"
#: The script puts these keys together.
SAID_BY_RULE = ("flag", "appeal", "is", "done", "told", "rhythm")


def small(body: bytes) -> int:
    return len(gzip.compress(body, 9))


def script_of(client: FlaskClient, locale: str = "en") -> str:
    page = client.get(
        "/embed/thread", query_string={"site": "harbour", "href": HREF, "locale": locale}
    )
    found = re.search(r'src="(/embed/script/[^"]+)"', page.text)
    assert found is not None
    answer = client.get(found[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    return answer.text


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    text = script_of(client)
    assert re.match(r"const \w+=\{\"", text) and "import " not in text and "export " not in text


def test_budgets(client: FlaskClient, cast: Cast) -> None:
    loader = client.get("/embed.js")
    assert loader.status_code == 200
    assert small(loader.data) <= 2500, small(loader.data)
    rest = client.get("/embed/after.js").data
    assert small(rest) <= 3_600, small(rest)
    page = client.get("/embed/thread", query_string={"site": "harbour", "href": HREF}).text
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    linked = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert linked is not None
    sheet = client.get(linked[1]).data
    everything = script_of(client).encode(), sheet, style[1].encode()
    # what few need is a part, and so is all that writing needs; the goal that this stays below is 15 KB
    assert sum(map(small, everything)) <= 12_150, sum(map(small, everything))


@pytest.mark.parametrize("path", ["/harbour/embed.js", "/en_US/sdk.js"])
def test_all_that_an_old_page_fetches(client: FlaskClient, cast: Cast, path: str) -> None:
    """Its script and what comes after that; the rest only once something needs it."""
    both = [client.get(each).data for each in (path, "/embed/after.js")]
    assert sum(map(small, both)) <= 8_210, [*map(small, both)]


def test_the_first_response(app: Flask, client: FlaskClient) -> None:
    """What has to come before 20 comments can be read, as it is sent."""
    corpus.fill(app, (100,))
    page = client.get(frame(100), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(page.data).count(b"<article") >= 20
    assert len(page.data) <= 8_030, len(page.data)  # random identifiers compress to 7,968–7,995


@every_row("part", PARTS)
def test_a_part_is_a_module_of_its_own(client: FlaskClient, cast: Cast, part: str) -> None:
    """Fetched by those alone who need it; it asks only for what the script gives."""
    page = client.get("/embed/thread", query_string={"site": "harbour", "href": HREF}).text
    found = re.search(r'src="(/embed/script/\w+/)en.js"', page)
    assert found is not None
    answer = client.get(f"{found[1]}{part}/en.js")
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.text.startswith("export default({") and "import " not in answer.text
    assert small(answer.data) <= 4_600
    entry = (STATIC / "frame.js").read_text("utf-8")
    given = re.findall(r"(?:const shared =|Object\.assign\(given,) \{([^}]*)\}", entry)
    asked = needed((STATIC / each).read_text("utf-8") for each in PARTS[part])
    assert asked <= {each.strip() for names in given for each in names.split(",")}
    assert client.get(f"{found[1]}{part}/xx.js").status_code == 404
    assert client.get(f"{found[1]}else/en.js").status_code == 404


def test_every_module_is_joined_and_after_those_it_imports() -> None:
    on_disk = {
        str(path.relative_to(STATIC))
        for path in STATIC.rglob("*.js")
        if path.name not in ("hello.js", "pop.js", "phrases.js", "work.js")
        and path.parent.name != "disqus"  # scripts of their own, for old pages
        and not path.is_relative_to(made.FOLDER)
    }
    assert on_disk == {
        *LOADER,
        *(each for modules in DIALECTS.values() for each in modules),
        *(each for modules, *_ in LATER.values() for each in modules),
        *MODULES,
        *(each for part in PARTS.values() for each in part),
        *LISTS,
    }
    for at, name in enumerate(MODULES):
        for imported in re.findall(
            r'^import [^;]* from "([^"]+)";', (STATIC / name).read_text(), re.M
        ):
            target = str((STATIC / name).parent.joinpath(imported).resolve().relative_to(STATIC))
            assert target == "lib/phrases.js" or MODULES.index(target) < at, (name, imported)


def test_names_at_the_top_level_are_used_once() -> None:
    later = (modules for modules, *_ in LATER.values())
    for modules in (MODULES, LOADER, LISTS, *DIALECTS.values(), *later, *PARTS.values()):
        sources = [(STATIC / module).read_text("utf-8") for module in modules]
        names = Counter(needed(sources) if modules in PARTS.values() else ())
        for text in sources:
            names.update(
                re.findall(r"^(?:export )?(?:const|let|(?:async )?function) (\$*\w*)", text, re.M)
            )
        assert [name for name, count in names.items() if count > 1] == []


def test_imports_can_be_joined() -> None:
    for module in (*MODULES, *(each for part in PARTS.values() for each in part)):
        source = (STATIC / module).read_text("utf-8")
        assert not re.search(r"^import [^;]*\bas\b", source, re.M)


def test_an_older_pages_script_and_a_language_that_is_not_there(
    client: FlaskClient, cast: Cast
) -> None:
    older = client.get("/embed/script/000000000000/de.js")
    assert older.status_code == 200 and "no-cache" in older.headers["Cache-Control"]
    assert client.get("/embed/script/000000000000/xx.js").status_code == 404
    assert client.get("/embed/script/000000000000/..%2Fen.js").status_code == 404


def test_what_comes_first_carries_few_languages_and_fetches_the_others(
    client: FlaskClient, cast: Cast
) -> None:
    own, others = client.get("/embed/line.js").text, client.get("/embed/wording.js").text
    assert "Réessayer" in own and "Réessayer" not in others
    for name in ('"pt_br":', '"nb":', '"zh":', '"zh_hk":', '"ja":'):
        assert name in others and name not in own


def test_the_rest_is_kept_under_the_address_that_the_loader_names(
    client: FlaskClient, cast: Cast
) -> None:
    named = re.search(r"/embed/after\.js\?(\w+)", client.get("/embed.js").text)
    assert named is not None
    assert "immutable" in client.get(named[0]).headers["Cache-Control"]
    for older in ("/embed/after.js", "/embed/after.js?000000000000"):
        answer = client.get(older)
        assert answer.status_code == 200 and "max-age=3600," in answer.headers["Cache-Control"]


def test_lean() -> None:
    assert lean(
        "// a\n  let x = 1; // kept\n\n/** doc\n * more */\ny(/** @type {any} */ (x));\n"
    ) == ("let x = 1; // kept\ny((x));\n")
    # what a comment stands before is not taken for one, up to the next
    assert lean("/** @type {any} */ (a).b = 1;\n/** c */\nd();\n") == "(a).b = 1;\nd();\n"


def test_tight() -> None:
    style = lean(
        'a,\nb > i {\n  font:\n    1em\n    x,\n    "y;  0.5 /* z */";\n}\n@media (a: b) {\n}\n'
    )
    assert tight(style) == 'a,b>i{font:1em x,"y;  0.5 /* z */"}@media (a: b){}'
    assert (
        tight('[a="b"] [c="1d"] > [e=""] {\n  font: 1em / 2 f;\n}\n')
        == '[a=b] [c="1d"]>[e=""]{font:1em/2 f}'
    )
    assert tight("a {\n  margin: 0.5em 10.5em 0; /* a; b */\n  top: -0.2em;\n}\n") == (
        "a{margin:.5em 10.5em 0;top:-.2em}"
    )


def test_unindented(app: Flask) -> None:
    made = app.jinja_env.from_string(
        "<p\n    class='a'>\n  {{ x }}\n</p>\n<pre>\n  {{ x }}\n  y</pre>\n  z"
    )
    assert made.render(x=" \n  b") == "<p class='a'>\n \n  b\n</p>\n<pre>\n   \n  b\n  y</pre>\nz"


def test_tags_are_lines(app: Flask) -> None:
    made = app.jinja_env.from_string(
        "<a\n  b='{{ x }}'\n  {%- if y %} c{% endif %}\n  {% if y %}d{% endif %}\n>\n  1 > 0\n<br\n/></a>\n"
    )
    assert made.render(x=">\n  <i\n") == "<a b='&gt;\n  &lt;i\n' >\n1 > 0\n<br /></a>"
    assert made.render(x="", y=1) == "<a b='' c d>\n1 > 0\n<br /></a>"


def texts(locale: str, surface: str) -> dict[str, str]:
    path = FOLDER / locale / f"{'frame' if surface in PARTS else surface}.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    part = surface.removeprefix("frame")
    return said_by(part, found) if surface in ("frame", *PARTS) else found


@every_row("surface", ["frame", *PARTS])
def test_every_phrase_that_is_said_exists_and_is_said(surface: str) -> None:
    modules = PARTS.get(surface, MODULES)
    script = "".join((STATIC / each).read_text("utf-8") for each in modules)
    quoted = set(re.findall(r'"([a-z][a-z_.]*)"', script))
    known = set(texts("en", surface))
    said = set(re.findall(r'say\("([a-z_.]+)"', script))
    # a part may say what the script says as well
    assert said <= known | set(texts("en", "frame"))
    unused = {key for key in known - quoted if key.partition(".")[0] not in SAID_BY_RULE}
    assert unused == set()
