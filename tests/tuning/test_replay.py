"""Replaying any change of a policy, and a site's own curve of what each rung holds."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from commentsvc.accounts.commands import register
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.moderation.judging.scored import reading, verdict_on
from commentsvc.moderation.judging.verdict import Action
from commentsvc.sites import commands as sites
from commentsvc.sites.ladder import RUNGS, limits_at
from commentsvc.sites.policy import KNOBS, Policy
from commentsvc.sites.workload import measured
from commentsvc.threads.models import Comment, Revision, Thread
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.scorer import Passage, Scores, Unscored
from commentsvc.tuning import replay as replaying
from commentsvc.tuning import workload
from commentsvc.tuning.replay import DECIDING, replay
from tests.factories import post

if TYPE_CHECKING:
    import pytest

    from tests.people import Cast


def moves(cast: Cast, **changes: Any) -> dict[tuple[str, str], int]:
    return {key: each.count for key, each in replay(cast.site, changes).moves.items()}


def test_it_works(cast: Cast) -> None:
    for text in ("You idiot.", "What rubbish.", "A walnut."):
        post(cast.site, text)
    assert moves(cast, hold_at={}, banned_words=["walnut"]) == {
        ("held", "flagged"): 1,
        ("published", "rejected"): 1,
    }
    assert moves(cast, flag_at={}) == {("flagged", "published"): 1}


def test_first_comments_are_counted_as_they_were(cast: Cast) -> None:
    """The facts of that day count approved comments only as far as the policy asked."""
    for number in range(4):
        post(cast.site, f"A calm word, number {number}.", user=cast.rita)
        _age(cast, hours=1)
    assert moves(cast, premoderate_first=2) == {("published", "held"): 2}


def test_other_windows_and_repeats(cast: Cast) -> None:
    sites.set_policy(cast.site, {"hold_repeats": False}, by=cast.olga)
    for _ in range(3):
        post(cast.site, "The same again.", user=cast.rita)
        _age(cast, minutes=20)
    assert moves(cast, hold_repeats=True) == {("published", "held"): 2}
    assert moves(cast, flood_count=2, flood_minutes=60) == {("published", "held"): 1}
    assert moves(cast, slow_seconds=1500) == {("published", "refused"): 2}


def test_what_could_not_have_been_posted(cast: Cast) -> None:
    post(cast.site, "Short.")
    post(cast.site, "A rather longer word from a guest.")
    post(cast.site, "A rather longer word from Rita.", user=cast.rita)
    assert moves(cast, min_length=20) == {("published", "refused"): 1}
    assert moves(cast, max_length=10) == {("published", "refused"): 2}
    assert moves(cast, guests_may_post=False) == {("published", "refused"): 2}
    with unit_of_work():
        for thread in db.session.query(Thread):
            thread.created_at = clock.now() - timedelta(days=9)
    assert moves(cast, close_after_days=7) == {("published", "refused"): 3}
    assert moves(cast, close_after_days=14) == {}


def test_reports_that_would_have_been_enough(cast: Cast) -> None:
    comment = post(cast.site, "A calm word.").comment
    assert moves(cast, flags_to_hold=1) == {}
    for number in range(3):
        person = register(
            email=f"r{number}@example.org", password="correct horse", name=f"R{number}"
        )
        flag(comment.public_id, user=person, reason="spam", network=f"n{number}")
    assert moves(cast, flags_to_hold=1) == {("published", "held"): 1}


def test_every_field_of_the_policy_can_be_replayed(cast: Cast) -> None:
    post(cast.site, "A calm word.")
    others: dict[str, Any] = {
        "check": lambda v: not v,
        "text": lambda _: "",
        "limits": lambda _: {},
    }
    for name, knob in KNOBS.items():
        kind = others.get(knob.kind)
        value = kind(knob.default) if kind else knob.low if knob.kind == "number" else knob.default
        value = "Asia/Tokyo" if name == "hours_zone" else value
        assert replay(cast.site, {name: value}).comments == 1, name
    assert {name for name, knob in KNOBS.items() if knob.judged} < DECIDING < set(KNOBS)


def test_big_sites_are_sampled_and_it_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(9):
        post(cast.site)
    monkeypatch.setattr(replaying, "MOST", 4)
    found = replay(cast.site, {"premoderate_all": True})
    assert 0 < found.comments <= 4 and found.total == 9
    assert found.held_then == found.comments
    assert replay(cast.site, {"premoderate_all": True}, seconds=0).comments == 0


def _age(cast: Cast, **by: int) -> None:
    """Everything on the site was written so much earlier."""
    with unit_of_work():
        for comment in db.session.query(Comment).filter_by(site_id=cast.site.id):
            comment.created_at -= timedelta(**by)


# --- the ladder -----------------------------------------------------------------------------------

_share = st.floats(0, 1)
_values = st.fixed_dictionaries(dict.fromkeys(LABELS, _share))


@given(_values, st.lists(_values, max_size=2), st.sampled_from(["You.", "What a day."]))
def test_a_lower_rung_is_never_milder(
    values: dict[str, float], sentences: list[dict[str, float]], text: str
) -> None:
    """What bisection rests on."""
    said = Scores(values, "m", "en", tuple(Passage(0, len(text), each) for each in sentences))
    policies = [Policy().with_changes(limits_at(rung)) for rung in RUNGS]
    read = reading(policies[0], text)
    actions = [verdict_on(policy, read, said).action for policy in policies]
    assert actions == sorted(actions)
    for wanted in (Action.REVIEW, Action.HOLD):
        first = workload.first_rung(actions.__getitem__, wanted)
        assert first == next((i for i, a in enumerate(actions) if a >= wanted), len(RUNGS))


def test_measuring_counts_what_is_held_flagged_and_found() -> None:
    def score(value: float) -> Scores:
        return Scores({**dict.fromkeys(LABELS, 0.0), "toxicity": value}, "m", "en")

    said = [score(0.9), score(0.75), score(0.0), Unscored("language", "m", "fr")]
    rungs = workload.measure(["a", "b", "c", "d"], said, [True, False, False, True])
    by_rung = {each.pop("toxicity"): each for each in rungs}
    assert by_rung[0.8] == {"held": 1, "flagged": 1, "found": 1}
    assert by_rung[0.7] == {"held": 2, "flagged": 0, "found": 1}
    assert by_rung[0.95] == {"held": 0, "flagged": 1, "found": 0}


def test_a_site_s_own_comments_take_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)
    for _ in range(60):
        comment = post(cast.site).comment
        score = round(dice.random(), 3)
        with unit_of_work():
            revision = db.session.get_one(Revision, comment.revision_id)
            scores = {**dict.fromkeys(LABELS, 0.0), "toxicity": score}
            action = "HOLD" if score >= 0.5 else "PASS"
            revision.facts = {**(revision.facts or {}), "scores": scores}
            revision.verdict = {"action": action, "findings": []}
        if score >= 0.5:
            reject = {"action": "reject", "reason": "abusive"}
            decide(
                comment.public_id,
                by=cast.mona,
                **(reject if score > 0.8 else {"action": "approve"}),
            )
    assert workload.curve_of(cast.site) == measured()
    monkeypatch.setattr(workload, "ENOUGH", 50)
    monkeypatch.setattr(workload, "FEWEST", 10)
    curve = workload.curve_of(cast.site)
    assert (curve.source, curve.comments) == ("", 60) and curve.decided > 20
    held = [each.held for each in curve.rungs]
    assert held == sorted(held) and 0.3 < held[RUNGS.index(0.5)] < 0.7
    assert curve.rungs[0].found is not None
    assert curve.rungs[0].found.share <= curve.rungs[-1].found.share
    assert workload.comments_a_day(cast.site) == 60
    assert workload.comments_a_day(cast.other) == 0
