"""Markup in scripts: one module hands it to the browser, and its holes stand where escaping holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.made import FOLDER, LOADER
from tests.laws import keep
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Iterator

STATIC = Path(__file__).resolve().parents[2] / "static"
MODULES = sorted(
    path
    for path in STATIC.rglob("*.js")
    if path.parent.name != "vendor"
    and path.parent.name != "loader"
    and path.name not in ("embed.js", "facebook.js")
    and not path.is_relative_to(FOLDER)
)
#: What makes elements of text, however it is called.
_SINK = re.compile(
    r"\b(?:(?:inner|outer)HTML|srcdoc)\b[\"'`]?\s*(?:\]\s*)?(?:\+?=(?!=)|:)|insertAdjacentHTML|setHTMLUnsafe|"
    r"createContextualFragment|document\.write"
)


def test_every_way_in_is_known() -> None:
    ways = ("a.innerHTML = x", "a['innerHTML'] = x", "a.outerHTML += x", "f(a, { srcdoc: x })")
    assert [each for each in ways if not _SINK.search(each)] == []
    assert not _SINK.search("a.innerHTML !== b.innerHTML; a.innerHTML === b")


def test_scripts_for_old_pages_make_no_markup() -> None:
    for name in (*LOADER, "facebook.js"):
        assert _SINK.findall((STATIC / "embed" / name).read_text("utf-8")) == []


def templates(source: str) -> Iterator[tuple[str, str]]:
    """(tag, what stands between the holes, each hole a NUL) of every template literal, also of those in
    holes. Comments are taken out before: they may speak of a literal."""
    source = re.sub(r"/\*.*?\*/|^\s*//.*$", "", source, flags=re.DOTALL | re.MULTILINE)
    open_: list[list[str]] = []  # tag, text, how many braces are open in the hole it is in
    depths: list[int] = []
    inside = False  # a literal, and not a hole of it
    at = 0
    while at < len(source):
        char = source[at]
        if inside and char == "\\":
            at += 1
        elif inside and source.startswith("${", at):
            open_[-1][1] += "\0"
            depths.append(0)
            inside = False
            at += 1
        elif char == "`" and inside:
            tag, text = open_.pop()
            yield tag, text
            inside = False
        elif char == "`":
            found = re.search(r"(\w*)$", source[:at])
            open_.append([found[1] if found else "", ""])
            inside = True
        elif inside:
            open_[-1][1] += char
        elif depths and char == "{":
            depths[-1] += 1
        elif depths and char == "}":
            if not depths[-1]:
                depths.pop()
                inside = True
            else:
                depths[-1] -= 1
        at += 1
    assert not open_ and not depths


def test_templates_are_read() -> None:
    source = 'const a = html`<b title="${x}">${each.map((y) => html`<i>${{ z: `w` }.z}</i>`)}</b>`;'
    assert list(templates(source)) == [
        ("", "w"),
        ("html", "<i>\0</i>"),
        ("html", '<b title="\0">\0</b>'),
    ]


@every_row("path", MODULES)
def test_markup_has_one_door(path: Path) -> None:
    source = path.read_text("utf-8")
    if path != STATIC / "embed/lib/html.js":
        keep("Only embed/lib/html.js makes markup: use its html`…`:", _SINK.findall(source))
    for tag, text in templates(source):
        if tag != "html":
            assert "<" not in text.replace("\0<", ""), f"markup without html: {text}"
            assert "\n" not in text, f"a text over several lines: {text}"
            continue
        assert not re.search(r"\n\s*//", text), "joining takes this for a comment"
        # a hole is a text between tags, or a part of a value in double quotes: nothing else is escaped
        for inside in re.findall(r"<[^>]*", text):
            assert "\0" not in re.sub(r'"[^"]*"', "", inside), text
        assert not re.search(r"<(?:script|style|template|iframe)\b|\son\w+=", text), text
        # nor a scheme of the reader's choosing
        for hole in re.findall(r'(?:href|src|action)="(\0[^"]*)"', text):
            assert (path.name, hole) == ("sign_in.js", "\0"), text
