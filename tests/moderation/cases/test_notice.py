"""A notice of illegal content: receipt, decision, both sides told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.errors import Conflict, Invalid, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import notices
from commentsvc.notifications.mail import mailer
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.moderation.cases.models import Notice
    from commentsvc.threads.models import Comment
    from tests.people import Cast

GOOD: dict[str, Any] = {
    "law": "Criminal Code, section 130",
    "explanation": "The comment calls for violence against a group of people.",
    "good_faith": True,
}


def given(cast: Cast, **more: Any) -> tuple[Comment, Notice]:
    comment = post(cast.site, user=cast.rita).comment
    return comment, notices.give_notice(comment.public_id, **{**GOOD, **more})


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    comment, notice = given(cast, name="Nora Weber", email="Nora@example.org")
    assert notices.by_receipt(notice.receipt.upper()).state == "received"
    notices.take_up(notice.receipt, by=cast.mona, note="Asked the lawyer.")
    decided = notices.decide_notice(
        notice.receipt, outcome="illegal", ground="It incites to violence.", by=cast.mona
    )
    assert (decided.state, decided.outcome) == ("decided", "illegal")
    assert comment.status == "rejected"
    work()
    work()
    sent = [each for each in mailer().sent if each.to == "nora@example.org"]  # type: ignore[attr-defined]
    assert len(sent) == 1 and "It incites to violence." in sent[0].body
    assert audit.verify(cast.site.id)[1] is None
    assert "Nora" not in str([each.data for each in audit.page(cast.site.id).items])


def test_what_is_not_illegal_stays(cast: Cast) -> None:
    comment, notice = given(cast)
    notices.decide_notice(notice.receipt, outcome="not_illegal", ground="An opinion.", by=cast.mona)
    assert comment.status == "published"


def test_it_is_decided_once(cast: Cast) -> None:
    _, notice = given(cast)
    notices.decide_notice(notice.receipt, outcome="void", ground="Empty.", by=cast.mona)
    for again in (
        lambda: notices.decide_notice(
            notice.receipt, outcome="illegal", ground="Or is it?", by=cast.olga
        ),
        lambda: notices.take_up(notice.receipt, by=cast.olga),
    ):
        with pytest.raises(Conflict):
            again()


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": ""},
        {"explanation": "Bad."},
        {"good_faith": False},
        {"email": "nobody"},
        {"explanation": "a" * 5001},
    ],
)
def test_what_is_missing_is_said(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        given(cast, **wrong)


def test_only_what_is_public_can_be_noticed(cast: Cast) -> None:
    held = post(cast.site, "You idiot.").comment
    with pytest.raises(NotFound):
        notices.give_notice(held.public_id, **GOOD)


def test_another_sites_moderator_learns_nothing(cast: Cast) -> None:
    _, notice = given(cast)
    for by in (cast.max, cast.rita):
        with pytest.raises(NotFound):
            notices.decide_notice(notice.receipt, outcome="void", ground="Gone.", by=by)
    assert notices.page([cast.other]).items == []
    assert [each.id for each in notices.page([cast.site]).items] == [notice.id]
