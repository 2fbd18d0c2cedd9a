"""Earlier decisions on comments like those of a whole page, which may be on many sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import queue
from commentsvc.moderation.precedents import reading
from commentsvc.sites import commands as sites
from tests.moderation.precedents.test_precedents import ASKED, SAID, holding, later, settle, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.people import Cast

__all__ = ["holding", "later"]
pytestmark = pytest.mark.engines


def test_a_page_asks_about_all_its_cards_at_once(
    cast: Cast,
    later: Callable[[], None],
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """However many they are, of however many sites, rules and scores."""
    sites.set_policy(cast.other, {"premoderate_all": True, "slow_seconds": 0}, by=cast.max)
    settle(cast, "approve", "reject", "reject")
    there = {"site": cast.other, "href": "https://mountain.example.net/hut"}
    decide(write(cast, SAID[3], **there).public_id, action="approve", by=cast.max)
    later()
    costs, pages = [], []
    for more, texts in (({}, [ASKED]), (there, [f"{ASKED} And you, idiot.", ASKED, SAID[0]])):
        for each in texts:
            write(cast, each, **more)
        cards = queue.page([cast.site, cast.other], "pending").items
        with count_queries() as seen:
            pages.append(reading.of_cards(cards))
        costs.append(len(seen))
    assert costs[0] == costs[1]
    found = [{each.id: len(pages[1][each.id]) for each in cards if each.site_id == site.id}
             for site in (cast.site, cast.other)]  # fmt: skip
    assert sorted(found[0].values()) == [3] and max(found[1].values()) == 1
    by_itself = {each.id: reading.of_cards([each])[each.id] for each in cards}
    assert by_itself == pages[1]
