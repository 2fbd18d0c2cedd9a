"""The public transparency page: a site's moderation figures by year, and its verifiable log."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from ..core import clock
from ..core.db import micros
from ..core.errors import NotFound
from ..core.locale import direction, moment, number, percent, pick_locale, say, speaking
from ..moderation import audit
from ..moderation.judging.reasons import is_known, title
from ..sites.queries import by_key
from ..tuning.figures import Figures, figures, year_of
from ..web.limits import limit

if TYPE_CHECKING:
    from ..moderation.models import AuditEntry
    from ..sites.models import Site

pages = Blueprint("transparency", __name__, url_prefix="/transparency")


@pages.get("/<key>")
@limit("read")
def page(key: str) -> Response:
    """The figures of one year and the newest entries of the log."""
    site, year = by_key(key), _year()
    locale = pick_locale(
        [request.args.get("locale"), request.headers.get("Accept-Language")],
        speaking("public"),
    )
    html = render_template(
        "public/transparency.html",
        site=site,
        year=year,
        years=range(clock.now().year, max(site.created_at.year, clock.now().year - 10) - 1, -1),
        figures=_figures(site, year),
        log=audit.page(site.id, after=request.args.get("after")),
        locale=locale,
        dir=direction(locale),
        p=lambda key, **given: say(f"public.{key}", locale, **given),
        reason=lambda code: title(code, locale) if is_known(code) else code,
        number=lambda value: number(value, locale=locale),
        percent=lambda share: percent(share, locale),
        moment=lambda at: moment(at, locale),
        span=lambda seconds: _span(seconds, locale),
    )
    return make_response(html)


@pages.get("/<key>/figures.json")
@limit("read")
def figures_json(key: str) -> Response:
    """The year's figures as JSON."""
    site = by_key(key)
    return jsonify({"site": site.key, "year": _year(), **_figures(site, _year()).as_dict()})


@pages.get("/<key>/figures.csv")
@limit("read")
def figures_csv(key: str) -> Response:
    """The year's figures as CSV: a name and a value per line."""
    site, year = by_key(key), _year()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("figure", "value"))
    for name, value in _figures(site, year).as_dict().items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, each in parts:
            writer.writerow((f"{name}.{part}" if part else name, "" if each is None else each))
    answer = make_response(out.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"{site.key}-{year}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/<key>/log.json")
@limit("read")
def log_json(key: str) -> Response:
    """The log with its hashes, so that anyone can copy it and verify that nothing was changed."""
    site = by_key(key)
    found = audit.page(site.id, after=request.args.get("after"), limit=200)
    items = [_row(each) for each in found.items]
    return jsonify({"site": site.key, "items": items, "next": found.next})


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "at_microseconds": micros(entry.at),
        "kind": entry.kind,
        "data": entry.data,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _figures(site: Site, year: int) -> Figures:
    return figures(site.id, *year_of(year))


def _year() -> int:
    """The requested year, by default the current one. Raises `NotFound` for an invalid one."""
    asked = request.args.get("year", "")
    if not asked:
        return clock.now().year
    if not re.fullmatch(r"[0-9]{4}", asked) or not 2000 <= int(asked) <= clock.now().year:
        raise NotFound("not_found.figures")
    return int(asked)


def _span(seconds: float | None, locale: str) -> str:
    from babel.dates import format_timedelta

    if seconds is None:
        return "–"
    return str(format_timedelta(timedelta(seconds=seconds), granularity="minute", locale=locale))
