"""Calibration on sites whose truth is known, what is refused, putting in force and taking back."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid
from commentsvc.moderation import audit
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk.queue import card
from commentsvc.moderation.judging.curves import Curve, calibrated, curve_of, logit
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from commentsvc.tuning import advisor, calibrating
from commentsvc.tuning.advisor import Case
from commentsvc.tuning.calibrating import Example, fitted, proposal, weighed
from commentsvc.tuning.history import history
from commentsvc.tuning.models import Calibration
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.people import Cast

TRUTH = Curve(0.7, -1.2)  # of the invented sites: the model says too much
GRID = [step / 20 for step in range(1, 20)]


def invented(
    seed: int, *, comments: int = 4000, truth: Callable[[float], float] = TRUTH.at
) -> list[Case]:
    """Moderators read all that is held (0.8 and above), what readers report (half of what is bad, hardly
    anything else), and a twentieth of the rest by chance."""
    dice = random.Random(seed)
    moment, found = clock.now(), []
    for number in range(comments):
        score = dice.random()
        bad = dice.random() < truth(score)
        reported = dice.random() < (0.5 if bad else 0.03)
        kind: Any = "held" if score >= 0.8 else "called" if reported else "rest"
        read = kind != "rest" or dice.random() < 0.05
        at = moment - timedelta(minutes=number)
        reason = "abusive" if bad else None
        found.append(
            Case(
                {"toxicity": score},
                kind,
                bad if read else None,
                at,
                reason if read else None,
                "m/1",
            )
        )
    return found


def error(of: Callable[[float], float]) -> float:
    return sum(abs(of(score) - TRUTH.at(score)) for score in GRID) / len(GRID)


def naive(known: Sequence[Case]) -> Curve:
    read = [each for each in known if each.bad is not None]
    return fitted([Example(each.scores["toxicity"], bool(each.bad), 1.0) for each in read])


def test_it_works() -> None:
    found = proposal(invented(1), "toxicity")
    assert found.refused is None and found.curve and found.log_loss and found.brier
    assert error(found.curve.at) < 0.05 < error(lambda score: score) / 2
    assert found.log_loss.gain.low > 0 and found.brier.after < found.brier.before
    assert found.log_loss.gain.share == pytest.approx(found.log_loss.before - found.log_loss.after)


def test_counting_alone_is_worse() -> None:
    """Readers report what is bad, so what was read is worse than what there is."""
    right = wrong = 0.0
    for seed in range(12):
        known = invented(seed)
        right += error(fitted(weighed(known, "toxicity")).at)
        wrong += error(naive(known).at)
    assert right / 12 < 0.05 and wrong > 2 * right


def test_the_order_of_scores_never_changes() -> None:
    upside_down = proposal(invented(2, truth=lambda score: 0.9 - 0.8 * score), "toxicity")
    assert upside_down.curve is not None and upside_down.curve.slope > 0
    values = [upside_down.curve.at(score) for score in GRID]
    assert values == sorted(values) and all(0 < each < 1 for each in values)
    assert Curve(1.0, 0.0).at(0.3) == pytest.approx(0.3)
    assert 0 < Curve(1.0, 0.0).at(0.0) < Curve(1.0, 0.0).at(1.0) < 1


def test_a_good_model_is_left_alone() -> None:
    used = sum(
        proposal(invented(seed, truth=lambda score: score), "toxicity").refused is None
        for seed in range(20)
    )
    assert used <= 2


def test_the_band_of_the_gain_covers_the_truth() -> None:
    """The gain of the true curve on everything there is, held or not."""
    true = 0.0
    for score in (step / 1000 for step in range(1, 1000)):
        p = TRUTH.at(score)
        true += p * math.log(p / score) + (1 - p) * math.log((1 - p) / (1 - score))
    true /= 999
    covered = 0
    for seed in range(30):
        found = proposal(invented(seed, comments=6000), "toxicity")
        assert found.log_loss is not None
        band = found.log_loss.gain
        covered += band.low - 0.01 <= true <= band.high + 0.01  # half the data has half the gain
    assert covered >= 26


def test_too_few_are_refused() -> None:
    known = invented(3, comments=150)
    few = proposal(known, "toxicity")
    assert (few.refused, few.curve) == ("few", None)
    unread = [each for each in invented(3) if each.kind != "rest" or each.bad is None]
    assert proposal(unread, "toxicity").refused == "blind"
    assert proposal([], "toxicity").refused == "few"
    with pytest.raises(Invalid):
        proposal([], "rudeness")


def test_what_is_rejected_for_other_reasons_says_nothing() -> None:
    known = [Case({"toxicity": 0.1}, "held", True, clock.now(), "spam", "m/1")] * 80
    assert weighed(known, "toxicity") == []


def test_only_scores_of_the_model_in_use_count() -> None:
    known = invented(4)
    old = [Case(each.scores, each.kind, True, each.at, "abusive", "m/0") for each in known]
    assert proposal([*known, *old], "toxicity") == proposal(known, "toxicity")


def test_suggestions_weigh_little() -> None:
    def said(score: float, bad: float, model: str = "m/1") -> Any:
        return SimpleNamespace(
            measured={"toxicity": score}, suggested={"toxicity": bad}, scorer=model
        )

    known, lies = invented(5), [said(0.05, 1.0)] * 5000
    found = proposal(known, "toxicity", lies)
    assert found.suggested == 5000 and found.curve is not None
    assert error(found.curve.at) < error(lambda score: score)
    assert proposal(known, "toxicity", [said(0.05, 1.0, "m/0")]).suggested == 0


# --- in force -------------------------------------------------------------------------------------


@pytest.fixture
def may_be_used(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    """Real rows, and as few as a test can make."""
    changes = {"flood_count": 1000, "hold_repeats": False, "history_share": 0.0}
    sites.set_policy(cast.site, changes, by=cast.olga)
    monkeypatch.setattr(calibrating, "FEWEST", 2)
    monkeypatch.setattr(calibrating, "AUDITED", 0)
    for number in range(12):
        comment = post(cast.site, f"You idiot, number {number}.").comment
        action = "reject" if number < 2 else "approve"
        decide(comment.public_id, action=action, reason="abusive", by=cast.mona)


@pytest.mark.engines
def test_in_force_and_back(cast: Cast, may_be_used: None) -> None:
    row = calibrating.switch_on(cast.site, "toxicity", by=cast.olga)
    comment = post(cast.site, "You idiot!").comment
    revision = db.session.get_one(Revision, comment.revision_id)
    assert (
        revision.scores is not None and revision.facts is not None and revision.verdict is not None
    )
    assert revision.scores["toxicity"] == 0.95  # the model's stay
    value = revision.facts["scores"]["toxicity"]
    assert value == pytest.approx(Curve(row.slope, row.offset).at(0.95), abs=1e-6) and value < 0.8
    assert [each["rule"] for each in revision.verdict["findings"]] == ["insult"]
    shown = card(comment.public_id, [cast.site]).scores[0]
    assert (shown.value, shown.said) == (value, 0.95)
    assert advisor.cases(cast.site)[0].scores["toxicity"] == value
    assert advisor.cases(cast.site, raw=True)[0].scores["toxicity"] == 0.95
    other = post(cast.other, "You idiot.", href="https://mountain.example.net/a").comment
    facts = db.session.get_one(Revision, other.revision_id).facts
    assert facts is not None and facts["scores"]["toxicity"] == 0.95

    calibrating.switch_off(cast.site, "toxicity", by=cast.olga)
    calibrating.switch_off(cast.site, "toxicity", by=cast.olga)  # twice is once
    revision = db.session.get_one(Revision, post(cast.site, "You idiot?").comment.revision_id)
    assert revision.facts is not None and revision.facts["scores"]["toxicity"] == 0.95
    assert cast.site.calibration is None
    entries = [each.data for each in audit.page(cast.site.id).items if each.kind == "calibration"]
    assert [each["action"] for each in entries] == ["off", "on"]
    ((kept, name),) = history(Calibration, cast.site)
    assert (kept.id, name, kept.ended_by_id) == (row.id, "Olga", cast.olga.id)
    assert kept.facts["rejected"] == 2 and kept.facts["log_loss"]["gain"]["low"] > 0


def test_what_may_not_be_used_is_refused(cast: Cast) -> None:
    post(cast.site, "You idiot.")
    with pytest.raises(Conflict):
        calibrating.switch_on(cast.site, "toxicity", by=cast.olga)
    assert cast.site.calibration is None and history(Calibration, cast.site) == []


def test_another_model_s_scores_are_left_as_they_are(cast: Cast) -> None:
    cast.site.calibration = {"toxicity": {"model": "m/1", "slope": 0.5, "offset": -1.0}}
    scores = {"toxicity": 0.9, "insult": 0.9}
    found = calibrated(cast.site, scores, "m/1")
    assert found["insult"] == 0.9 and found["toxicity"] == pytest.approx(
        1 / (1 + math.exp(1.0 - 0.5 * logit(0.9))), abs=1e-6
    )
    assert calibrated(cast.site, scores, "m/2") == scores
    assert curve_of(cast.site, "insult", "m/1") is None
