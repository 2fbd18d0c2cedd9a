"""Help lines and kind words for who may want to die, before posting and after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import db
from commentsvc.core.locale import available
from commentsvc.moderation.commands import decide
from commentsvc.moderation.judging.finders.help_lines import address_of
from commentsvc.moderation.judging.reasons import author_sentences, kept_private, sentences_before
from commentsvc.moderation.judging.verdict import Action, Finding
from commentsvc.moderation.outcomes import held_for, outcomes
from commentsvc.notifications.statements import statement
from commentsvc.posting import before
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast


def test_nothing_is_promised_before_posting() -> None:
    harm = Finding("self_harm", Action.HOLD, "self_harm", {"kinds": ["en"], "lines": ["A: 1"]})
    for locale in available():
        [before_it], [after] = sentences_before([harm], locale), author_sentences([harm], locale)
        assert "A: 1" not in before_it and len(before_it) < len(after), locale


@every_row(
    ("line", "address"),
    [
        ("US, Canada: 988", "tel:988"),
        ("Norway: 116 123 (24/7)", "tel:116123"),
        ("Call +49 (0)800 111-0-111", "tel:+4908001110111"),
        ("findahelpline.com", "https://findahelpline.com"),
        ("Chat: http://help.example/chat?x=1", "https://help.example/chat?x=1"),
        ("988lifeline.org", "https://988lifeline.org"),
        ("Talk to your doctor", None),
        ("javascript:alert(1)", None),
    ],
)
def test_where_a_help_line_leads(line: str, address: str | None) -> None:
    assert address_of(line) == address


def test_only_what_would_be_held_is_asked_about(cast: Cast) -> None:
    cast.site.policy = {**cast.site.policy, "suspect_words": ["gold"], "self_harm": "flag"}
    db.session.commit()
    told = before.nudge(cast.site, "Buy some gold.", user=None, locale="en")
    assert (told.ask, told.would_hold, told.sentences) == (False, False, [])
    told = before.nudge(cast.site, "I want to die.", user=None, locale="en")
    assert told.ask and told.lines  # help is shown whatever follows


@pytest.mark.parametrize("reason", ["other", "offensive", "illegal", "care"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_rejection_speaks_of_care_and_help_on_every_surface(
    cast: Cast, reason: str, locale: str
) -> None:
    comment = post(cast.site, "I don't want to live anymore, you idiot.").comment
    decision = decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    decision.tell_after = None
    db.session.commit()
    told = outcomes([comment], locale=locale)[comment.id]
    assert told.status == "rejected"
    ground = statement(decision, locale).ground
    assert told.reasons == [ground]
    assert {"en": "out of concern", "de": "Fürsorge"}[locale] in ground
    assert "988" in ground and "findahelpline.com" in ground
    assert not re.search("break|rules|law|verstößt|Regeln|Gesetz", ground)


def test_care_is_a_reason_for_other_comments_too(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.").comment
    decision = decide(comment.public_id, action="reject", reason="care", by=cast.mona)
    ground = statement(decision, "en").ground
    assert "out of concern" in ground and "findahelpline.com" in ground and "rules" not in ground


def test_help_comes_first_whatever_else_holds_or_rejects() -> None:
    harm = {"rule": "self_harm", "reason": "self_harm", "evidence": {"lines": ["A: 1"]}}
    insult = {"rule": "insult", "reason": "insult", "action": "HOLD", "evidence": {}}
    [held] = held_for([insult, {**harm, "action": "REVIEW"}])  # a site that flags it alone
    assert "A: 1" in held
    kept = kept_private([{**insult, "action": "REJECT"}, {**harm, "action": "HOLD"}])
    assert kept is not None and "A: 1" in kept and "moderator" not in kept
    assert kept_private([insult]) is None
