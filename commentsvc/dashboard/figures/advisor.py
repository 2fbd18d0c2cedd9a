"""The advisor as a page: the effect of each limit of a label, a month under it, applying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...core import typed
from ...core.errors import DomainError, Invalid
from ...core.locale import number, percent
from ...moderation.judging.reasons import label_name
from ...sites.queries import policy_of
from ...toxicity.labels import LABELS
from ...tuning import advisor as advice
from ...tuning import applied
from ...tuning.history import history
from ...tuning.models import PolicyChange
from ...tuning.replay import replay
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, language, my_site, refused, staff_page, tell, text_of, words_of
from . import charts
from .words import band_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

_WANTED = (0.3, 0.5, 0.7, 0.9)


@dashboard.get("/sites/<key>/advisor")
@limit("manage")
@requires("set_policy")
def advisor(key: str) -> Response:
    """The table and chart of one label; with `at`, the last month under that limit."""
    site = my_site(key, "set_policy")
    label = request.args.get("label") or LABELS[0]
    wanted = _share(request.args.get("wanted"), "wanted", 0.5)
    known = advice.cases(site)
    effects = advice.effects(known, label)
    best = advice.advised(effects, wanted=wanted)
    now = policy_of(site).hold_at.get(label)
    at = _share(request.args.get("at"), "at", -1.0) if request.args.get("at") else None
    return staff_page(
        "dashboard/advisor.html",
        section="sites",
        site=site,
        tab="advisor",
        label=label,
        labels=[(each, label_name(each, language())) for each in LABELS],
        wanted=wanted,
        wanted_options=[(each, percent(each, language())) for each in _WANTED],
        comments=len(known),
        decided=sum(each.bad is not None for each in known),
        fewest=advice.FEWEST,
        effects=effects,
        best=best,
        now=now,
        at=at,
        tried=None if at is None else replay(site, _changes(site, label, at)),
        chart=_chart(effects, now),
        band=band_in_words,
        decimal=lambda value: number(value, language(), digits=2),
        history=history(PolicyChange, site),
        limit_of=lambda change, side: getattr(change, side).get("hold_at", {}),
    )


@dashboard.post("/sites/<key>/advisor")
@limit("manage")
@requires("set_policy")
def apply_advice(key: str) -> Response:
    """Apply a limit."""
    site = my_site(key, "set_policy")
    form = request.form
    label = text_of(form, "label", 40)
    try:
        at = _share(text_of(form, "at", 10), "at", -1.0)
        applied.apply(site, _changes(site, label, at), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.advisor", key=key))
    tell("good", words_of("advisor.applied", label=label_name(label, language())))
    return go("dashboard.advisor", key=key, label=label)


@dashboard.post("/sites/<key>/advisor/<change_id>/undo")
@limit("manage")
@requires("set_policy")
def undo_advice(key: str, change_id: str) -> Response:
    """Restore the earlier limits."""
    site = my_site(key, "set_policy")
    try:
        applied.roll_back(site, change_id, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.advisor", key=key))
    tell("good", words_of("done.undone"))
    return go("dashboard.advisor", key=key)


def _chart(effects: Sequence[advice.Effect], now: float | None) -> charts.Chart:
    """The share of held comments that get rejected, by limit; the present limit as a line."""
    right = charts.Series(
        words_of("advisor.right"),
        "accent",
        [each.right.share if each.decided else None for each in effects],
        shape="line",
        at=[each.limit for each in effects],
        low=[each.right.low for each in effects],
        high=[each.right.high for each in effects],
    )
    if now is None:
        return charts.Chart("curve", [right], unit="share")
    name = words_of("advisor.now", limit=number(now, language(), digits=2))
    upright = charts.Series(name, "warn", [0, 1], shape="line", at=[now, now], dashed=True)
    return charts.Chart("curve", [right, upright], unit="share")


def _changes(site: Site, label: str, at: float) -> dict[str, Any]:
    if label not in LABELS:
        raise Invalid("invalid.label", name=label, field="label")
    return {"hold_at": {**policy_of(site).hold_at, label: at}}


def _share(raw: str | None, name: str, default: float) -> float:
    try:
        value = typed.decimal(raw.strip().replace(",", ".")) if raw else default
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise Invalid("invalid.share", field=name)
    return value
