"""A table in one test checks every row and names each one that fails."""

from __future__ import annotations

import pytest

from tests.tables import RowsFailed, every_row


def test_it_works() -> None:
    seen: list[tuple[int, str]] = []

    @every_row(("number", "text"), [(1, "a"), pytest.param(2, "b", id="two")])
    @every_row("more", ["!", "?"])
    def check(number: int, text: str, more: str) -> None:
        seen.append((number, text + more))

    check()
    assert seen == [(1, "a!"), (1, "a?"), (2, "b!"), (2, "b?")]


def test_every_row_that_fails_is_named() -> None:
    @every_row("text", ["good", "bad", "worse", "fine", "missing"])
    def check(text: str) -> None:
        assert text not in ("bad", "worse")
        with pytest.raises(ValueError):
            int(text if text != "missing" else "1")

    with pytest.raises(RowsFailed, match="3 of 5 rows failed") as failed:
        check()
    kinds = [type(each) for each in failed.value.exceptions]
    assert kinds == [AssertionError, AssertionError, pytest.fail.Exception]
    notes = [each.__notes__ for each in failed.value.exceptions]
    assert notes == [
        [f"Row {n}: {{'text': '{x}'}}"] for n, x in [(1, "bad"), (2, "worse"), (4, "missing")]
    ]


def test_rows_of_two_tables_are_named_together() -> None:
    @every_row("one", [1, 2])
    @every_row("other", [3, 4])
    def check(one: int, other: int) -> None:
        assert (one, other) != (2, 3)

    with pytest.raises(RowsFailed, match="1 of 2") as failed:
        check()
    [inner] = failed.value.exceptions
    assert isinstance(inner, RowsFailed) and inner.__notes__ == ["Row 1: {'one': 2}"]
    assert inner.exceptions[0].__notes__ == ["Row 0: {'other': 3}"]


@every_row("n", [1, 2, 3])
def test_fixtures_come_as_usual(worker_id: str, n: int) -> None:
    assert worker_id and n in (1, 2, 3)


def test_what_it_cannot_do_is_refused() -> None:
    def check(text: str) -> None:
        pass

    with pytest.raises(AssertionError, match="No rows"):
        every_row("text", [])
    with pytest.raises(AssertionError, match="takes no"):
        every_row("txt", ["a"])(check)
    with pytest.raises(AssertionError, match="mark"):
        every_row("text", [pytest.param("a", marks=pytest.mark.drill)])
    with pytest.raises(ValueError, match="shorter"):
        every_row("one, text", [("a",)])(lambda one, text: None)()
