"""Places of a source in what its readers see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.threads.text import Placed, plain
from tests.growth import costs_at_most
from tests.tables import every_row


def shown(source: str, words: str, *, after: str = "") -> str | None:
    """What stands in the plain text where `words` stand in the source."""
    placed = Placed(source, addresses=True)
    start = source.index(words, source.index(after) + len(after))
    found = placed.at(start, start + len(words))
    return None if found is None else placed.text[slice(*found)]


def test_it_works() -> None:
    assert plain("*a* [b](https://e.org/x) https://e.org/", addresses=True) == (
        "a b (https://e.org/x) https://e.org/"
    )
    assert Placed("You **idiot**", addresses=True).text == "You idiot"
    assert shown("You **idiot**", "idiot") == "idiot"


@every_row(
    ("source", "words", "after", "expected"),
    [
        ("[good](https://idiot.example/) idiot!", "idiot", ") ", "idiot"),
        ("[good](https://idiot.example/) idiot!", "idiot", "", "idiot"),
        ("> an idiot\n\n1. idiot\n2. two", "idiot", "1.", "idiot"),
        ("you **are an *idiot***, yes", "are an *idiot", "", "are an idiot"),
        ("`idiot` and idiot", "idiot", "and", "idiot"),
        ("[bank.example](https://evil.example/) evil", "evil", ") ", "evil"),
        (r"an \*idiot\* here", "idiot", "", "idiot"),
        ("idiots", "diot", "", "diot"),
        ("a\n\n- idiot\n- b", "idiot", "", "idiot"),
        ("**x**", "**", "", None),
    ],
)
def test_places(source, words, after, expected) -> None:
    assert shown(source, words, after=after) == expected


def test_it_is_the_right_one_of_several() -> None:
    source = "[idiot](https://a.example/idiot) idiot [x](https://idiot.example) **idiot**"
    placed = Placed(source, addresses=True)
    last = source.rindex("idiot")
    assert placed.at(last, last + 5) == (
        placed.text.rindex("idiot"),
        placed.text.rindex("idiot") + 5,
    )
    middle = source.index(" idiot ") + 1
    found = placed.at(middle, middle + 5)
    assert found is not None and placed.text[found[0] - 1 : found[1] + 1] == " idiot "


@pytest.mark.parametrize(
    ("source", "words", "expected"),
    [
        ("You **are an** idiot.", "are an idiot.", "are an** idiot"),
        ("you _ _ [fool](https://e.org/a(b)c) you sot", "fool you", "fool](https://e.org/a(b)c) you"),
        (r"an \*idiot\* &amp; _fool_", "idiot* &amp; fool", r"idiot\* &amp; _fool"),
        ("  idiot here", "here", "here"),
        ("*a* 🐍 _b_", "🐍", "🐍"),
    ],
)  # fmt: skip
def test_places_in_the_source(source, words, expected) -> None:
    placed = Placed(source)
    start = placed.text.index(words)
    found = placed.source(start, start + len(words))
    assert found is not None and source[slice(*found)] == expected


@given(st.text("ab *_`[]()>#-.\n1\\", max_size=60), st.data())
def test_a_place_is_of_words_that_stand_in_both(source, data) -> None:
    placed = Placed(source, addresses=True)
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    found = placed.at(start, end)
    if found is not None:
        assert 0 <= found[0] < found[1] <= len(placed.text)


@pytest.mark.parametrize("piece", ["a ", "**a** ", "[a](http://b.example) ", "a b c d ", "`"])
def test_it_costs_no_more_than_the_text(piece) -> None:
    assert costs_at_most(2.6, lambda: Placed(piece * 1000), lambda: Placed(piece * 500), more=0.02)
