"""However nasty a text and a list are: the work is bounded by the text."""

from __future__ import annotations

import random
import re
from itertools import product
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.judging.lists import places as places_module
from commentsvc.moderation.judging.lists import words as words_module
from commentsvc.moderation.judging.lists.words import WordList
from commentsvc.moderation.judging.spam import words as spam_words
from commentsvc.moderation.judging.traits import scan_links
from commentsvc.moderation.waves import likeness
from commentsvc.toxicity import normalise as normalise_module
from commentsvc.toxicity.normalise import normalise
from commentsvc.toxicity.readings import every
from tests.growth import costs_at_most, is_done_in
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Callable


def test_five_thousand_entries_are_quick() -> None:
    real = shared("spam/disallowed-keys-half.txt")
    lines = real.read_text("utf-8").split("\n")[:5000] if real else []
    lines += [f"word{i:x}ing*" if i % 7 else f"two wo{i:x}" for i in range(5000 - len(lines))]
    lines.append("casino")
    assert is_done_in(2, lambda: words_module._compiled.__wrapped__(tuple(lines)))  # 40 ms here
    words = WordList.compile(lines)
    text = "Some words of an ordinary comment, by no means odd. " * 10 + "c4sino"
    plain = normalise(text)
    assert is_done_in(0.01, lambda: words.find(text, plain))  # 0.1 ms here
    assert [hit.entry for hit in words.find(text, plain)][-1] == "casino"
    assert WordList.compile(list(lines)) is words


@pytest.mark.parametrize(
    "text", ["f" * 20_000, "f k " * 5000, "1" * 20_000, "fg" * 9000, ". " * 10_000]
)
def test_no_text_takes_long(text) -> None:
    words = WordList.compile(["f*k", "*f*", "f*f*f*g", "ff", "f f", "kill yourself", "1*1*2"])
    plain = normalise("")
    assert is_done_in(2, lambda: (words.find(text, plain), scan_links(text)))


NASTY = {
    "one word": "crypto",
    "one letter": "a",
    "alternating": "ab",
    "spelled apart": "f u c k ",
    "many spelled apart": "f.u.c.k, ",
    "gaps": "fxuxcxkx",
    "masks": "f**k sh*t ",
    "digits": "c4$1n0",
    "all marks": "a\u0301",
    "all links": "https://a.example/fuck ",
    "one character for many": "\ufdfa",
    "ligatures": "\ufb01\ufb02\ufb03 ",
    "a mix": "a \ufb01\U0001f600 \U0001f1751 \u00e9-\u00df ",
}
LISTS = {
    "open ends": ["crypto*", "*fuck*", "*aa*", "*ab*"],
    "wildcards": ["*a*b*", "*f*u*c*k*", "c*p*o", "*a*a*a*a*z*", "*z*a*a*a*a*a*a*a*"],
    "many": [f"*w{number:04}*" for number in range(5000)],
    "prefixes of each other": [f"{'a' * number}*" for number in range(2, 200)],
    "parts of each other": [f"*{'ab' * number}*" for number in range(1, 2500)],
    "single letters": [f"*{one}{two}*" for one, two in product("abcdefghijklmnop", repeat=2)],
    "one part in all": [f"*aa*b{number:04}*" for number in range(5000)],
}


# Five thousand words of three to eight letters; entries with open ends, with gaps, and whole.
DRAWN = random.Random(1)
MANY = ["".join(DRAWN.choices("etaoinshrdlucmfw", k=DRAWN.randint(3, 8))) for _ in range(5000)]
OPEN = [
    ("*{}{}*", "{}{}*", "*{}{}", "{}*{}")[at % 4].format(w[0], w[1:]) for at, w in enumerate(MANY)
]
LONG_LISTS = {
    "open ends": OPEN,
    "whole": MANY,
    "phrases": [f"{one} {other}" for one, other in zip(MANY, reversed(MANY), strict=True)],
    "accents": [word.replace("e", "é").replace("a", "ä") for word in OPEN],
    "all that a few letters make": [
        f"*{''.join(each)}*" for size in range(2, 7) for each in product("fuck", repeat=size)
    ][:5000],
}
LONG_TEXTS = {
    "glued": "".join(MANY[:4000])[:20_000],
    "words": " ".join(MANY[:4000])[:20_000],
    "apart": " ".join("".join(MANY[:2000]))[:20_000],
    "drawn out": " ".join(re.sub("(.)", r"\1\1\1", word) for word in MANY[:1500])[:20_000],
    "digits": "".join(MANY[:4000]).translate(str.maketrans("eaois", "34015"))[:20_000],
    "accents": " ".join(MANY[:4000]).replace("e", "é").replace("a", "ä")[:20_000],
}


@pytest.mark.parametrize("size", [8_000, pytest.param(20_000, marks=pytest.mark.drill)])
@pytest.mark.parametrize("lines", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("piece", NASTY.values(), ids=NASTY)
def test_twice_the_text_is_no_more_than_twice_the_work(
    piece: str, lines: list[str], size: int
) -> None:
    words = WordList.compile(lines)
    text = (piece * size)[:size]
    half, free = text[: size // 2], size / 5_000_000  # seconds that need no comparison
    assert costs_at_most(2.6, lambda: words.find(text), lambda: words.find(half), more=free)


@pytest.mark.parametrize("lines", LISTS.values(), ids=LISTS)
def test_a_long_list_costs_little_more_than_a_short_one(lines: list[str]) -> None:
    """Thousands of entries that begin alike or lie in each other are looked for as if they were few."""
    text = "a" * 20_000
    few, many = WordList.compile(["crypto*", "*fuck*"]), WordList.compile(lines)
    assert costs_at_most(8, lambda: many.find(text), lambda: few.find(text))


@pytest.mark.parametrize("lines", LONG_LISTS.values(), ids=LONG_LISTS)
@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS)
def test_the_nastiest_text_costs_little_more_with_five_thousand_entries(text, lines) -> None:
    few, many = WordList.compile(lines[:10]), WordList.compile(lines)
    assert costs_at_most(8, lambda: many.find(text), lambda: few.find(text), more=0.01)


@pytest.mark.parametrize(
    "lines", [*LISTS.values(), *LONG_LISTS.values()], ids=[*LISTS, *LONG_LISTS]
)
def test_a_long_text_has_the_same_entries_as_its_words(monkeypatch, lines) -> None:
    """Long texts are searched at all places at once, shorter ones word by word."""
    words = WordList.compile(lines)
    texts = [(each * 200)[:400] for each in (*NASTY.values(), *LONG_TEXTS.values())]
    by_word = [words.find(text) for text in texts]
    monkeypatch.setattr(places_module, "_LONG", 1)
    assert [words.find(text) for text in texts] == by_word


def test_many_words_read_from_one_cost_what_it_costs() -> None:
    """All that was rewritten as one word stands for the same long part of the text."""
    words = WordList.compile(LONG_LISTS["all that a few letters make"])
    text = LONG_TEXTS["digits"]
    assert costs_at_most(2.6, lambda: words.find(text), lambda: words.find(text[:10_000]))


@pytest.mark.parametrize("lines", LONG_LISTS.values(), ids=LONG_LISTS)
def test_twice_the_list_is_twice_the_compiling(lines) -> None:
    def compiled(size: int) -> Callable[[], object]:
        return lambda: words_module._compiled.__wrapped__(tuple(lines[:size]))

    assert costs_at_most(2.6, compiled(2000), compiled(1000), more=0.02)


def test_long_words_are_not_kept() -> None:
    """The caches of words are bounded by their number, so a word in them must be short."""
    for read, cache in (
        (lambda word: normalise_module.plain_word(word, False), normalise_module._changed_once),
        (spam_words._numbers_of, spam_words._numbers_once),
        (likeness._numbers, likeness._numbers_once),
        (every.readings, every._is_odd),
    ):
        read("kept" * 5)
        before = cache.cache_info().currsize
        assert before
        read("long" * 5000)
        assert cache.cache_info().currsize == before
