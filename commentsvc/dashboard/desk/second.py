"""Second looks as pages: texts to judge blind, how far people agree, and where they did not."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request, url_for
from markupsafe import Markup

from ...core.errors import DomainError
from ...core.locale import number
from ...moderation import second
from ...moderation.judging.reasons import label_name, rule_title
from ...moderation.judging.together import sentences
from ...threads import text as texts
from ...toxicity.labels import LABELS
from ...tuning import consistency
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..figures.words import band_in_words, tuning_words, words_for
from ..page import chosen_sites, go_back, language, refused, staff_page, tell, text_of


@dashboard.get("/second")
@limit("manage")
@requires("moderate")
def second_looks() -> Response:
    """Texts to judge without seeing what somebody else decided."""
    sites, site = chosen_sites()
    known = {each.id: each for each in sites}
    looks = second.waiting(signed_in(), sites)
    return staff_page(
        "dashboard/second.html",
        section="second",
        site=site,
        s=words_for(),
        looks=[
            {
                "look": each,
                "html": Markup(each.html),  # made by threads.text, stored safe
                "parent": texts.excerpt(each.parent, 240) if each.parent else None,
                "site": known[each.site_id].name,
                "why": sentences(each.findings, language()),
                "scores": [
                    (
                        label_name(label, language()),
                        number(each.scores[label], language(), digits=2),
                    )
                    for label in LABELS
                    if each.scores.get(label, 0) >= 0.1
                ],
            }
            for each in looks
        ],
    )


@dashboard.post("/second/<look_id>")
@limit("moderate")
@requires("moderate")
def answer_look(look_id: str) -> Response:
    """Record what the viewer would have decided."""
    here = url_for("dashboard.second_looks")
    try:
        second.answer(look_id, text_of(request.form, "action", 12), by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", tuning_words("second.noted"))
    return go_back(here)


@dashboard.get("/agreement")
@limit("manage")
@requires("moderate")
def agreement() -> Response:
    """How far people agree, by rule and by person, and where the viewer and another disagreed."""
    sites, site = chosen_sites()
    found, before = second.agreements(sites), consistency.consistency(sites)
    return staff_page(
        "dashboard/agreement.html",
        section="figures",
        tab="agreement",
        site=site,
        s=words_for(),
        found=found,
        by_rule=[replace(each, name=_rule(each.name)) for each in found.rules],
        before=before,
        before_by_rule=[replace(each, name=_rule(each.name)) for each in before.rules],
        fewest_before=consistency.FEWEST,
        mine=second.disagreements(sites, of=signed_in()),
        fewest=second.FEWEST,
        band=band_in_words,
        decimal=lambda value: number(value, language(), digits=2),
    )


def _rule(name: str | None) -> str | None:
    return rule_title(name, language()) if name else None
