"""Odd pages: situations in which a box has to stand, each a small file of tests/browser/pages.

A file starts with what is special about it, one comment a line, and then is the page's own text:

    <!-- why: a theme built with Tailwind 4 -->
    <!-- scheme: dark -->
    <style>body { background: oklch(0.205 0 0) }</style>
    {{tag}}

`why` says what it stands for. `scheme` is the box's light or dark, `boxes` how many there are (1),
`header` a header the page is served with (`Name: value`, as often as needed), `html` attributes of its
`<html>`, `moves: yes` that what follows the box may be pushed away. `{{head}}` ends the page's head,
A script named copied or bundled is the loader as it is served.
`{{tag}}` is the owner's tag, `{{service}}` our origin, `{{article}}` an address with a comment.
test_odd_pages.py holds every page against the same laws; what a page does besides is a test of its own.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from tests.browser.conftest import Pages

FOLDER = Path(__file__).parent / "pages"
VENDOR = Path(__file__).parents[1] / "vendor"
NAMES = sorted(path.stem for path in FOLDER.glob("*.html"))

_FACT = re.compile(r"<!-- (\w+): (.*?) -->\n")


@dataclass(frozen=True)
class Odd:
    """A situation, read from its file."""

    text: str
    facts: dict[str, list[str]]

    def fact(self, name: str, default: str = "") -> str:
        """What the page says about itself, or `default`."""
        return self.facts.get(name, [default])[0]


def read(name: str) -> Odd:
    """The situation of this name."""
    text, facts = (FOLDER / f"{name}.html").read_text("utf-8"), dict[str, list[str]]()
    while found := _FACT.match(text):
        facts.setdefault(found[1], []).append(found[2])
        text = text[found.end() :]
    return Odd(text, facts)


def lay_out(pages: Pages, name: str, article: str) -> str:
    """Put the page where a browser finds it; returns its address, which a query makes another page's."""
    odd = read(name)
    head, cut, body = odd.text.rpartition("{{head}}")
    for copy in re.findall(r'src="((?:copied|bundled)\.js)"', odd.text):
        with urlopen(f"{pages.service}/embed.js") as answer:
            (pages.folder / copy).write_bytes(answer.read())
    for library in re.findall(r'src="(\w+(?:\.min)?\.js)"', odd.text):
        if (VENDOR / library).exists():
            shutil.copy(VENDOR / library, pages.folder / library)
    pages.headers(**dict(each.split(": ", 1) for each in odd.facts.get("header", [])))
    holes = {"tag": pages.tag(href=None), "service": pages.service, "article": article}
    for hole, value in holes.items():
        head, body = (part.replace(f"{{{{{hole}}}}}", value) for part in (head, body))
    return pages.write(body, f"{name}.html", head if cut else "", attributes=odd.fact("html"))
