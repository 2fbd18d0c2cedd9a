"""Laws that all rules keep together (order, monotony, replay), by generated submissions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from commentsvc.moderation.judging.rules import LABELS, RULES, judge
from commentsvc.moderation.judging.verdict import (
    Action,
    Author,
    Found,
    Meant,
    Sentence,
    Submission,
    submission_from,
    verdict_from,
)

if TYPE_CHECKING:
    import random

_share = st.floats(0, 1)
_any_number = st.floats(allow_nan=True, allow_infinity=True)
_scores = st.none() | st.dictionaries(st.sampled_from(LABELS), _share | _any_number)
_limits = st.fixed_dictionaries(
    {},
    optional={
        "hold_at": st.dictionaries(st.sampled_from(LABELS), _share),
        "flag_at": st.dictionaries(st.sampled_from(LABELS), _share),
        "reject_at": st.dictionaries(st.sampled_from(LABELS), _share),
        "unscored": st.sampled_from(["hold", "flag", "publish"]),
        "unscored_language": st.sampled_from(["hold", "flag", "publish"]),
        "swearing": st.sampled_from(["hold", "flag", "publish"]),
        "banned_words_action": st.sampled_from(["hold", "reject"]),
        "links": st.sampled_from(["allow", "hold"]),
        "max_links": st.integers(0, 5),
        "hold_repeats": st.booleans(),
        "flood_count": st.integers(1, 20),
        "premoderate_first": st.integers(0, 3),
        "history_share": _share,
        "history_minimum": st.integers(1, 5),
        "shouting_share": _share,
        "premoderate_all": st.booleans(),
    },
)
_words = st.lists(
    st.builds(Found, st.text(max_size=5), st.integers(0, 9), st.integers(0, 9)), max_size=3
).map(tuple)
_authors = st.builds(
    Author,
    kind=st.sampled_from(["guest", "reader", "trusted", "moderator"]),
    approved=st.integers(0, 5),
    recent_published=st.integers(0, 9),
    recent_rejected=st.integers(0, 9),
    recent_posts=st.integers(0, 30),
    premoderated=st.booleans(),
    repeats=st.booleans(),
)
_of_labels = st.dictionaries(st.sampled_from(LABELS), _share)
_sentences = st.lists(st.builds(Sentence, _of_labels), max_size=3).map(tuple)
_meant = st.none() | st.builds(
    Meant, _of_labels, st.sampled_from(["figure", "swearing", "quoted"]), _sentences
)
submissions = st.builds(
    Submission,
    text=st.text(max_size=20),
    plain=st.text(max_size=20),
    scores=_scores,
    sentences=_sentences,
    meant=_meant,
    unscored=st.none() | st.text(max_size=8),
    author=_authors,
    is_edit=st.booleans(),
    thread_premoderated=st.booleans(),
    banned=_words,
    suspect=_words,
    links=st.lists(st.text(max_size=5), max_size=5).map(tuple),
    shouting=_share,
    limits=_limits,
)


@given(submissions, st.randoms())
def test_the_order_of_the_rules_has_no_meaning(facts: Submission, dice: random.Random) -> None:
    shuffled = list(RULES)
    dice.shuffle(shuffled)
    assert judge(shuffled, facts) == judge(RULES, facts)


@given(submissions)
def test_a_verdict_is_the_most_severe_finding(facts: Submission) -> None:
    verdict = judge(RULES, facts)
    severest = max((each.action for each in verdict.findings), default=Action.PASS)
    trusted = facts.author.kind in ("trusted", "moderator")
    assert verdict.action == (Action.PASS if trusted else severest)
    assert verdict_from(json.loads(json.dumps(verdict.as_dict()))) == verdict


@given(submissions.filter(lambda s: not s.scores or all(v == v for v in s.scores.values())))
def test_stored_facts_give_the_stored_verdict(facts: Submission) -> None:
    stored = json.loads(json.dumps(facts.as_dict()))
    again = submission_from(stored, text=facts.text, plain=facts.plain)
    assert again == facts
    assert judge(RULES, again) == judge(RULES, facts)


@given(submissions, st.sampled_from(LABELS), _share, _share)
def test_a_higher_score_is_never_milder(
    facts: Submission, label: str, one: float, other: float
) -> None:
    """But for obscenity: where a site looks at swearing by itself, more of it may excuse the rest."""
    assume(label != "obscene" or facts.limits.get("swearing", "hold") == "hold")
    low, high = sorted((one, other))
    others = {k: v for k, v in (facts.scores or {}).items() if v == v and abs(v) <= 1}
    milder = judge(RULES, replace(facts, scores={**others, label: low}))
    harder = judge(RULES, replace(facts, scores={**others, label: high}))
    assert harder.action >= milder.action
