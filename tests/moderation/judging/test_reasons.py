"""Reasons in words: every code has them, for each audience, and authors hear no numbers."""

from __future__ import annotations

import re

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.core.locale import available
from commentsvc.moderation.judging import reasons
from commentsvc.moderation.judging.finders.spotting import spotted
from commentsvc.moderation.judging.reasons import (
    PEOPLE,
    READERS,
    REASONS,
    author_sentences,
    sentence,
    title,
)
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.together import sentences
from commentsvc.moderation.judging.verdict import Action, Finding
from commentsvc.toxicity.labels import LABELS
from tests.moderation.judging.test_rules import CASES, about
from tests.tables import every_row


def test_it_works() -> None:
    found = Finding(
        "insult", Action.HOLD, "insult", {"label": "insult", "score": 0.912, "limit": 0.8}
    )
    assert sentence(found) == "insult 0.91; your limit is 0.80"
    assert author_sentences([found]) == ["Your comment may come across as an insult."]


@every_row("locale", available())
def test_every_reason_has_its_words(locale: str) -> None:
    for code, reason in REASONS.items():
        assert reason.title_in(locale) and reason.author_text_in(locale)
        assert not re.search(r"\d", reason.author_text_in(locale)), code
        assert sentence({"reason": code, "action": "HOLD", "evidence": {}}, locale)


def test_every_finding_of_the_rules_has_a_sentence() -> None:
    by_name = {rule.__name__: rule for rule in RULES}
    for _, facts, _, names in CASES:
        for name in names:
            [found] = judge([by_name[name]], about(**dict(facts))).findings
            assert found.reason in REASONS
            assert "{" not in sentence(found) and "{" not in author_sentences([found])[0]


@every_row(
    ("reason", "evidence", "words"),
    [
        (
            "links",
            {"count": 3, "limit": 2, "hosts": ["a.example"]},
            "3 links (a.example); your limit is 2",
        ),
        ("banned_word", {"words": ["casino"]}, "banned word: “casino”"),
        ("suspect_word", {"words": ["a", "b"]}, "suspect words: “a”, “b”"),
        ("common_insult", {"words": ["a", "b"]}, "common insults: “a”, “b”"),
        ("common_insult", {"words": ["imbécil*"]}, "common insult: “imbécil”"),
        ("suspect_word", {"words": ["Sheds", "a", "sheds"]}, "suspect words: “Sheds”, “a”"),
        (
            "spam_like",
            {"score": 0.9, "limit": 0.8, "words": ["Sheds", "sheds", "SHEDS*"]},
            "reads like advertising (0.90; your limit is 0.80). Strongest signs: “Sheds”",
        ),
        ("unscored", {"why": "slow"}, "not scored: the model took too long"),
        ("unscored", {"why": "who knows"}, "not scored: no reason was given"),
        (
            "shouting",
            {"share": 0.9, "limit": 0.8},
            "90% of the letters are capitals; your limit is 80%",
        ),
    ],
)
def test_moderators_hear_the_evidence(reason: str, evidence: dict, words: str) -> None:
    assert sentence({"reason": reason, "action": "HOLD", "evidence": evidence}) == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("de", "gängige Beleidigungen: „Depp“, „Trottel“"),
        ("fr", "insultes courantes\u202f: «\u202fDepp\u202f», «\u202fTrottel\u202f»"),
        ("ar", "إهانتان شائعتان: «\u2068Depp\u2069», «\u2068Trottel\u2069»"),
        ("pl", "common insults: “Depp”, “Trottel”"),  # staff's sentences are in English there
    ],
)
def test_words_are_quoted_as_the_language_quotes(locale: str, words: str) -> None:
    evidence = {"words": ["Depp", "Trottel"]}
    found = {"reason": "common_insult", "action": "HOLD", "evidence": evidence}
    assert sentence(found, locale) == words


def test_everything_that_people_say_has_a_key_of_its_own() -> None:
    assert sorted(str(each.key) for each in PEOPLE) == list("+-0123456789")
    assert all(each.for_people for each in PEOPLE) and all(each.for_readers for each in READERS)


def test_whose_reason_it_is_is_checked() -> None:
    assert reasons.given_by_people("spam").code == "spam"
    for wrong in ("insult", "disagree", ""):
        with pytest.raises(Invalid):
            reasons.given_by_people(wrong)
    with pytest.raises(Invalid):
        reasons.given_by_readers("advertising")


def test_a_code_that_only_an_import_knows_still_reads() -> None:
    assert title("trash_can") == "trash can"
    assert author_sentences([{"reason": "trash_can", "action": "HOLD"}])


def scored(label: str, score: float, action: str = "HOLD") -> dict:
    evidence = {"label": label, "score": score, "limit": 0.8}
    return {"reason": label, "action": action, "evidence": evidence}


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([scored("toxicity", 0.99), scored("insult", 0.9)], ["insult"]),  # says more than “rude”
        ([scored("insult", 0.9), scored("threat", 0.95)], ["threat"]),  # the higher score
        ([scored("threat", 0.99, "REVIEW"), scored("toxicity", 0.9)], ["toxicity"]),
        ([scored("toxicity", 0.9), {"reason": "links", "action": "HOLD"}], ["toxicity", "links"]),
    ],
)
def test_authors_hear_of_the_strongest_score_alone(findings: list[dict], said: list[str]) -> None:
    assert author_sentences(findings) == [REASONS[code].author_text_in("en") for code in said]


AT_ONE = "You have no idea of boats, and your hat is silly."
AT_GROUP = "You Mexicans had better go home."


@every_row(
    ("text", "scores", "first", "never"),
    [
        (AT_ONE, {"identity_attack": 0.95, "threat": 0.6, "toxicity": 0.9}, "threat", "identity_attack"),
        (AT_GROUP, {"identity_attack": 0.95, "threat": 0.6, "toxicity": 0.9}, "threat", ""),
        (AT_ONE, {"identity_attack": 0.95, "insult": 0.85, "toxicity": 0.9}, "insult", "identity_attack"),
        (AT_GROUP, {"identity_attack": 0.95, "insult": 0.85, "toxicity": 0.9}, "identity_attack", ""),
        (AT_GROUP, {"identity_attack": 0.61, "insult": 0.99, "toxicity": 0.9}, "insult", ""),
        (AT_ONE, {"identity_attack": 0.95, "toxicity": 0.9}, "toxicity", "identity_attack"),
        ("They should all go home.", {"identity_attack": 0.9, "toxicity": 0.9}, "identity_attack", ""),
        ("I will kill you, I know where you live.",
         {"identity_attack": 0.95, "insult": 0.99, "threat": 0.9, "toxicity": 0.99},
         "threats", "identity_attack"),
    ],
)  # fmt: skip
def test_the_reason_that_weighs_most_and_fits_comes_first(
    text: str, scores: dict[str, float], first: str, never: str
) -> None:
    """To the author, in the decision and so in the statement of reasons, whatever the order of the rules."""
    facts = about(text=text, plain=text, language="en", scores=scores, spotted=spotted(text))
    for rules in (RULES, tuple(reversed(RULES))):
        verdict = judge(rules, facts)
        said = author_sentences(verdict.findings)
        assert said == author_sentences(verdict.as_dict()["findings"])
        assert said[0] == REASONS[first].author_text_in("en")
        assert not never or REASONS[never].author_text_in("en") not in said
        assert verdict.findings[0].reason == first
        assert author_sentences(reversed(verdict.findings))[0] == said[0]


@every_row(
    ("reasons_found", "said"),
    [
        (["threat", "threats"], ["threats"]),
        (["toxicity", "threat", "threats", "sentence"], ["threats"]),
        (["toxicity", "insult", "common_insult"], ["common_insult"]),
        (["identity_attack", "dehumanizing"], ["dehumanizing"]),
        (["threat", "self_harm_urged"], ["self_harm_urged"]),
        (["sentence", "common_insult"], ["common_insult"]),
        (["threat", "common_insult"], ["threat", "common_insult"]),  # two things
        (["swearing", "sentence"], ["sentence"]),  # it swears and attacks somebody: that is said
        (["premoderated_site", "new_commenter", "links"], ["premoderated_site", "links"]),
    ],
)
def test_authors_hear_each_thing_once(reasons_found: list[str], said: list[str]) -> None:
    findings = [
        scored(each, 0.9) if each in LABELS else {"reason": each, "action": "HOLD"}
        for each in reasons_found
    ]
    assert author_sentences(findings) == [REASONS[code].author_text_in("en") for code in said]


def test_a_list_in_a_sentence_reads_as_one() -> None:
    kinds = ["street", "phone", "email"]
    found = {"reason": "private_data", "action": "HOLD", "evidence": {"kinds": kinds}}
    assert sentence(found, "en").endswith("a street address, a phone number, and an email address")
    assert " und eine" in sentence(found, "de") and " et " in sentence(found, "fr")
    assert " y " in sentence(found, "es") and " ورقم" in sentence(found, "ar")
    assert "a phone number, and an email address. Consider" in author_sentences([found], "en")[0]


def test_a_text_that_attacks_somebody_is_not_said_to_attack_nobody() -> None:
    swearing = {
        "reason": "swearing",
        "action": "REVIEW",
        "evidence": {"label": "obscene", "score": 0.9},
    }
    assert sentences([swearing]) == ["swears (obscenity 0.90), but attacks nobody"]
    for other in (scored("sentence", 0.93), scored("threat", 0.6), {"reason": "threats"}):
        assert sentences([swearing, other]) == ["swears (obscenity 0.90)", sentence(other)]
