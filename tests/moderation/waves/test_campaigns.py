"""Advertisements of several campaigns share phrases, but not a wave."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.moderation.waves.likeness import are_alike
from commentsvc.threads.models import Comment

from .test_gathering import holding, write
from .test_likeness import SPUN, spun, text_of, waves_among

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = [
    pytest.mark.engines(sample=1),
    pytest.mark.usefixtures(holding.__name__),
]

SEE = "{see|visit|check}"
TAIL = "{today|and thank me later|it changed my life and that of my wife|before Friday}"
#: Name -> template; `#` is another number in every text.
CAMPAIGNS = {
    "trade": "{Great|Super|Amazing} news everybody, I {earned|made|got} 300 dollars {this week|today} "
    "with QuickTrade casino from home, just register at https://quick-trade.example.com/join# and "
    "{thank|write to} me later",
    "home": f"I work from home and earn $900 a day – {SEE} https://h#.example.net/# {TAIL}",
    "coin": f"My wallet doubled with CoinHarbour crypto – {SEE} https://c#.example.org/# {TAIL}",
    "bonus": f"Best casino bonus in town – {SEE} https://b#.example.net/# {TAIL}",
    "follow": "{Great|Super|Nice} post everybody, {just|please} {visit|check} my page where I "
    "{made|show} how to earn dollars from home this week: https://video.example.tv/c#",
    "credit": "Do you need a {loan|credit} {today|now}? We lend from {home|abroad} at three percent, "
    "just register at https://credit.example.io/#/ and {thank me later|write to us}",
}


def texts_of(each: int) -> list[tuple[str, str]]:
    """So many texts of each campaign, mixed: campaign, text."""
    found = [
        (name, text.replace("#", str(at)))
        for name, template in CAMPAIGNS.items()
        for at, text in enumerate(spun(template, each, seed=7))
    ]
    random.Random(7).shuffle(found)
    return found


def waves_of(made: dict[int, str]) -> dict[int, Counter[str]]:
    """The waves of these comments (row id -> campaign): how many of each campaign are in it."""
    db.session.expire_all()
    found: dict[int, Counter[str]] = {}
    for row in db.session.execute(select(Comment.id, Comment.wave).where(Comment.id.in_(made))):
        if row.wave is not None:
            found.setdefault(row.wave, Counter())[made[row.id]] += 1
    return found


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    """Six campaigns once were one wave, chained by "from home", "just register at" and "thank me
    later": who rejected one rejected all."""
    made = {write(cast, text).id: name for name, text in texts_of(8)}
    work()
    waves = waves_of(made)
    assert [dict(each) for each in waves.values() if len(each) > 1] == []
    # those that link to one host are one wave
    for name in ("trade", "follow", "credit"):
        assert [each[name] for each in waves.values() if each[name]] == [8], name


A, B = ("a.example",), ("b.example",)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [((), (), True), (A, A, True), (A, (*B, *A), True), (A, B, False), (A, (), False)],
)
def test_two_advertisements_lead_to_the_same_place(
    one: tuple[str, ...], other: tuple[str, ...], alike: bool
) -> None:
    """Otherwise they need as much in common as any two comments."""
    first, second = spun(SPUN, 2, seed=6)
    found = text_of(first, suspect=True, hosts=one), text_of(second, suspect=True, hosts=other)
    assert are_alike(*found) is alike
    same = text_of(first, suspect=True, hosts=one), text_of(first, suspect=True, hosts=other)
    assert are_alike(*same)


@pytest.mark.parametrize("hosts", [1, 3, 300])
def test_a_spun_text_with_changing_hosts_is_one_wave(hosts: int) -> None:
    texts = [
        text_of(each, suspect=True, hosts=(f"shop{at % hosts}.example",))
        for at, each in enumerate(spun(SPUN, 300))
    ]
    [wave] = waves_among(texts)
    assert len(wave) > 290
