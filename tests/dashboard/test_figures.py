"""The page of figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from tests.dashboard.conftest import Staff, charts
from tests.factories import post
from tests.flat import flat

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

PAGE = "/dashboard/figures"


@pytest.fixture
def decided(cast: Cast) -> None:
    """Two held and rejected after 20 minutes, one held still."""
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    noon = clock.now().replace(hour=12) - timedelta(days=1)
    with clock.frozen(noon):
        held = [post(cast.site, f"You idiot, {n}.", name="<b>Max</b>").comment for n in range(3)]
        clock.move(timedelta(minutes=20))
        for each in held[:2]:
            decide(each.public_id, action="reject", reason="spam", by=cast.mona)


def test_it_works(cast: Cast, decided: None, mona: Staff) -> None:
    page = mona.page(f"{PAGE}?days=7")
    assert 'aria-current="page">Figures' in page and page.count("chart.umd.min.js") == 1
    days, times, held, approved, people, _, articles = charts(page)
    comments, decisions = (each["values"] for each in days["series"])
    assert len(days["labels"]) == 7 and (comments[-2], decisions[-2]) == (3, 2)
    assert times["series"][0]["values"] == [None] * 5 + [1200, None]
    (rule,) = held["labels"]
    assert rule in page
    assert [each["values"] for each in held["series"]] == [[0], [2], [1]]
    (share,) = approved["series"]
    assert share["values"] == [0] and share["low"] == [0] and 0.6 < share["high"][0] < 0.7
    assert people["labels"] == [cast.mona.name]
    assert [each["values"] for each in people["series"]] == [[0], [2], [0]]
    assert [each["values"] for each in articles["series"]] == [[1], [2]]


def test_rules_are_named_in_the_page_s_language(decided: None, mona: Staff) -> None:
    german = {"Accept": "text/html", "Accept-Language": "de"}
    page = flat(mona.get(f"{PAGE}?days=7", headers=german).text)
    held = charts(page)[2]
    assert held["labels"] == ["Beleidigung"] and ">Beleidigung</th>" in page


def test_nothing_yet(mona: Staff) -> None:
    page = mona.page(PAGE)
    assert [each["kind"] for each in charts(page)] == ["days"]
    assert page.count("Nothing in this period.") == 3


def test_a_title_ends_no_script(cast: Cast, mona: Staff) -> None:
    post(cast.site, "A calm word.", href="https://news.example.org/</script><script>alert(1)")
    (*_, articles) = charts(page := mona.page(PAGE))
    assert "script" in articles["labels"][0] and "<script>alert" not in page


def test_pages_without_charts_load_no_library(mona: Staff) -> None:
    assert "chart.umd" not in mona.page("/dashboard/") + mona.page("/dashboard/log")


@pytest.mark.parametrize("days", ["0", "x", "-7", "٧", "99999", "1"])
def test_what_is_refused(mona: Staff, days: str) -> None:
    assert mona.get(f"{PAGE}?days={days}").status_code == 422


def test_few_queries(decided: None, mona: Staff, queries: Callable[[], Any]) -> None:
    with queries() as asked:
        mona.page(PAGE)
    assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
