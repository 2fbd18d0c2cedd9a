"""Whether comments that name groups of people are wrongly held more often, as a page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...tuning import fairness as measure
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, staff_page
from .words import band_in_words, words_for

if TYPE_CHECKING:
    from flask import Response


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
        band=partial(band_in_words, digits=1),
    )
