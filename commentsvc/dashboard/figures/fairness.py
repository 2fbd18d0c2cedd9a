"""Whether comments that name groups of people are held wrongly more often, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.locale import number
from ...tuning import fairness as measure
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, language, staff_page
from .words import words_for

if TYPE_CHECKING:
    from flask import Response

    from ...core.bands import Band


@dashboard.get("/fairness")
@limit("manage")
@requires("moderate")
def fairness() -> Response:
    """A row for each group, beside the comments that name none."""
    sites, site = chosen_sites()
    rows = measure.fairness(sites)
    most = max((each.wrongly.high for each in rows if each.wrongly), default=1.0)
    return staff_page(
        "dashboard/fairness.html",
        section="figures",
        tab="fairness",
        site=site,
        s=words_for(),
        rows=rows,
        total=sum(each.comments for each in rows),
        fewest=measure.FEWEST,
        most=most,
        percent=percent,
        percents=_percents,
    )


def percent(share: float, digits: int = 1) -> str:
    """“1.5 %”, as the language writes it."""
    return f"{number(round(share * 100, digits), language())}\u00a0%"


def _percents(band: Band) -> str:
    return f"{percent(band.low)}\u2009–\u2009{percent(band.high)}"
