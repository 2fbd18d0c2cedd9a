"""No regular expression is much slower than linear: twice the text, about twice the time."""

from __future__ import annotations

import re
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

import pytest

from . import growth
from .patterns import Found, every_pattern, recipes

if TYPE_CHECKING:
    from .patterns import Recipe

_LENGTHS = (16, 20, 24, 30, 36, 54, 100, 250, 600, 1200, 2400, 4800, 9600)
_LONG = 0.006  # seconds; faster patterns are not compared
_KEEPS_STEP = 1200  # nor those that double with the text up to this length

#: Patterns that read only this installation's files.
_OWN_FILES = {
    "commentsvc.web.assets._BLOCK_COMMENT",
    "commentsvc.web.assets._CSS_BLANKS",
}


def test_it_works() -> None:
    patterns = {each.where for each in every_pattern()}

    assert len(patterns) > 300
    assert patterns > _OWN_FILES


@pytest.mark.parametrize("pattern", [r"\s+$", r"<a [^>]*>", r"(?:a+)+b", r"\w+@\w+", r"x.*?y"])
def test_slow_patterns_are_found(pattern: str) -> None:
    assert _hard_for(Found("here", re.compile(pattern), at_the_start=False))


def test_twice_the_text_takes_about_twice_the_time() -> None:
    found = {
        each.where: hard
        for each in every_pattern()
        if each.where not in _OWN_FILES and (hard := _hard_for(each))
    }

    assert not found


def _hard_for(found: Found) -> Recipe | None:
    return next((each for each in recipes(found.pattern) if _grows_too_fast(found, each)), None)


def _grows_too_fast(found: Found, recipe: Recipe) -> bool:
    def read(length: int) -> None:
        text = recipe.text(length)
        if found.at_the_start:
            found.pattern.match(text)
        else:
            deque(found.pattern.finditer(text), maxlen=0)

    took = 0.0
    for length in _LENGTHS:
        before, took = took, growth.seconds(partial(read, length))
        if length == _KEEPS_STEP and took < 2.6 * before + 0.000005:
            break
        if took > _LONG:
            return not growth.costs_at_most(
                2.6, partial(read, length), partial(read, length // 2), more=0.0015
            )
    return False
