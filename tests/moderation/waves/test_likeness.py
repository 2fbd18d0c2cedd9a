"""Which texts are alike: spun ones are, ordinary ones are not."""

from __future__ import annotations

import csv
import lzma
import random
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.moderation.waves.likeness import (
    _FACTORS,
    _SHIFTS,
    MANY,
    Text,
    Vocabulary,
    are_alike,
    keys_of,
    share,
    words_of,
)
from commentsvc.toxicity.normalise import normalise
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

#: One advertisement with a choice for most words, as programs that fill in comment boxes have it.
SPUN = (
    "{Hi|Hello|Hey there|Good day}, {I|we} {just|really|only} {wanted|had|needed} to {say|mention} thanks "
    "for {this|your|such a} {great|wonderful|excellent|superb} {article|post|piece}. {I|My friend} "
    "{earned|made|won} {$500|$900|$3,000} {last week|yesterday|this month} {working|sitting} {from home|"
    "online} with {this|a simple} {page|system|method}: {check|visit|see} {it|my profile} {here|now|today}"
)


def spun(template: str, count: int, seed: int = 1) -> Iterator[str]:
    """So many texts of a template."""
    rng = random.Random(seed)
    for _ in range(count):
        yield re.sub(r"\{([^{}]*)\}", lambda each: rng.choice(each[1].split("|")), template)


def text_of(text: str, *, suspect: bool = False, hosts: tuple[str, ...] = ()) -> Text:
    return Text(frozenset(words_of(normalise(text).text)), suspect, frozenset(hosts))


def test_it_works() -> None:
    one = "The new Flexora drops helped my knees within a single week, ask for them today!"
    other = "TODAY ask for them: the n3w Fl\u0435xora drops helped my knees, within a single week"
    assert are_alike(text_of(one), text_of(other))
    assert not are_alike(
        text_of(one), text_of("The new bridge opened this week, and my knees hurt.")
    )
    assert set(keys_of(words_of(one))) & set(keys_of(words_of(one)))


@pytest.mark.parametrize(
    "text",
    [
        "今日は新しい橋の開通式に行きましたがとても混んでいました",
        "วันนี้ฉันไปเปิดสะพานใหม่และมีคนเยอะมาก",
        "Новый мост открыли вчера, и всё равно никто не знает, сколько он стоил городу",
        "افتتح الجسر الجديد أمس ولا أحد يعرف كم كلف المدينة في النهاية",
    ],
)
def test_any_script_has_words(text: str) -> None:
    assert are_alike(text_of(text), text_of(f"{text} 123!"))


def test_what_is_short_is_alike_only_where_it_is_the_same_advertisement() -> None:
    ad = "Subscribe to my channel"
    assert are_alike(text_of(ad, suspect=True), text_of(f"{ad}!!", suspect=True))
    assert not are_alike(text_of(ad), text_of(ad))
    assert not are_alike(text_of("Thank you very much!"), text_of("Thank you very much."))
    assert words_of("Yes!") == () and keys_of(()) == []


def test_addresses_are_no_words() -> None:
    assert words_of("look at this http://a.example/b?c=d") == words_of("look at this")


def test_two_advertisements_need_less_in_common() -> None:
    one, other = spun(SPUN, 2, seed=6)
    found = share(text_of(one).words, text_of(other).words)
    assert 0.35 <= found < 0.5
    assert are_alike(text_of(one, suspect=True), text_of(other, suspect=True))
    assert not are_alike(text_of(one), text_of(other))


def test_a_wave_has_words_of_its_own() -> None:
    *some, last = map(text_of, spun(SPUN, 40))
    wave = Vocabulary.of(some)
    assert wave.made(last)
    assert not wave.made(text_of("I have made this page my first stop for news from home, thanks."))
    assert not wave.made(text_of("Thanks for this great article"))  # too short to tell
    assert len(some) >= MANY


def waves_among(texts: list[Text]) -> list[set[int]]:
    """All texts that a key brings together and that are alike."""
    of_key: dict[int, list[int]] = {}
    found: dict[int, set[int]] = {}
    for at, text in enumerate(texts):
        for key in keys_of(sorted(text.words)):
            for other in of_key.setdefault(key, [])[-40:]:
                if found.get(at) is not found.get(other, at) and are_alike(text, texts[other]):
                    joined = found.get(at, {at}) | found.get(other, {other})
                    found.update(dict.fromkeys(joined, joined))
            of_key[key].append(at)
    return list({id(each): each for each in found.values()}.values())


def test_a_spun_text_is_one_wave() -> None:
    texts = [text_of(each, suspect=True) for each in spun(SPUN, 300)]
    (wave,) = waves_among(texts)
    assert len(wave) == 300


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.drill)])
def test_ordinary_comments_are_no_wave(count: int) -> None:
    texts = ordinary(count)
    if not texts:
        pytest.skip("the shared data is not here")
    assert waves_among([text_of(each) for each in texts]) == []


def ordinary(count: int) -> list[str]:
    """Comments under news, each text once."""
    path = shared("toxicity/civil_train.csv.xz")
    if path is None:
        return []
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = (row["comment_text"] for row in csv.DictReader(file))
        return list(dict.fromkeys(each for each, _ in zip(rows, range(count), strict=False)))


def test_the_orders_are_what_they_were() -> None:
    """Keys of waiting comments are stored: those of new comments must be made alike."""
    chance = np.random.default_rng(1997)
    assert (chance.integers(1, 1 << 31, _FACTORS.shape, np.uint64) * 2 + 1 == _FACTORS).all()
    assert (chance.integers(0, 1 << 32, _SHIFTS.shape, np.uint64) == _SHIFTS).all()
