"""The advisor's page: its table, a month under another limit, taking it over and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import policy_of
from tests.dashboard.conftest import Staff, charts
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

PAGE = "/dashboard/sites/harbour/advisor"


@pytest.fixture(autouse=True)
def some_comments(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    idiot = post(cast.site, "You idiot.").comment.public_id
    post(cast.site, "What <b>rubbish</b>.")
    decide(idiot, action="reject", reason="spam", by=cast.mona)


def test_it_works(cast: Cast, olga: Staff) -> None:
    page = olga.page(f"{PAGE}?label=toxicity&at=0.6")
    assert page.count('<th scope="row"') == 19
    ((right, now),) = (each["series"] for each in charts(page))
    assert len(right["values"]) == len(right["low"]) == len(right["at"]) == 19
    assert now["at"] == [0.8, 0.8] and now["name"] == "Current limit: 0.80."
    assert "Of 2 comments, 2 would have been held. With the current rules: 1." in page
    # of the decisions, only those that say something about comments that nobody reviewed
    decide(post(cast.site, "A calm word.").comment.public_id, action="approve", by=cast.mona)
    assert (
        "Based on 3 comments from the last 90 days and 1 decision on them. A decision"
        in olga.page(PAGE)
    )
    assert "What &lt;b&gt;rubbish" in page and "No limit can be recommended yet" in page
    answer = olga.post(PAGE, label="toxicity", at="0.6")
    assert answer.status_code == 303
    assert policy_of(cast.site).hold_at["toxicity"] == 0.6
    page = olga.page(PAGE)
    (undo,) = re.findall(r'action="([^"]+/undo)"', page)
    assert "0.80 → 0.60" in page
    olga.post(undo)
    assert policy_of(cast.site).hold_at["toxicity"] == 0.8
    assert re.findall(r'action="([^"]+/undo)"', olga.page(PAGE)) == []


@pytest.mark.parametrize(
    "query", ["label=rudeness", "at=2", "at=x", "wanted=-1", "wanted=nan", "label=rudeness&at=0.5"]
)
def test_what_is_refused(olga: Staff, query: str) -> None:
    assert olga.get(f"{PAGE}?{query}").status_code == 422


def test_a_wrong_limit_changes_nothing(cast: Cast, olga: Staff) -> None:
    before = policy_of(cast.site)
    for fields in ({"label": "rudeness", "at": "0.5"}, {"label": "toxicity", "at": ""}, {}):
        olga.post(PAGE, **fields)
    assert policy_of(cast.site) == before


def test_moderators_do_not_set_limits(mona: Staff) -> None:
    assert mona.get(PAGE).status_code == 403
