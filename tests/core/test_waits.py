"""How long to wait, in words that people can use."""

from __future__ import annotations

import pytest

from commentsvc.core.errors import again_in
from commentsvc.core.locale import available


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "in 1 second"),
        (120, "in 120 seconds"),
        (121, "in 3 minutes"),
        (3182, "in 54 minutes"),
        (7200, "in 2 hours"),
        (7201, "in 3 hours"),
        (86_000, "in 24 hours"),
    ],
)
def test_a_long_wait_is_said_in_minutes_or_hours(seconds: int, said: str) -> None:
    assert again_in(seconds, "en") == f"Try again {said}."


def test_every_language_says_it() -> None:
    for locale in available():
        assert "54" in again_in(3182, locale), locale
