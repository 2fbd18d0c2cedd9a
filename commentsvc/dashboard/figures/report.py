"""The transparency report of a site and a period: totals as a page, and the Commission's files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Response, redirect, request, url_for

from ...core import clock
from ...core.errors import Invalid, NotFound
from ...exchange.reporting.facts import facts_of
from ...exchange.reporting.report import MOST_NAME, build, period_of, write_zip
from ...exchange.reporting.sending import counts
from ...exchange.reporting.statements import statements_of, write_csv, write_json
from ...tuning.accuracy import FEWEST, accuracy
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import chosen_sites, staff_page, text_of
from .words import band_in_words, words_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from ...core.bands import Band
    from ...exchange.reporting.facts import Facts
    from ...exchange.reporting.report import Period
    from ...sites.models import Site

_YEARS = 5


@dataclass(frozen=True)
class Totals:
    """The figures that the page shows."""

    law: int
    terms: int
    on_notice: int
    automated: int
    notices: int
    complaints: int
    reversed: int


@dashboard.get("/report")
@limit("manage")
@requires("moderate")
def report() -> Response:
    """The totals of a period, and the links to its files."""
    sites, chosen = chosen_sites()
    site = chosen or sites[0]
    named, period = _period()
    found = accuracy(site.id, period.since, period.until)
    rates: list[tuple[str, Band | None]] = [
        ("accuracy", found.accuracy),
        ("precision", found.precision),
        ("recall", found.recall),
    ]
    return staff_page(
        "dashboard/report.html",
        section="figures",
        tab="report",
        site=chosen,
        of=site,
        choices=sites,
        s=words_for(),
        period=named,
        periods=_periods(site),
        totals=_totals(facts_of(site.id, period.since, period.until)),
        rates=rates,
        fewest=FEWEST,
        sent=counts(site),
        most_name=MOST_NAME,
        band=partial(band_in_words, digits=1),
    )


@dashboard.get("/report.zip")
@limit("manage")
@requires("moderate")
def report_file() -> ResponseReturnValue:
    """The files of the Commission's templates, filled in for one site and one period."""
    _, site = chosen_sites()
    if site is None:  # that page asks for one
        return redirect(url_for("dashboard.report"), 303)
    named, period = _period()
    out = io.BytesIO()
    write_zip(build(site, period, provider=text_of(request.args, "provider", MOST_NAME)), out)
    answer = Response(out.getvalue(), content_type="application/zip")
    name = f"{site.key}-{named.replace('/', '_')}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@dashboard.get("/statements.<name>")
@limit("manage")
@requires("moderate")
def statements_file(name: str) -> ResponseReturnValue:
    """The statements of reasons of a site and a period, in the Transparency Database's format."""
    _, site = chosen_sites()
    write = _WRITERS.get(name)
    if write is None:
        raise NotFound("not_found.format")
    if site is None:
        return redirect(url_for("dashboard.report"), 303)
    named, period = _period()
    out = io.StringIO()
    write(statements_of(site, period.since, period.until), out)
    answer = Response(out.getvalue(), content_type=f"{_TYPES[name]}; charset=utf-8")
    file = f"{site.key}-statements-{named.replace('/', '_')}.{name}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


_WRITERS = {"csv": write_csv, "json": write_json}
_TYPES = {"csv": "text/csv", "json": "application/json"}


def _period() -> tuple[str, Period]:
    named = text_of(request.args, "period", 30) or str(clock.now().year)
    return named, period_of(named)


def _periods(site: Site) -> list[str]:
    """Years and half-years that have begun, newest first, back to the site's first."""
    now, found = clock.now(), []
    for year in range(now.year, max(site.created_at.year, now.year - _YEARS) - 1, -1):
        for name in (str(year), f"{year}-H2", f"{year}-H1"):
            try:
                period_of(name)
            except Invalid:
                continue
            found.append(name)
    return found


def _totals(facts: Facts) -> Totals:
    own = [each for each in facts.measures if each.source == "own"]
    ended = [each for each in facts.complaints if facts.within(each.decided_at)]
    return Totals(
        law=sum(each.law for each in own),
        terms=sum(not each.law for each in own),
        on_notice=len(facts.measures) - len(own),
        automated=sum(each.automated for each in facts.measures),
        notices=sum(facts.within(each.at) for each in facts.notices),
        complaints=sum(facts.within(each.at) for each in facts.complaints),
        reversed=sum(bool(each.reversed) for each in ended),
    )
