"""What a writer only repeats is published and flagged, and the card marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.moderation.judging.reasons import sentence
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import submission_from
from commentsvc.threads.commands import revision_of
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.scorer import scorer
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

TEXT = 'A man shouted "you **stupid** whore" at her, and nobody helped.'


def test_it_works(app: Flask, cast: Cast) -> None:
    scorer.install(app, EmbeddedScorer())
    made = post(cast.site, TEXT).comment
    assert (made.status, made.flag_count) == ("published", 1)
    revision = revision_of(made)
    findings = (revision.verdict or {})["findings"]
    assert [each["rule"] for each in findings] == ["quoted"]
    assert "only in what it quotes" in sentence(findings[0])
    assert any("whore" in TEXT[start:end] for start, end in findings[0]["evidence"]["spans"])


def test_stored_facts_are_judged_alike(app: Flask, cast: Cast) -> None:
    scorer.install(app, EmbeddedScorer())
    revision = revision_of(post(cast.site, TEXT).comment)
    facts = submission_from(revision.facts or {}, text=revision.text, plain=revision.text)
    assert judge(RULES, facts).as_dict() == revision.verdict


def test_what_stands_beside_a_quotation_is_held(app: Flask, cast: Cast) -> None:
    scorer.install(app, EmbeddedScorer())
    made = post(cast.site, f"{TEXT} You are a stupid whore yourself.").comment
    assert made.status == "pending"
