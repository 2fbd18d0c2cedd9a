"""Try the policy in the form before saving it: limits for a workload, one text, the last month."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Response, request

from ...core.errors import Invalid
from ...core.locale import language_in
from ...moderation.desk.cards import measured as measured_scores
from ...moderation.judging.together import sentences
from ...moderation.judging.weighing import marks_of
from ...posting.before import tried
from ...sites.ladder import limits_at
from ...sites.workload import chosen
from ...toxicity.labels import LABELS
from ...tuning.advisor import FEWEST
from ...tuning.replay import DECIDING, OUTCOMES, replay
from ...tuning.workload import ENOUGH, curve_of
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.cards import bar_of
from ..desk.marks import pieces, seen
from ..page import language, my_site, whole_number
from .policy import form_page, typed_changes
from .sections import my_section, policy_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...moderation.judging.verdict import Submission, Verdict
    from ...sites.policy import Policy

#: The most time for the site's own comments in one request; the page says how many were not judged.
SECONDS = 1.5
_MARK_SECONDS = 0.3


@dashboard.post("/sites/<key>/policy/limits")
@limit("manage")
@requires("set_policy")
def try_limits(key: str) -> Response:
    """Fill the form with the limits that fit how many comments people can read."""
    site = my_site(key, "set_policy")
    try:
        comments = whole_number(request.form, "comments_a_day")
        readable = whole_number(request.form, "readable_a_day")
        curve = curve_of(site, seconds=SECONDS)
        rung = chosen(curve.rungs, comments=comments, readable=readable)
    except Invalid as error:
        return form_page(site, request.form, {error.field or "": error})
    reading = {"curve": curve, "rung": rung, "comments": comments, "readable": readable}
    typed = _with_limits(request.form, rung.toxicity)
    return form_page(site, typed, reading=reading, enough=ENOUGH, fewest=FEWEST)


@dashboard.post("/sites/<key>/policy/text")
@limit("manage")
@requires("set_policy")
def try_text(key: str) -> Response:
    """What the policy in the form would do to one text."""
    site = my_site(key, "set_policy")
    part = my_section(site)
    changes, errors = typed_changes(site, part)
    if errors:
        return form_page(site, request.form, errors)
    policy = policy_here(site, part).with_changes(changes)
    try:
        submission, verdict = tried(site, policy, request.form.get("text", ""))
    except Invalid as error:
        return form_page(site, request.form, {"text": Invalid(error.key, **error.values)})
    return form_page(site, request.form, tried=_told(policy, submission, verdict))


@dashboard.post("/sites/<key>/policy/replay")
@limit("manage")
@requires("set_policy")
def try_replay(key: str) -> Response:
    """What the policy in the form would have done to the comments of the last 30 days."""
    site = my_site(key, "set_policy")
    part = my_section(site)
    changes, errors = typed_changes(site, part)
    if errors:
        return form_page(site, request.form, errors)
    decides = bool(DECIDING.intersection(changes))
    found = replay(site, changes, section=part, seconds=SECONDS) if decides else None
    return form_page(site, request.form, replayed={"changes": changes, "found": found})


def _with_limits(form: Mapping[str, str], toxicity: float) -> dict[str, str]:
    """The form as typed, with the limits of this rung."""
    fields = limits_at(toxicity)
    off = {f"{field}.{label}.on" for field in fields for label in LABELS}
    typed = {name: value for name, value in form.items() if name not in off}
    for field, limits in fields.items():
        for label in LABELS:
            if label in limits:
                typed |= {f"{field}.{label}.on": "on", f"{field}.{label}": f"{limits[label]:g}"}
    return typed


def _told(policy: Policy, submission: Submission, verdict: Verdict) -> dict[str, Any]:
    locale, findings = language(), verdict.as_dict()["findings"]
    marks = marks_of(
        submission.text, findings, submission.scores, until=time.monotonic() + _MARK_SECONDS
    )
    scores = measured_scores(submission.scores, submission.scores, policy, locale)
    return {
        "outcome": OUTCOMES[verdict.action],
        "why": [
            (each["action"].lower(), words)
            for each, words in zip(findings, sentences(findings, locale), strict=True)
        ],
        "card": submission,
        "pieces": pieces(*seen(submission.text, marks)),
        "bars": [bar_of(each, locale) for each in scores],
        "language": language_in(submission.language, language()) if submission.language else None,
    }
