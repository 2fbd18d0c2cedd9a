"""What keeps a text in its place."""

from __future__ import annotations

import pytest

from commentsvc.core.shown import isolated, one_line


@pytest.mark.parametrize(
    ("text", "locale", "kept"),
    [
        ("Mona", "en", "Mona"),
        ("Mona", "ar", "\u2068Mona\u2069"),
        ("منى (2)", "en", "\u2068منى (2)\u2069"),
        ("משה", "de", "\u2068משה\u2069"),
    ],
)
def test_a_name_turns_nothing_around(text: str, locale: str, kept: str) -> None:
    assert isolated(text, locale) == kept and one_line(kept) == text
