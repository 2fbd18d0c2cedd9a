"""What a site chooses about texts that cannot be scored, and what an attack on a group needs."""

from __future__ import annotations

from typing import Any

import pytest

from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Action, Verdict, verdict_from

from .test_rules import CLEAN, about

BOTH = {"unscored": "hold", "unscored_language": "publish"}
ATTACK = {**CLEAN, "toxicity": 0.55, "identity_attack": 0.7}


@pytest.mark.parametrize(
    ("why", "action"),
    [
        ("language", Action.PASS),
        ("failed", Action.HOLD),
        ("slow", Action.HOLD),
        ("model_missing", Action.HOLD),
        ("no_text", Action.PASS),
    ],
)
def test_a_language_that_is_not_read_has_a_choice_of_its_own(why: str, action: Action) -> None:
    facts: dict[str, Any] = {"scores": None, "unscored": why, "limits": BOTH}
    assert judge(RULES, about(**facts)).action == action


@pytest.mark.parametrize(
    ("toxicity", "own", "action"),
    [
        (0.55, {}, Action.HOLD),
        (0.3, {}, Action.REVIEW),
        (0.3, {"toxicity": 0.25}, Action.HOLD),
        (0.3, {"toxicity": 0.9}, Action.REVIEW),
    ],
)
def test_what_looks_like_an_attack_but_is_not_toxic_is_flagged(
    toxicity: float, own: dict[str, float], action: Action
) -> None:
    limits = {"hold_at": {"identity_attack": 0.6, **own}, "flag_at": {}}
    scores = {**ATTACK, "toxicity": toxicity}
    verdict = judge(RULES, about(scores=scores, limits=limits))
    assert verdict.action == action
    assert "identity_attack" in {each.rule for each in verdict.findings}


def test_a_scorer_that_knows_attacks_alone_is_believed() -> None:
    assert judge(RULES, about(scores={"identity_attack": 0.9})).action == Action.HOLD


def test_an_unknown_stored_action_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        verdict_from({"action": "MAYBE", "findings": []})
    assert verdict_from({"action": "PASS"}) == Verdict(Action.PASS, ())
