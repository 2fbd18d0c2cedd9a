"""What set-up at a terminal asks about reading, and the limits that follow."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_commands import INIT
from tests.factories import held_of_1000

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said

ADD = ("site", "add", "The Blog", "--origin", "https://blog.example.org")


def test_it_works(call: Callable[..., Said]) -> None:
    said = call(*INIT, "--comments-a-day", "1000", "--readable-a-day", "20")
    assert (
        f"Of 1,000 comments, about {held_of_1000(0.95)} are held (Civil Comments, embedded/"
        in said.out
    )
    assert "of the toxic ones" in said.out
    said = call(*ADD, "--unscored-language", "hold")
    assert f"Of 1,000 comments, about {held_of_1000(0.6)} are held" in said.out


@pytest.mark.parametrize(
    "answers", [("--comments-a-day", "9"), ("--comments-a-day", "9", "--readable-a-day", "0")]
)
def test_half_an_answer_is_refused(call: Callable[..., Said], answers: tuple[str, ...]) -> None:
    call(*INIT)
    said = call(*ADD, *answers)
    assert (said.code, said.out) == (1, "")
    assert "number from 1" in said.err
    assert "The Blog" not in call("site", "list").out


@pytest.mark.parametrize("answers", [(), ("--readable-a-day", "0"), ("--readable-a-day", "20")])
def test_zero_skips(call: Callable[..., Said], answers: tuple[str, ...]) -> None:
    for command in (INIT, ADD):
        said = call(*command, "--comments-a-day", "0", *answers)
        assert said.code == 0, said.err
        assert f"Of 1,000 comments, about {held_of_1000(0.6)} are held" in said.out


def test_init_asks_and_can_be_left_without_an_answer(
    call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tuple(each for each in INIT if each != "--yes")
    monkeypatch.setattr("sys.stdin", io.StringIO("400\n20\n"))
    said = call(*asked, "--password", "correct horse battery")
    assert said.code == 0, said.err
    assert "How many of them can you review a day?" in said.out
    assert f"Of 1,000 comments, about {held_of_1000(0.6)} are held" in said.out
