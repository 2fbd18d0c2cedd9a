"""What is read before the first text comes."""

from __future__ import annotations

from commentsvc.moderation.judging.facts import prepare, read_text
from commentsvc.moderation.judging.finders.grammar import table
from commentsvc.sites.policy import Policy


def test_the_first_text_finds_all_phrases_read() -> None:
    table.cache_clear()
    prepare()
    read = table.cache_info().misses
    assert read == 5
    read_text(0, Policy(), "I will kill you and they should all die.")
    assert table.cache_info().misses == read
