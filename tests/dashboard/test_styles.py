"""The dashboard's style sheets: none costs much at every decision."""

from __future__ import annotations

import re
from pathlib import Path

SHEETS = Path(__file__).parents[2] / "static" / "dashboard"
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


def test_nothing_above_the_cards_asks_what_it_contains() -> None:
    found = {
        f"{sheet.name}: {line.strip()}"
        for sheet in SHEETS.glob("*.css")
        for line in sheet.read_text().splitlines()
        if ABOVE.search(line)
    }
    assert not found
