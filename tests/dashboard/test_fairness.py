"""The page of fairness: rows, what is refused, few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.tuning import fairness
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/fairness"


@pytest.fixture(autouse=True)
def some_comments(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flood_count": 1000}, by=cast.olga)
    for text in ("You idiot, muslims voted.", "You idiot."):
        decide(post(cast.site, text).comment.public_id, action="approve", by=cast.mona)


def test_it_works(mona: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    page = mona.page(PAGE)
    assert "Muslims" in page and "too few decisions" in page and 'class="range"' not in page
    monkeypatch.setattr(fairness, "FEWEST", 1)
    page = mona.page(PAGE)
    assert page.count('class="range"') == 2 and "100%" in page


def test_another_site_is_not_there(sign_in: Callable[[str | None], Staff]) -> None:
    assert "Muslims" not in sign_in("max").page(PAGE)


def test_few_queries(mona: Staff, queries: Callable[[], Any]) -> None:
    with queries() as asked:
        mona.page(PAGE)
    assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
