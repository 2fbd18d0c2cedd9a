"""Figures of moderation as a page: days, rules, people, articles."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date, format_timedelta
from flask import Response, request

from ...core.bands import Band
from ...core.errors import Invalid
from ...core.locale import number
from ...moderation.judging.reasons import rule_title
from ...tuning import stats
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, language, staff_page, words_of
from .charts import Chart, Series, Unit

_USUAL = 30
_MOST_BARS = 10


@dashboard.get("/figures")
@limit("manage")
@requires("moderate")
def figures() -> Response:
    """What came in and what was decided over some days."""
    sites, site = chosen_sites()
    raw = request.args.get("days", str(_USUAL))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4):
        raise Invalid("invalid.days", field="days")
    found = stats.stats(sites, days=int(raw))
    return staff_page(
        "dashboard/figures.html",
        section="figures",
        tab="overview",
        site=site,
        stats=found,
        days=int(raw),
        spans=stats.SPANS,
        charts=_charts(found),
        total=sum(each.comments for each in found.days),
        decided=sum(each.decisions for each in found.days),
        date=_date,
        time=_time,
        share=_share,
        named=lambda rule: rule_title(rule, language()),
    )


def _charts(found: stats.Stats) -> dict[str, Chart]:
    """The charts by name, each over rows that the page has as a table, too."""
    d, rules, people, locale = words_of, found.rules, found.people, language()
    decided = [each for each in rules if each.decided]
    articles = found.articles[:_MOST_BARS]
    times = d("figures.time")
    return {
        "days": _days(
            found,
            Series(d("figures.comments"), "accent", [each.comments for each in found.days]),
            Series(
                d("advisor.decided"),
                "warn",
                [each.decisions for each in found.days],
                shape="line",
            ),
        ),
        "times": _days(
            found, Series(times, "accent", [each.seconds for each in found.days]), unit="seconds"
        ),
        "held": _rows(
            [rule_title(each.rule, locale) for each in rules],
            Series(
                d("figures.approved"),
                "good",
                [round(each.approved.share * each.decided) for each in rules],
            ),
            Series(
                d("figures.rejected"),
                "bad",
                [round((1 - each.approved.share) * each.decided) for each in rules],
            ),
            Series(d("figures.undecided"), "edge", [each.held - each.decided for each in rules]),
        ),
        "approved": _rows(
            [rule_title(each.rule, locale) for each in decided],
            Series(
                d("figures.approved_of"),
                "good",
                [each.approved.share for each in decided],
                shape="dots",
                low=[each.approved.low for each in decided],
                high=[each.approved.high for each in decided],
            ),
            unit="share",
        ),
        "people": _rows(
            [each.name for each in people],
            Series(d("figures.approved"), "good", [each.approved for each in people]),
            Series(d("figures.rejected"), "bad", [each.rejected for each in people]),
            Series(d("figures.undone"), "edge", [each.undone for each in people]),
        ),
        "people_times": _rows(
            [each.name for each in people],
            Series(times, "accent", [each.seconds for each in people]),
            unit="seconds",
        ),
        "articles": _rows(
            [each.title or each.href for each in articles],
            Series(d("figures.kept"), "accent", [a.comments - a.rejected for a in articles]),
            Series(d("figures.rejected"), "bad", [each.rejected for each in articles]),
        ),
    }


def _days(found: stats.Stats, *series: Series, unit: Unit = "count") -> Chart:
    return Chart("days", series, [each.day.isoformat() for each in found.days], unit=unit)


def _rows(labels: list[str], *series: Series, unit: Unit = "count") -> Chart:
    return Chart("rows", series, labels, unit=unit, stacked=len(series) > 1)


def _date(at: date) -> str:
    return str(format_date(at, "medium", locale=language().replace("-", "_")))


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
