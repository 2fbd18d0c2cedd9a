"""The dashboard's style sheets: none costs much at every decision, or knows which side is the first."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
SHEETS = STATIC / "dashboard"
# What contains all cards. A browser that meets `:has()` on it checks and computes again the style of
# everything below at each change to a card: 50 to 90 ms of a decision's time with 25 cards.
ABOVE = re.compile(
    r"(?:^|[\s>+~(])(?:html|body|main|#main|#cards|\.cards)[^\s>+~,{()]*:has\((?!> body\[)"
)


def test_it_works() -> None:
    assert len(list(SHEETS.glob("*.css"))) > 5
    for bad in ("body:has(.save) .x", "main.narrow:has(> .tabs)", ".cards:has([data-swipe])"):
        assert ABOVE.search(bad), bad
    for good in (".reasons label:has(:checked)", "html:has(> body[data-single])", ".card:has(p)"):
        assert not ABOVE.search(good), good


#: Above, right, below, left: where lines run the other way, the sides have to change places.
SIDES = re.compile(r"(?:padding|margin|inset): *(\S+) (\S+) (\S+) (\S+);")


def test_no_side_is_the_left_or_the_right_one() -> None:
    assert SIDES.search("padding: 8px 8px 8px 16px;")
    found = {
        f"{sheet.name}: {each[0]}"
        for folder in ("dashboard", "pages")
        for sheet in (STATIC / folder).glob("*.css")
        for each in SIDES.finditer(sheet.read_text())
        if each[2] != each[4]
    }
    assert not found


def test_nothing_above_the_cards_asks_what_it_contains() -> None:
    found = {
        f"{sheet.name}: {line.strip()}"
        for sheet in SHEETS.glob("*.css")
        for line in sheet.read_text().splitlines()
        if ABOVE.search(line)
    }
    assert not found
