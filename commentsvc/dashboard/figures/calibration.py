"""A site's own calibration as a page: what a curve would change, and its switch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core.errors import DomainError, Invalid
from ...core.locale import named, number
from ...moderation.judging.curves import Curve, curve_of
from ...moderation.judging.reasons import label_name
from ...sites.queries import policy_of
from ...toxicity.labels import LABELS
from ...tuning import advisor as advice
from ...tuning import calibrating
from ...tuning.history import history
from ...tuning.models import Calibration
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, language, my_site, refused, staff_page, tell, text_of, words_of
from . import charts
from .words import tuning_words, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...accounts.models import User
    from ...core.bands import Band
    from ...sites.models import Site

_STEPS = [step / 40 for step in range(41)]


@dashboard.get("/sites/<key>/calibration")
@limit("manage")
@requires("set_policy")
def calibration(key: str) -> Response:
    """The curve of one label beside the decisions, and what it would change."""
    site = my_site(key, "set_policy")
    label = request.args.get("label") or LABELS[0]
    found, known = calibrating.of_site(site, label)
    kept = (site.calibration or {}).get(label)
    in_force = curve_of(site, label, kept["model"]) if kept else None
    curve = found.curve or in_force
    hold_at = policy_of(site).hold_at.get(label)
    return staff_page(
        "dashboard/calibration.html",
        section="sites",
        site=site,
        tab="calibration",
        s=words_for(),
        label=label,
        labels=[(each, label_name(each, language())) for each in LABELS],
        found=found,
        used=kept,
        stale=kept is not None and found.model not in (None, kept["model"]),
        fewest=calibrating.FEWEST,
        audited=calibrating.AUDITED,
        chart=_chart(calibrating.observed(known, label), curve),
        examples=[(x / 10, curve.at(x / 10)) for x in (1, 3, 5, 7, 8, 9)] if curve else [],
        hold_at=hold_at,
        weekly=_weekly(known, label, curve, hold_at),
        history=history(Calibration, site),
        decimal=lambda value: number(value, language(), digits=2),
        fine=lambda value: number(value, language(), digits=4),
    )


@dashboard.post("/sites/<key>/calibration")
@limit("manage")
@requires("set_policy")
def set_calibration(key: str) -> Response:
    """Switch a label's curve on or off."""
    site = my_site(key, "set_policy")
    label, me = text_of(request.form, "label", 40), signed_in()
    here = url_for("dashboard.calibration", key=key)
    try:
        done = _switch(site, label, text_of(request.form, "to", 3), me)
    except DomainError as error:
        return refused(error, here)
    tell("good", tuning_words(f"curve_done.{done}", label=label_name(label, language())))
    return go("dashboard.calibration", key=key, label=label)


def _chart(observed: Sequence[tuple[float, Band]], curve: Curve | None) -> charts.Chart | None:
    """The decisions with their bands, the curve through them, the model's scores as a diagonal."""
    if not observed:
        return None
    ends = [0.0, 1.0]
    own = charts.Series(
        tuning_words("curve.before"), "warn", ends, shape="line", at=ends, dashed=True
    )
    decided = charts.Series(
        words_of("advisor.decided"),
        "ink",
        [band.share for _, band in observed],
        shape="dots",
        at=[x for x, _ in observed],
        low=[band.low for _, band in observed],
        high=[band.high for _, band in observed],
    )
    if curve is None:
        return charts.Chart("curve", [decided, own], unit="share")
    bent = charts.Series(
        tuning_words("curve.after"),
        "accent",
        [curve.at(x) for x in _STEPS],
        shape="line",
        at=_STEPS,
    )
    return charts.Chart("curve", [decided, bent, own], unit="share")


def _switch(site: Site, label: str, to: str, me: User) -> str:
    if label not in LABELS:
        raise Invalid("invalid.label", name=label, field="label")
    if to == "on":
        calibrating.switch_on(site, label, by=me)
    elif to == "off":
        calibrating.switch_off(site, label, by=me)
    else:
        raise Invalid("invalid.choose", names=named("switch", ("on", "off")), field="to")
    return to


def _weekly(
    known: list[advice.Case], label: str, curve: Curve | None, hold_at: float | None
) -> tuple[int, int] | None:
    """Comments a week that reach the site's limit, by the model's own scores and with the curve."""
    if curve is None or hold_at is None or not known:
        return None
    bent = [
        replace(case, scores={label: curve.at(case.scores[label])})
        for case in known
        if label in case.scores
    ]
    (own,), (new,) = (advice.effects(each, label, [hold_at]) for each in (known, bent))
    return round(own.a_week), round(new.a_week)
