"""What stands in the place of a picture: letters of the name, in one of eight colors."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from commentsvc.core.ids import new_id
from commentsvc.embed.faces import TINTS, initials, tint
from tests.tables import every_row

STYLE = Path(__file__).parents[2] / "static" / "embed" / "read.css"


@every_row(
    ("name", "letters"),
    [
        ("Rita Lindqvist", "RL"),
        ("anna maria de la Cruz", "AC"),
        ("Nightcook", "N"),
        ("T. Penrose", "TP"),
        ("Елена Петрова", "ЕП"),
        ("山田 太郎", "山"),
        ("ليلى حسن", "ل"),
        ("Ann 7", "A"),
        ("ß", "S"),
        ("  ", ""),
        ("😀 Bo", "😀"),
    ],
)
def test_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_colors_are_spread_and_stay() -> None:
    ids = [new_id() for _ in range(2_400)]
    found = Counter(map(tint, ids))
    assert found.keys() == set(range(TINTS)) and min(found.values()) > 80
    assert [*map(tint, ids)] == [*map(tint, ids)]
    assert tint(None) == tint("") == 0


def test_each_color_is_another() -> None:
    hues = re.findall(r"\.h(\d+) \{\s*--h: (\d+);", STYLE.read_text("utf-8"))
    assert [int(at) for at, _ in hues] == [*range(1, TINTS)]  # the first is the default
    assert len({hue for _, hue in hues} | {"210"}) == TINTS
