"""Figures of moderation as a page: days, rules, people, articles."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta
from flask import Response, request

from ..core.errors import Invalid
from ..core.locale import number
from ..moderation import stats
from ..moderation.bands import Band
from ..web.auth import requires
from ..web.limits import limit
from . import charts
from .blueprints import dashboard
from .page import chosen_sites, language, staff_page

_USUAL = 30


@dashboard.get("/figures")
@limit("manage")
@requires("moderate")
def figures() -> Response:
    """What came in and what was decided over some days."""
    sites, site = chosen_sites()
    raw = request.args.get("days", str(_USUAL))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4):
        raise Invalid("This is a number of days.", field="days")
    found = stats.stats(sites, days=int(raw))
    return staff_page(
        "dashboard/figures.html",
        section="figures",
        tab="overview",
        site=site,
        stats=found,
        days=int(raw),
        spans=stats.SPANS,
        bars=charts.bars([each.comments for each in found.days]),
        size=charts,
        total=sum(each.comments for each in found.days),
        decided=sum(each.decisions for each in found.days),
        time=_time,
        share=_share,
    )


def _time(seconds: float | None) -> str:
    """“3 minutes”, in words of the language."""
    if seconds is None:
        return "–"
    return str(
        format_timedelta(
            timedelta(seconds=seconds), locale=language().replace("-", "_"), threshold=1.5
        )
    )


def _share(band: Band) -> tuple[str, str]:
    def percent(value: float) -> str:
        return f"{number(round(value * 100), language())}\u00a0%"

    return percent(band.share), f"{percent(band.low)}\u2009–\u2009{percent(band.high)}"
