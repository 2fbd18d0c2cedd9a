"""A stored text gets another score: what is kept of it, what moves, and what only a person moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.writing.unit import in_hand
from commentsvc.moderation import commands as moderation
from commentsvc.moderation.judging.lists.words import Match, WordList
from commentsvc.moderation.judging.reasons import sentence
from commentsvc.moderation.judging.verdict import Action, submission_from
from commentsvc.moderation.judging.weighing import marks_of
from commentsvc.posting.commands import edit
from commentsvc.posting.judging import judge_stored, read_stored
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from commentsvc.toxicity.scorer import Passage, Scores, Unscored
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment, Revision
    from tests.people import Cast

INSULT = Scores({"toxicity": 0.95, "insult": 0.93}, "stub/2", "en")
HARMLESS = Scores({"toxicity": 0.01}, "stub/2", "en")


def judge(comment: Comment, scores: Scores | Unscored, **how: object) -> tuple[Comment, Revision]:
    read = read_stored(comment.site_id, threads.revision_of(comment).text)
    with unit_of_work():
        judge_stored(comment, threads.revision_of(comment), read, scores, **how)
    db.session.expire_all()
    return comment, threads.revision_of(comment)


def test_it_works(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, INSULT)
    assert comment.status == "pending" and comment.unscored is None
    assert (revision.scores, revision.scorer) == (INSULT.values, "stub/2")
    assert revision.facts and revision.facts["scores"]["insult"] == 0.93
    assert revision.verdict and revision.verdict["action"] == "HOLD"


def test_no_score_is_kept_as_none(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, Unscored("language", "stub/2", "xx"))
    assert comment.unscored == "language"
    assert (revision.scores, revision.scorer, revision.language) == (None, "stub/2", "xx")


def test_what_a_person_decided_stays(cast: Cast) -> None:
    comment = post(cast.site).comment
    moderation.decide(comment.public_id, action="approve", by=cast.mona)
    before = dict(threads.revision_of(comment).verdict or {})
    comment, revision = judge(comment, INSULT)
    assert comment.status == "published" and revision.scores == INSULT.values
    assert revision.verdict == before
    comment, revision = judge(comment, INSULT, for_the_record=True)
    assert comment.status == "published"
    assert revision.verdict and revision.verdict["action"] == "HOLD"


def test_a_rule_that_may_not_hide_changes_no_verdict(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, INSULT, may_hide=False)
    assert comment.status == "published"
    assert revision.verdict and revision.verdict["action"] == "PASS"
    assert revision.facts and revision.facts["scores"]["insult"] == 0.93


def test_a_sentence_that_holds_a_text_is_marked_where_it_was_typed(cast: Cast) -> None:
    source = "Nice weather.\n\n> I **will** [kill](https://example.org/) you.\n\nSee you."
    text = "Nice weather.\n\n> I will kill you.\n\nSee you."
    at = text.index("I will")
    calm, threat = {"threat": 0.01}, {"threat": 0.93, "toxicity": 0.8}
    said = Scores(
        {"toxicity": 0.1},
        "stub/2",
        "en",
        (Passage(0, 13, calm), Passage(at, at + 16, threat), Passage(at + 18, len(text), calm)),
    )
    comment, revision = judge(post(cast.site, source).comment, said)
    assert comment.status == "pending" and revision.verdict and revision.facts
    found, *_ = revision.verdict["findings"]
    words = "one sentence alone: threat 0.93; the limit for a single sentence is 0.50"
    assert sentence(found) == words
    facts = submission_from(revision.facts, text=source, plain=text)
    assert [each.scores for each in facts.sentences] == [threat]
    marks = marks_of(source, [found], {}, until=0.0)
    assert [source[each.start : each.end] for each in marks] == [
        "I **will** [kill](https://example.org/) you"
    ]
    [span] = found["evidence"]["spans"]
    word = {"reason": "suspect_word", "evidence": {"spans": [[span[0] + 4, span[0] + 8]]}}
    marks = marks_of(source, [found, word], {}, until=0.0)
    assert [each.label for each in marks] == ["threat", "word", "threat"]


def test_a_softened_verdict_calls_a_moderator_and_moves_nothing(cast: Cast) -> None:
    shown, revision = judge(post(cast.site).comment, INSULT, at_most=Action.REVIEW)
    assert (shown.status, shown.flag_count > 0) == ("published", True)
    assert revision.verdict and revision.verdict["action"] == "REVIEW"
    waiting, revision = judge(
        post(cast.site, "You idiot.").comment, HARMLESS, at_most=Action.REVIEW
    )
    assert waiting.status == "pending"
    assert revision.verdict and revision.verdict["action"] == "PASS"


def test_words_are_looked_for_before_the_unit_of_work(cast: Cast, monkeypatch) -> None:
    """On SQLite all others wait while a unit is open, and the largest list takes the longest."""
    inside: list[bool] = []
    find = WordList.find

    def spied(self: WordList, *given: object) -> list[Match]:
        inside.append(in_hand.get() is not None)
        return find(self, *given)

    monkeypatch.setattr(WordList, "find", spied)
    sites.set_policy(
        cast.site,
        {"banned_words": ["darn*"], "banned_words_action": "hold", "suspect_words": ["heck"]},
        by=cast.olga,
    )
    posted = post(cast.site, "What the darned heck", user=cast.rita)
    assert threads.revision_of(posted.comment).facts["banned"][0]["entry"] == "darn*"
    edit(posted.comment.public_id, "What the heck", user=cast.rita)
    judge(posted.comment, HARMLESS)
    assert len(inside) >= 6 and not any(inside)
