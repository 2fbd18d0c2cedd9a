"""How many lines a text takes up in a narrow and in a wide box. The server decides what is shortened,
so that nothing moves after the comments are painted."""

from __future__ import annotations

import re

#: Characters in a line of a box of up to 25 rem, up to 40 rem, and wider (static/embed/read.css).
_COLUMNS = (51, 72, 98)
_MOST = 18  # lines; a shortened text shows 13, so that at least five are hidden
_BETWEEN = 0.4  # of a line, between paragraphs
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uff60\U0001f300-\U0003fffd]"
)


def too_long_in(text: str) -> int:
    """In how many of three widths of the box a text is shortened: 0 (none), 1 (narrow) to 3 (all)."""
    if len(text) + 25 * text.count("\n") < 450:
        return 0
    lines = [len(each) + len(_WIDE.findall(each)) for each in text.split("\n")]
    return sum(_lines(lines, columns) > _MOST for columns in _COLUMNS)


def _lines(lengths: list[int], columns: int) -> float:
    return sum(-(-length // columns) if length else _BETWEEN for length in lengths)
