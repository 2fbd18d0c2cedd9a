"""Figures of moderation as a page: days, rules, people, articles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date, format_timedelta
from flask import Response, request

from ...core.errors import Invalid
from ...core.locale import percent
from ...moderation.judging.reasons import rule_title
from ...tuning import stats
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, language, staff_page, words_of
from .charts import Chart, Series, Unit
from .words import band_in_words

if TYPE_CHECKING:
    from ...core.bands import Band

_USUAL = 30
_MOST_BARS = 10


@dashboard.get("/figures")
@limit("manage")
@requires("moderate")
def figures() -> Response:
    """The comments and the decisions of some days."""
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
    """The charts by name, each of rows that the page shows as a table, too."""
    return _of_days(found) | _of_rules(found) | _of_people(found) | _of_articles(found)


def _of_days(found: stats.Stats) -> dict[str, Chart]:
    days, d = found.days, words_of
    comments = Series(d("figures.comments"), "accent", [each.comments for each in days])
    decided = [each.decisions for each in days]
    decisions = Series(d("advisor.decided"), "warn", decided, shape="line")
    times = Series(d("figures.time"), "accent", [each.seconds for each in days])
    return {
        "days": _days(found, comments, decisions),
        "times": _days(found, times, unit="seconds"),
    }


def _of_rules(found: stats.Stats) -> dict[str, Chart]:
    rules, d = found.rules, words_of
    decided = [each for each in rules if each.decided]
    approved = [round(each.approved.share * each.decided) for each in rules]
    rejected = [round((1 - each.approved.share) * each.decided) for each in rules]
    shares = Series(
        d("figures.approved_of"),
        "good",
        [each.approved.share for each in decided],
        shape="dots",
        low=[each.approved.low for each in decided],
        high=[each.approved.high for each in decided],
    )
    return {
        "held": _rows(
            [rule_title(each.rule, language()) for each in rules],
            Series(d("figures.approved"), "good", approved),
            Series(d("figures.rejected"), "bad", rejected),
            Series(d("figures.undecided"), "edge", [each.held - each.decided for each in rules]),
        ),
        "approved": _rows(
            [rule_title(each.rule, language()) for each in decided], shares, unit="share"
        ),
    }


def _of_people(found: stats.Stats) -> dict[str, Chart]:
    people, d = found.people, words_of
    names = [each.name for each in people]
    times = Series(d("figures.time"), "accent", [each.seconds for each in people])
    return {
        "people": _rows(
            names,
            Series(d("figures.approved"), "good", [each.approved for each in people]),
            Series(d("figures.rejected"), "bad", [each.rejected for each in people]),
            Series(d("figures.undone"), "edge", [each.undone for each in people]),
        ),
        "people_times": _rows(names, times, unit="seconds"),
    }


def _of_articles(found: stats.Stats) -> dict[str, Chart]:
    articles, d = found.articles[:_MOST_BARS], words_of
    kept = [each.comments - each.rejected for each in articles]
    return {
        "articles": _rows(
            [each.title or each.href for each in articles],
            Series(d("figures.kept"), "accent", kept),
            Series(d("figures.rejected"), "bad", [each.rejected for each in articles]),
        )
    }


def _days(found: stats.Stats, *series: Series, unit: Unit = "count") -> Chart:
    return Chart("days", series, [each.day.isoformat() for each in found.days], unit=unit)


def _rows(labels: list[str], *series: Series, unit: Unit = "count") -> Chart:
    return Chart("rows", series, labels, unit=unit, stacked=len(series) > 1)


def _date(at: date) -> str:
    return str(format_date(at, "medium", locale=language().replace("-", "_")))


def _time(seconds: float | None) -> str:
    """“3 minutes” in the page's language."""
    if seconds is None:
        return "–"
    return str(
        format_timedelta(
            timedelta(seconds=seconds), locale=language().replace("-", "_"), threshold=1.5
        )
    )


def _share(band: Band) -> tuple[str, str]:
    return percent(band.share, language()), band_in_words(band)
