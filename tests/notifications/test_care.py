"""The email to somebody who may be in despair: kindness first, and nothing that hurts once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from commentsvc.core.locale import available
from commentsvc.moderation.commands import decide
from commentsvc.notifications import emails
from commentsvc.notifications.statements import statement
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

TEXT = "I don't want to live anymore."


def test_it_works(cast: Cast) -> None:
    comment = post(cast.site, TEXT, user=cast.rita).comment
    decision = decide(comment.public_id, action="reject", reason="other", by=cast.mona)
    about = emails.About("Harbour", "Bridge", TEXT, "https://news.example.org/a")
    for locale in available():
        cast.rita.locale = locale
        reasons = statement(decision, locale)
        made = emails.refused(cast.rita, about, reasons, was_visible=False)
        _, first, details, *rest = made.body.split("\n\n")
        assert first == reasons.ground and "findahelpline.com" in first, locale
        assert details and reasons.restriction in rest and reasons.redress in rest
        assert TEXT not in made.body and made.body.count("findahelpline.com") == 1
        usual = emails.refused(cast.rita, about, replace(reasons, caring=False), was_visible=False)
        assert made.subject != usual.subject and TEXT in usual.body


def test_care_as_a_reason_reads_the_same(cast: Cast) -> None:
    comment = post(cast.site, "A calm word.", user=cast.rita).comment
    assert statement(decide(comment.public_id, action="reject", reason="care", by=cast.mona)).caring
    comment = post(cast.site, "Another word.", user=cast.rita).comment
    decision = decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    assert not statement(decision).caring
