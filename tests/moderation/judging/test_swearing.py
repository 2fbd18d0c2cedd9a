"""Swearing that attacks nobody: what it is, and what a site makes of it."""

from __future__ import annotations

import pytest

from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.swearing import untargeted
from commentsvc.moderation.judging.verdict import Action, Sentence, Submission

SCORES = {
    "toxicity": 0.97,
    "severe_toxicity": 0.6,
    "obscene": 0.96,
    "threat": 0.01,
    "insult": 0.6,
    "identity_attack": 0.02,
}


def judged(text: str, choice: str, **scores: float) -> Action:
    limits = {"swearing": choice, "flag_at": {"toxicity": 0.5}}
    return judge(
        RULES, Submission(text=text, plain=text, scores={**SCORES, **scores}, limits=limits)
    ).action


def test_it_works() -> None:
    assert untargeted(SCORES, "What a shitty day.")
    assert judged("What a shitty day.", "flag") == Action.REVIEW
    assert judged("What a shitty day.", "publish") == Action.PASS
    assert judged("What a shitty day.", "hold") == Action.HOLD


@pytest.mark.parametrize("text", ["Fuck you.", "YOUR BS", "u know", "go and do it yourself"])
def test_who_is_spoken_to_is_a_target(text: str) -> None:
    assert not untargeted(SCORES, text)
    assert untargeted({**SCORES, "insult": 0.2}, text)  # “Are you kidding me?”
    assert judged(text, "publish") == Action.HOLD


@pytest.mark.parametrize(
    ("label", "score"),
    [("insult", 0.9), ("threat", 0.15), ("identity_attack", 0.55)],
)
def test_anything_worse_is_no_mere_swearing(label: str, score: float) -> None:
    assert not untargeted({**SCORES, label: score}, "x")
    assert judged("x", "publish", **{label: score}) == Action.HOLD


def test_what_is_not_obscene_is_judged_as_ever() -> None:
    assert not untargeted({**SCORES, "obscene": 0.3}, "x")
    assert judged("x", "publish", obscene=0.3) == Action.HOLD


def test_a_scorer_with_one_label_says_nothing_about_swearing() -> None:
    assert not untargeted({"toxicity": 0.9}, "x")
    assert not untargeted({"toxicity": 0.9, "obscene": 0.9}, "x")


def test_swearing_below_every_limit_is_not_worth_a_word() -> None:
    limits = {"swearing": "flag", "hold_at": {"toxicity": 0.99}, "flag_at": {}}
    verdict = judge(RULES, Submission(text="x", plain="x", scores=SCORES, limits=limits))
    assert verdict.findings == ()


def test_rejecting_swearing_needs_more_than_swearing() -> None:
    limits = {"swearing": "flag", "reject_at": {"toxicity": 0.9}}
    verdict = judge(RULES, Submission(text="x", plain="x", scores=SCORES, limits=limits))
    assert [(each.rule, each.action) for each in verdict.findings] == [("swearing", Action.REVIEW)]


@pytest.mark.parametrize("text", ["Fuck cancer.", "Screw this weather, it is shit."])
def test_one_text_is_not_both_an_attack_on_a_group_and_on_nobody(text: str) -> None:
    scores = {**SCORES, "identity_attack": 0.45}
    verdict = judge(
        RULES, Submission(text=text, plain=text, scores=scores, limits={"swearing": "flag"})
    )
    assert [each.rule for each in verdict.findings] == ["swearing"]
    assert verdict.action == Action.REVIEW
    calm, end = "It rains. ", len("It rains. ") + len(text)
    parts = (Sentence({**SCORES, "identity_attack": 0.01}, 0, 9), Sentence(scores, len(calm), end))
    facts = Submission(
        text=calm + text,
        plain=calm + text,
        scores=scores,
        sentences=parts,
        limits={"swearing": "flag"},
    )
    assert judge(RULES, facts).action == Action.REVIEW


@pytest.mark.parametrize("text", ["Fuck women.", "Bloody immigrants!", "fucking GAY people"])
def test_swearing_at_a_group_stays_held(text: str) -> None:
    assert judged(text, "flag", identity_attack=0.45) == Action.HOLD
