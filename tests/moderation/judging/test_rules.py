"""Rules as a table of cases, and what they go by where a submission says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from commentsvc.moderation.judging.rules import BASELINE, LABELS, RULES, SPOTTED, judge
from commentsvc.moderation.judging.verdict import (
    Action,
    Author,
    Found,
    Listed,
    Meant,
    Outside,
    Sentence,
    Spot,
    Submission,
)
from commentsvc.sites.policy import KNOBS
from tests.tables import every_row

CLEAN = {label: 0.01 for label in LABELS}
WORD = (Found("casino", 0, 6),)
SPOTS = tuple(Spot(rule, "phone", 0, 1) for rule in SPOTTED)
SWEARING = {**CLEAN, "toxicity": 0.95, "obscene": 0.97, "insult": 0.2}
SLUR = (Listed("slur", 0, 4, severity=3),)


def about(**facts: Any) -> Submission:
    author = Author(**facts.pop("author", {}))
    given = {"text": "x", "plain": "x", "scores": CLEAN, **facts}
    return Submission(author=author, **given)


def scored(**scores: float) -> dict[str, float]:
    return {**CLEAN, **scores}


CASES: list[tuple[str, dict[str, Any], Action, set[str]]] = [
    ("a clean text", {}, Action.PASS, set()),
    ("over the limit", {"scores": scored(insult=0.91)}, Action.HOLD, {"insult"}),
    ("exactly at the limit", {"scores": scored(insult=0.80)}, Action.HOLD, {"insult"}),
    ("just under it", {"scores": scored(insult=0.7999)}, Action.PASS, set()),
    ("worth a look", {"scores": scored(toxicity=0.65)}, Action.REVIEW, {"toxicity"}),
    (
        "every label speaks for itself",
        {"scores": scored(insult=0.9, threat=0.6)},
        Action.HOLD,
        {"insult", "threat"},
    ),
    (
        "rejecting goes before holding",
        {"scores": scored(threat=0.99), "limits": {"reject_at": {"threat": 0.95}}},
        Action.REJECT,
        {"threat"},
    ),
    (
        "a label without a limit is not used",
        {"scores": scored(insult=1.0), "limits": {"hold_at": {}}},
        Action.PASS,
        set(),
    ),
    (
        "one sentence that would be held on any day",
        {"sentences": (Sentence(scored(toxicity=0.96)),)},
        Action.HOLD,
        {"sentence"},
    ),
    ("no score is held", {"scores": None}, Action.HOLD, {"unscored"}),
    ("no numbers are no score", {"scores": {}}, Action.HOLD, {"unscored"}),
    ("NaN is no score", {"scores": scored(threat=float("nan"))}, Action.HOLD, {"unscored"}),
    (
        "no score may be shown and looked at",
        {"scores": None, "limits": {"unscored": "flag"}},
        Action.REVIEW,
        {"unscored"},
    ),
    (
        "no score may be published",
        {"scores": None, "limits": {"unscored": "publish"}},
        Action.PASS,
        {"unscored"},
    ),
    (
        "swearing that attacks nobody",
        {"scores": SWEARING, "limits": {"swearing": "flag"}},
        Action.REVIEW,
        {"swearing"},
    ),
    (
        "an insult that somebody else is said to have said",
        {"scores": scored(toxicity=0.97), "meant": Meant(scored(toxicity=0.1), "quoted")},
        Action.REVIEW,
        {"quoted"},
    ),
    (
        "an insult beside a quotation",
        {"scores": scored(toxicity=0.97), "meant": Meant(scored(toxicity=0.95), "quoted")},
        Action.HOLD,
        {"toxicity"},
    ),
    (
        "a figure of speech",
        {"scores": scored(toxicity=0.97), "meant": Meant(scored(toxicity=0.1), "figure")},
        Action.PASS,
        set(),
    ),
    ("a banned word", {"banned": WORD}, Action.REJECT, {"banned_words"}),
    (
        "a banned word may be held only",
        {"banned": WORD, "limits": {"banned_words_action": "hold"}},
        Action.HOLD,
        {"banned_words"},
    ),
    ("a suspect word", {"suspect": WORD}, Action.REVIEW, {"suspect_words"}),
    ("a slur that was scored", {"insults": SLUR}, Action.REVIEW, {"common_insult"}),
    ("two links", {"links": ("a.example", "b.example")}, Action.PASS, set()),
    ("three links", {"links": ("a.example", "b.example", "a.example")}, Action.HOLD, {"links"}),
    (
        "links where they are welcome",
        {"links": ("a.example",) * 9, "limits": {"links": "allow"}},
        Action.PASS,
        set(),
    ),
    ("the same again", {"author": {"repeats": True}}, Action.HOLD, {"repeat"}),
    (
        "an edit resembles itself",
        {"author": {"repeats": True}, "is_edit": True},
        Action.PASS,
        set(),
    ),
    (
        "repeats where they are welcome",
        {"author": {"repeats": True}, "limits": {"hold_repeats": False}},
        Action.PASS,
        set(),
    ),
    ("the tenth in ten minutes", {"author": {"recent_posts": 9}}, Action.PASS, set()),
    ("the eleventh", {"author": {"recent_posts": 10}}, Action.HOLD, {"flood"}),
    ("an edit is no flood", {"author": {"recent_posts": 99}, "is_edit": True}, Action.PASS, set()),
    (
        "the first comment, where two are read",
        {"limits": {"premoderate_first": 2}, "author": {"approved": 1}},
        Action.HOLD,
        {"new_commenter"},
    ),
    (
        "the third",
        {"limits": {"premoderate_first": 2}, "author": {"approved": 2}},
        Action.PASS,
        set(),
    ),
    (
        "a third rejected",
        {"author": {"recent_rejected": 1, "recent_published": 2}},
        Action.HOLD,
        {"history"},
    ),
    ("too few to judge by", {"author": {"recent_rejected": 2}}, Action.PASS, set()),
    ("a tenth", {"author": {"recent_rejected": 1, "recent_published": 9}}, Action.PASS, set()),
    ("what finders found", {"spotted": SPOTS}, Action.HOLD, set(SPOTTED)),
    ("an advertisement", {"spam": 0.97}, Action.HOLD, {"spam"}),
    ("like spam", {"spam_here": 0.95, "spam_here_signs": WORD}, Action.HOLD, {"spam_here"}),
    ("a text that was spam", {"spam_again": True}, Action.HOLD, {"spam_again"}),
    ("an unwanted host", {"denied": ("bad.example",)}, Action.HOLD, {"denied_host"}),
    (
        "an unwanted host that rejects",
        {"denied": ("bad.example",), "limits": {"denied_hosts_action": "reject"}},
        Action.REJECT,
        {"denied_host"},
    ),
    ("a link in disguise", {"disguised": ("evil.example",)}, Action.HOLD, {"disguised_link"}),
    ("a first link", {"new_hosts": ("new.example",)}, Action.REVIEW, {"first_link"}),
    (
        "a first link that waits",
        {"new_hosts": ("new.example",), "limits": {"first_link": "hold"}},
        Action.HOLD,
        {"first_link"},
    ),
    ("capitals", {"shouting": 0.9}, Action.REVIEW, {"shouting"}),
    (
        "capitals where nobody minds",
        {"shouting": 1.0, "limits": {"shouting_share": 0}},
        Action.PASS,
        set(),
    ),
    (
        "everything is held",
        {"limits": {"premoderate_all": True}},
        Action.HOLD,
        {"premoderated_site"},
    ),
    ("this thread is held", {"thread_premoderated": True}, Action.HOLD, {"premoderated_thread"}),
    ("nobody is there", {"outside_hours": True}, Action.HOLD, {"outside_hours"}),
    ("this author is held", {"author": {"premoderated": True}}, Action.HOLD, {"premoderated_user"}),
    (
        "its own judge rejects it",
        {"outside": Outside("a", "reject")},
        Action.REJECT,
        {"outside_judge"},
    ),
    ("its own judge flags it", {"outside": Outside("a", "flag")}, Action.REVIEW, {"outside_judge"}),
    ("its own judge is silent", {"outside": Outside("a", "failed")}, Action.PASS, set()),
    (
        "its own judge is silent where that holds",
        {"outside": Outside("a", "failed", failure="hold")},
        Action.HOLD,
        {"outside_judge"},
    ),
    ("a rude name", {"author": {"name_others": ["idiot"]}}, Action.REVIEW, {"rude_name"}),
    ("a banned name", {"author": {"name_banned": ["x"]}}, Action.HOLD, {"rude_name"}),
    ("this author borrows a name", {"author": {"resembles": "Mona"}}, Action.HOLD, {"staff_name"}),
]


@every_row(("facts", "action", "rules"), [c[1:] for c in CASES])
def test_the_table(facts: dict[str, Any], action: Action, rules: set[str]) -> None:
    verdict = judge(RULES, about(**dict(facts)))
    assert verdict.action == action
    assert {each.rule for each in verdict.findings} == rules


def test_every_rule_has_a_case() -> None:
    told = {rule for _, _, _, rules in CASES for rule in rules}
    assert {rule.__name__ for rule in RULES} - set(LABELS) == told - set(LABELS)
    assert told & set(LABELS)


def test_rule_names_are_their_findings_names() -> None:
    """Filters, figures and the log know a rule by the name in its findings."""
    by_name = {rule.__name__: rule for rule in RULES}
    assert len(by_name) == len(RULES)
    for _, facts, _, rules in CASES:
        for name in rules:
            [found] = judge([by_name[name]], about(**dict(facts))).findings
            assert found.rule == name


def test_the_evidence_says_which_number_against_which_limit() -> None:
    finding = judge(RULES, about(scores=scored(insult=0.912345))).findings[0]
    assert finding.evidence == {"label": "insult", "score": 0.9123, "limit": 0.8}


@pytest.mark.parametrize("kind", ["trusted", "moderator", "owner", "admin"])
def test_who_is_trusted_passes_and_the_findings_stay(kind: str) -> None:
    verdict = judge(RULES, about(banned=WORD, author={"kind": kind}))
    assert verdict.action == Action.PASS
    assert [each.rule for each in verdict.findings] == ["banned_words"]


def test_the_baseline_never_changes() -> None:
    """Stored facts leave out what equals it, so another value here would rewrite the past: add, and leave
    the rest."""
    assert dict(BASELINE) == {
        "banned_words_action": "reject",
        "common_insults": "hold",
        "dehumanizing": "hold",
        "denied_hosts_action": "hold",
        "first_link": "flag",
        "flag_at": {"toxicity": 0.6},
        "flood_count": 10,
        "flood_minutes": 10,
        "history_minimum": 3,
        "history_share": 0.3,
        "hold_at": {
            "identity_attack": 0.6,
            "insult": 0.8,
            "obscene": 0.9,
            "severe_toxicity": 0.5,
            "threat": 0.5,
            "toxicity": 0.8,
        },
        "hold_repeats": True,
        "links": "hold",
        "max_links": 2,
        "premoderate_all": False,
        "premoderate_first": 0,
        "private_data": "hold",
        "reject_at": {},
        "self_harm": "hold",
        "self_harm_urged": "hold",
        "shouting_share": 0.8,
        "spam": "hold",
        "spam_at": 0.9,
        "spam_learning": True,
        "swearing": "hold",
        "threats": "hold",
        "unscored": "hold",
        "unscored_language": "hold",
    }


def test_every_setting_that_rules_read_has_its_baseline() -> None:
    """`judged=True` in sites/policy.py and a line in BASELINE belong together."""
    assert {name for name, knob in KNOBS.items() if knob.judged} == set(BASELINE)
