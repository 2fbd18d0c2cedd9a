"""From the rules' verdict to a status: what is shown, what waits, what the log says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.moderation.commands import admit_again, decide, flag
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Action, Finding, Verdict, submission_from
from commentsvc.moderation.models import Decision, Flag, RuleFinding
from commentsvc.moderation.outcomes import outcomes
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads import text as texts
from commentsvc.threads.commands import revision_of
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.people import Cast


def decisions(comment: Comment) -> list[Decision]:
    return list(
        db.session.scalars(
            select(Decision).where(Decision.comment_id == comment.id).order_by(Decision.id)
        )
    )


def jobs_for(name: str) -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.name == name)))


def again(comment: Comment, action: Action, rule: str = "insult") -> Decision | None:
    """Judge the same text once more, as a late score does."""
    found = (Finding(rule, action, rule),) if action else ()
    with unit_of_work():
        return admit_again(comment, revision_of(comment), Verdict(action, found), present=False)


def test_it_works(cast: Cast) -> None:
    comment = post(cast.site, "A calm word.").comment
    assert comment.status == "published" and decisions(comment) == []
    assert db.session.scalars(select(RuleFinding)).all() == []
    assert comment.urgency != 0.0


def test_review_publishes_and_calls_a_moderator(cast: Cast) -> None:
    comment = post(cast.site, "What rubbish.").comment
    assert comment.status == "published" and comment.flag_count == 1
    call = db.session.scalars(select(Flag)).one()
    assert (call.rule, call.reason, call.user_id) == ("toxicity", "toxicity", None)
    assert decisions(comment) == []


def test_hold_waits_and_says_why(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.").comment
    row = decisions(comment)[0]
    assert comment.status == "pending"
    assert (row.action, row.automated, row.by_id, row.rule) == ("hold", True, None, "insult")
    assert jobs_for("on_decision") == []  # its author hears it in the answer
    rows = db.session.scalars(select(RuleFinding).order_by(RuleFinding.rule)).all()
    assert [(each.rule, each.action, each.value) for each in rows] == [
        ("insult", "HOLD", 0.93),
        ("toxicity", "HOLD", 0.95),
    ]


def test_reject_is_a_decision_without_a_moderator(cast: Cast) -> None:
    sites.set_policy(cast.site, {"banned_words": ["casino"]}, by=cast.olga)
    posted = post(cast.site, "Visit my casino!", user=cast.rita)
    row = decisions(posted.comment)[0]
    assert posted.comment.status == "rejected"
    assert (row.action, row.reason, row.automated) == ("reject", "banned_word", True)
    assert len(jobs_for("on_decision")) == 1
    reasons = outcomes([posted.comment])[posted.comment.id].reasons
    assert reasons == ["Your comment contains words that this site doesn’t publish."]


def test_an_edit_that_insults_is_taken_down(cast: Cast) -> None:
    comment = post(cast.site, "A calm word.", user=cast.rita).comment
    posting.edit(comment.public_id, "You idiot.", user=cast.rita)
    assert comment.status == "pending"
    assert [(d.action, d.status_before) for d in decisions(comment)] == [("hold", "published")]


def test_an_edit_that_helps_is_published(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    posting.edit(comment.public_id, "I do not agree.", user=cast.rita)
    assert comment.status == "published"
    assert [(d.action, d.automated) for d in decisions(comment)] == [
        ("hold", True),
        ("approve", True),
    ]


def test_an_edit_brings_nothing_back_that_reports_took_down(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 2}, by=cast.olga)
    comment = post(cast.site, "A calm word.", user=cast.rita).comment
    flag(comment.public_id, user=cast.mona, reason="hate")
    assert comment.status == "pending"
    posting.edit(comment.public_id, "Another calm word.", user=cast.rita)
    assert comment.status == "pending"
    assert decisions(comment)[-1].rule == "revised"
    posting.edit(comment.public_id, "A third calm word.", user=cast.rita)
    assert comment.status == "pending"


def test_a_late_score_lets_a_waiting_comment_through(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    row = again(comment, Action.PASS)
    assert comment.status == "published" and row is not None
    assert (row.action, row.status_before) == ("approve", "pending")
    assert len(jobs_for("on_decision")) == 1  # nobody was there to hear it


def test_a_late_score_takes_a_published_comment_down(cast: Cast) -> None:
    comment = post(cast.site, "A calm word.", user=cast.rita).comment
    row = again(comment, Action.HOLD)
    assert comment.status == "pending" and row is not None and row.status_before == "published"
    assert [each.rule for each in db.session.scalars(select(RuleFinding))] == ["insult"]


def test_judging_again_replaces_the_rules_calls(cast: Cast) -> None:
    comment = post(cast.site, "What rubbish.", user=cast.max).comment
    flag(comment.public_id, user=cast.rita, reason="spam")
    again(comment, Action.REVIEW)
    open_calls = db.session.scalars(select(Flag).where(Flag.closed_at.is_(None))).all()
    assert sorted(each.rule or each.reason for each in open_calls) == ["insult", "spam"]
    assert comment.flag_count == 2
    assert [each.rule for each in db.session.scalars(select(RuleFinding))] == ["insult"]


def test_a_trusted_author_passes(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.", user=cast.mona).comment
    assert comment.status == "published" and decisions(comment) == []
    stored = revision_of(comment).verdict
    assert stored is not None and stored["action"] == "PASS" and len(stored["findings"]) == 2


def test_the_stored_facts_give_the_stored_verdict(cast: Cast) -> None:
    sites.set_policy(
        cast.site,
        {"banned_words": ["casino"], "suspect_words": ["ferry"], "hold_at": {"insult": 0.5}},
        by=cast.olga,
    )
    for text in ("You idiot at the ferry.", "What rubbish.", "casino", "See http://a.example now"):
        revision = revision_of(post(cast.site, text, user=cast.rita).comment)
        facts = submission_from(
            revision.facts or {}, text=revision.text, plain=texts.plain(revision.text)
        )
        assert judge(RULES, facts).as_dict() == revision.verdict


@pytest.mark.parametrize(
    ("text", "times", "rule"),
    [
        ("The same words.", 2, "repeat"),
        ("One two three four", 11, "flood"),
    ],
)
def test_repeats_and_floods(cast: Cast, text: str, times: int, rule: str) -> None:
    sites.set_policy(cast.site, {"hold_repeats": rule == "repeat"}, by=cast.olga)
    made = [post(cast.site, text, user=cast.rita).comment for _ in range(times)]
    assert [each.status for each in made[:-1]] == ["published"] * (times - 1)
    assert made[-1].status == "pending" and decisions(made[-1])[0].rule == rule


def test_a_long_text_with_one_word_changed_is_a_repeat(cast: Cast) -> None:
    words = "The council met on Tuesday and talked about the bridge for three hours in {}."
    post(cast.site, words.format("vain"), user=cast.rita)
    assert post(cast.site, words.format("vane"), user=cast.rita).comment.status == "pending"
    assert post(cast.site, words.format("vain"), user=cast.max).comment.status == "published"


def test_the_first_comments_of_an_author(cast: Cast) -> None:
    sites.set_policy(cast.site, {"premoderate_first": 1}, by=cast.olga)
    first = post(cast.site, user=cast.rita).comment
    assert first.status == "pending"
    assert post(cast.site, user=cast.rita).comment.status == "pending"
    decide(first.public_id, action="approve", by=cast.mona)
    assert post(cast.site, user=cast.rita).comment.status == "published"


def test_a_history_of_rejections(cast: Cast) -> None:
    for _ in range(3):
        bad = post(cast.site, user=cast.rita).comment
        decide(bad.public_id, action="reject", reason="off_topic", by=cast.mona)
    fourth = post(cast.site, user=cast.rita).comment
    assert fourth.status == "pending" and decisions(fourth)[0].rule == "history"


def test_an_author_whom_a_moderator_wants_to_read_first(cast: Cast) -> None:
    sites.set_role(cast.site, cast.rita, "premoderated", by=cast.mona)
    assert decisions(post(cast.site, user=cast.rita).comment)[0].rule == "premoderated_user"


def test_words_links_and_capitals(cast: Cast) -> None:
    sites.set_policy(cast.site, {"suspect_words": ["bridge*"]}, by=cast.olga)
    posted = post(cast.site, "THE BRIDGES ARE ALL CLOSED AGAIN TODAY", user=cast.rita)
    assert posted.comment.status == "published" and posted.comment.flag_count == 2
    links = "http://a.example http://b.example http://c.example"
    held = post(cast.site, links, user=cast.rita).comment
    assert decisions(held)[0].rule == "links"
    evidence = decisions(held)[0].evidence["findings"][0]["evidence"]
    assert evidence["count"] == 3 and evidence["limit"] == 2


def test_older_is_more_urgent_and_so_is_worse(cast: Cast) -> None:
    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        old = post(cast.site, "You idiot.").comment
    with clock.frozen(datetime(2026, 5, 4, 6, tzinfo=UTC)):
        young = post(cast.site, "You idiot, really.").comment
        threat = post(cast.site, "I will kill you").comment
    assert old.urgency == pytest.approx(young.urgency + 6)
    assert threat.urgency > young.urgency


def test_few_queries_are_needed(cast: Cast, count_queries: Callable) -> None:
    from commentsvc.moderation.judging.facts import gather, read_text
    from commentsvc.sites.queries import policy_of
    from commentsvc.toxicity.scorer import Scores

    post(cast.site, user=cast.rita)
    policy = policy_of(cast.site)
    with count_queries() as seen:
        gather(
            site=cast.site,
            policy=policy,
            thread=None,
            author=cast.rita,
            read=read_text(cast.site.id, policy, "Hello"),
            scores=Scores({"toxicity": 0.1}, "stub", "en"),
        )
    assert len(seen) <= 5, seen
