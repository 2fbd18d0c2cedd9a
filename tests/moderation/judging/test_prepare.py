"""What is read before the first text comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.moderation.judging.facts import prepare, read_text
from commentsvc.moderation.judging.finders.grammar import table
from commentsvc.moderation.judging.lists import insults, literals, words
from commentsvc.sites.policy import Policy

if TYPE_CHECKING:
    import pytest


def test_the_first_text_finds_all_phrases_read() -> None:
    table.cache_clear()
    prepare()
    read = table.cache_info().misses
    assert read == 5
    read_text(0, Policy(), "I will kill you and they should all die.")
    assert table.cache_info().misses == read


def test_the_first_long_text_finds_its_tables_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (insults._insults, words._compiled):
        each.cache_clear()
    made: list[int] = []

    class Counted(literals.Steps):
        def __init__(self, edges: list[dict[str, int]]) -> None:
            made.append(len(edges))
            super().__init__(edges)

    monkeypatch.setattr(literals, "Steps", Counted)
    prepare()
    assert made and max(made) > 100
    before = [*made]
    read_text(0, Policy(), "The harbour was quiet this morning, and the ferry left late. " * 60)
    assert made == before
