"""One sentence that holds a text: what it needs for that, as a table of cases."""

from __future__ import annotations

from typing import Any

from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Action, Sentence
from tests.tables import every_row

from .test_rules import CLEAN, about, scored

CASES: list[tuple[str, dict[str, Any], Action, set[str]]] = [
    (
        "a sentence needs more than the whole",
        {"sentences": (Sentence(scored(toxicity=0.85, insult=0.9, obscene=0.99)),)},
        Action.PASS,
        set(),
    ),
    (
        "a threat among calm sentences",
        {"sentences": (Sentence(CLEAN), Sentence(scored(threat=0.55), 3, 9))},
        Action.HOLD,
        {"sentence"},
    ),
    (
        "violence against nobody but the writer is no threat",
        {
            "text": "It rained. This town makes me want to kill myself",
            "plain": "It rained. This town makes me want to kill myself",
            "scores": scored(threat=0.9),
            "sentences": (Sentence(CLEAN), Sentence(scored(threat=0.9), 11, 49)),
        },
        Action.PASS,
        set(),
    ),
    (
        "nor does it hide one",
        {
            "text": "I will kill you. Then I kill myself.",
            "plain": "I will kill you. Then I kill myself.",
            "scores": scored(threat=0.9),
            "sentences": (Sentence(scored(threat=0.9), 0, 16), Sentence(CLEAN)),
        },
        Action.HOLD,
        {"sentence", "threat"},
    ),
    (
        "an attack on a group in a toxic sentence",
        {"sentences": (Sentence(scored(identity_attack=0.7, toxicity=0.7)),)},
        Action.HOLD,
        {"sentence"},
    ),
    (
        "the group in one sentence, the swearing in another",
        {
            "sentences": (
                Sentence(scored(identity_attack=0.7)),
                Sentence(scored(toxicity=0.85)),
            )
        },
        Action.PASS,
        set(),
    ),
    (
        "a site's own limit counts where it is higher",
        {
            "sentences": (Sentence(scored(threat=0.8)),),
            "limits": {"hold_at": {"threat": 0.9, "toxicity": 0.99}},
        },
        Action.PASS,
        set(),
    ),
    (
        "a threat counts from less where the site's own limit is lower",
        {
            "sentences": (Sentence(scored(threat=0.35)),),
            "limits": {"hold_at": {"threat": 0.1}},
        },
        Action.HOLD,
        {"sentence"},
    ),
    (
        "a sentence that swears and attacks nobody",
        {
            "sentences": (Sentence(scored(toxicity=0.99, obscene=0.99, insult=0.1)),),
            "limits": {"swearing": "flag"},
        },
        Action.PASS,
        set(),
    ),
    (
        "a label that a site does not use counts in no sentence",
        {"sentences": (Sentence(scored(toxicity=1.0)),), "limits": {"hold_at": {"threat": 0.5}}},
        Action.PASS,
        set(),
    ),
]


def test_it_works() -> None:
    sentences = (Sentence(scored(toxicity=0.96), 0, 5), Sentence(scored(threat=0.7), 6, 9))
    [found] = judge(RULES, about(sentences=sentences)).findings
    assert found.evidence == {"label": "threat", "score": 0.7, "limit": 0.5, "spans": [[6, 9]]}


@every_row("name, facts, action, rules", CASES)
def test_what_a_sentence_needs(
    name: str, facts: dict[str, Any], action: Action, rules: set[str]
) -> None:
    verdict = judge(RULES, about(**dict(facts)))
    assert (verdict.action, {each.rule for each in verdict.findings}) == (action, rules), name
