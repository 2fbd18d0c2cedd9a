"""The page of calibration: refused, on, off; and that cards say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.tuning import calibrating
from tests.dashboard.conftest import Staff, charts
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

PAGE = "/dashboard/sites/harbour/calibration"


@pytest.fixture(autouse=True)
def some_decisions(cast: Cast) -> None:
    changes = {"flood_count": 1000, "hold_repeats": False, "history_share": 0.0}
    sites.set_policy(cast.site, changes, by=cast.olga)
    for number in range(12):
        comment = post(cast.site, f"You idiot, number {number}.").comment
        action = "reject" if number < 2 else "approve"
        decide(comment.public_id, action=action, reason="abusive", by=cast.mona)


@pytest.fixture
def enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrating, "FEWEST", 2)
    monkeypatch.setattr(calibrating, "AUDITED", 0)


def test_it_works(cast: Cast, enough: None, olga: Staff, mona: Staff) -> None:
    page = olga.page(PAGE)
    assert "the curve does better" in page and 'value="off"' not in page
    (chart,) = charts(page)
    assert [each["shape"] for each in chart["series"]] == ["dots", "line", "line"]
    assert olga.post(PAGE, label="toxicity", to="on").status_code == 303
    assert "The rules now use the curve" in olga.page(f"{PAGE}?label=toxicity")
    comment = post(cast.site, "You idiot!").comment
    assert "(model’s score: 0.95)" in mona.page(f"/dashboard/comments/{comment.public_id}")
    assert "Calibration: turned on" in mona.page("/transparency/harbour")
    olga.post(PAGE, label="toxicity", to="off")
    db.session.refresh(cast.site)
    assert cast.site.calibration is None


def test_too_few_decisions(cast: Cast, olga: Staff) -> None:
    page = olga.page(PAGE)
    assert "There aren’t enough decisions yet" in page and 'value="on"' not in page
    assert olga.post(PAGE, json=True, label="toxicity", to="on").status_code == 409
    assert cast.site.calibration is None


@pytest.mark.parametrize(
    "fields", [{}, {"label": "rudeness", "to": "on"}, {"label": "toxicity", "to": "x"}]
)
def test_what_is_refused(olga: Staff, fields: dict[str, str]) -> None:
    assert olga.post(PAGE, json=True, **fields).status_code == 422
    assert olga.get(f"{PAGE}?label=rudeness").status_code == 422


def test_moderators_do_not_calibrate(mona: Staff) -> None:
    assert mona.get(PAGE).status_code == 403


def test_few_queries(olga: Staff, queries: Callable[[], Any]) -> None:
    with queries() as asked:
        olga.page(PAGE)
    assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
