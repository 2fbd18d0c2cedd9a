"""What the rules make of how much a text reads like an advertisement, by the filter and by the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.moderation.judging.reasons import author_sentences, sentence
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import (
    Action,
    Found,
    Submission,
    submission_from,
)
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = {"spam_here": 0.95, "spam_here_signs": (Found("Flexora", 0, 7),)}
CALM = dict.fromkeys(("toxicity", "insult"), 0.01)


def about(facts: Mapping[str, Any]) -> Submission:
    return Submission(text="Flexora", plain="Flexora", scores=CALM, **facts)


@every_row(
    ("facts", "action", "rules"),
    [
        (HERE, Action.HOLD, ["spam_here"]),
        ({"spam": 0.95, **HERE}, Action.HOLD, ["spam", "spam_here"]),
        ({**HERE, "limits": {"spam": "flag"}}, Action.REVIEW, ["spam_here"]),
        ({**HERE, "limits": {"spam_at": 0.96}}, Action.PASS, []),
        ({**HERE, "spam_again": True, "limits": {"spam": "off"}}, Action.PASS, []),
        ({**HERE, "spam_again": True, "limits": {"spam_learning": False}}, Action.PASS, []),
        ({"spam": 0.95, "spam_here": 0.4}, Action.PASS, []),
        (
            {"spam": 0.95, "spam_here": 0.4, "limits": {"spam_learning": False}},
            Action.HOLD,
            ["spam"],
        ),
        ({"spam_again": True, "limits": {"spam": "flag"}}, Action.REVIEW, ["spam_again"]),
        ({"spam": 1.0, "limits": {"spam": "flag"}}, Action.REVIEW, ["spam"]),
        ({"spam": 1.0, "limits": {"spam": "off"}}, Action.PASS, []),
    ],
)
def test_it_works(facts: dict[str, Any], action: Action, rules: list[str]) -> None:
    verdict = judge(RULES, about(facts))
    assert verdict.action == action
    assert [each.rule for each in verdict.findings] == rules


def test_facts_are_stored_and_read_again() -> None:
    facts = about({**HERE, "spam_again": True})
    assert submission_from(facts.as_dict(), text="Flexora", plain="Flexora") == facts


@pytest.mark.parametrize("locale", ["en", "de", "fr", "es", "ar", "de_x_du"])
def test_moderators_read_the_words(locale: str) -> None:
    findings = judge(RULES, about({"spam": 0.95, **HERE, "spam_again": True})).findings
    said = {each.rule: sentence(each, locale) for each in findings}
    assert "Flexora" in said["spam_here"]
    assert said["spam_again"]
    assert len(author_sentences(findings, locale)) == 1
