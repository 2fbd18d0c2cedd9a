"""Twice the text is at most twice the work, however nasty it is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.moderation.judging.finders.spotting import spotted
from commentsvc.moderation.judging.spam.model import reading_of, shipped
from commentsvc.moderation.judging.traits import scan_links, shouting, similarity
from commentsvc.threads import text as texts
from commentsvc.threads.text import markup
from commentsvc.toxicity.normalise import normalise
from tests.growth import costs_at_most

if TYPE_CHECKING:
    from collections.abc import Callable

NASTY = [
    "crypto", "a", "ab", "a\u0301", "https://a.example/x ", "https://a.example/", "www.a", "a，", "\u202ea",
    "> ", "> a\n", "- ", "*a", "_a_", "[", "[a](", "`a", "\\*", "\ufdfa", "f.u.c.k, ",
    "1", "1 ", "0 12-", "1.", "12 Aa ", "12 Main Street ", "Via A ", "a@a.", "a at a dot ", "call 1 ",
    "id 1a", "A1", "1:", "4111 ", "lives at a ", "12 apt ", "i will ",
    "do me a favour and ", "i want to just ", "all of the ", "they should all be ", "\"a", "never that ",
    "check my ", "my a b ", "i'm a ", "please ", "$1", "made a ", "please a ", "subscri", "+1 ",
    "a dot ", "a_at_", "a . ", "@ a ", "zero one ", "0 ", "i w ", "iwill", "kiII", "'a ", "1\u200b", "＠．",
    "they are ", "he said that ", "never ", "if i die ", "in this ", "watch your ", "ich bringe dich ",
    "_ ", "[a](https://a.example/a(b)c) ", "a](b(", "a_b [c_d](https://e_f.example/_(_)_) ", "&amp; _ \\_",
    "*_a_* ", "\u0301\u0316", "1*",
]  # fmt: skip


def place_all(placed: texts.Placed) -> None:
    """Every sentence, in the source."""
    length = len(placed.text)
    for start in range(0, length, length // 20 + 1):
        placed.source(start, start + length // 20)


#: What reads a text itself.
STEPS: dict[str, Callable[[str], object]] = {
    "clean": lambda text: texts.clean(text, max_length=20_000),
    "parsed": markup._parsed.__dict__["__wrapped__"],
    "fold": normalise,
    "hosts": scan_links,
    "spots": spotted,
    "spam": lambda text: shipped().said(reading_of(text, normalise(text)), scan_links(text)),
    "traits": lambda text: (shouting(text), similarity(text, text[:-1])),
}
#: What reads the tokens of a text that is parsed once.
STEPS_AFTER: dict[str, Callable[[str], object]] = {
    "html": texts.html,
    "plain": texts.plain,
    "links": texts.links,
    "excerpt": lambda text: texts.excerpt(text, 200),
    "placed": lambda text: place_all(texts.Placed(text)),
    "placed for moderators": lambda text: place_all(texts.Placed(text, addresses=True)),
}


@pytest.mark.parametrize("size", [12_000, pytest.param(20_000, marks=pytest.mark.drill)])
@pytest.mark.parametrize("piece", NASTY, ids=ascii)
def test_twice_the_text_is_at_most_twice_the_work(piece: str, size: int) -> None:
    text = (piece * size)[:size]
    half, free = text[: size // 2], size / 5_000_000  # seconds that need no comparison

    def is_at_most_twice(step: Callable[[str], object]) -> bool:
        def read(text: str) -> None:
            with suppress(Invalid):
                step(text)

        return costs_at_most(2.6, lambda: read(text), lambda: read(half), more=free)

    assert [name for name, step in STEPS.items() if not is_at_most_twice(step)] == []
    for each in (text, half):
        markup._parsed(each)
    assert [name for name, step in STEPS_AFTER.items() if not is_at_most_twice(step)] == []
