"""Measures about a person: each in force at once, on one site, told with its reason, in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import sanctions
from commentsvc.moderation.cases.sanctions import AcknowledgeFirst, sanction
from commentsvc.notifications.models import Notification
from commentsvc.sites.commands import set_role
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

ELSEWHERE = "https://mountain.example.net/a"


def told(user_id: int) -> list[str]:
    return list(
        db.session.scalars(select(Notification.kind).where(Notification.user_id == user_id))
    )


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    row = sanction(
        cast.site, cast.rita, "ban", by=cast.mona, reason="harassment", message="Three times."
    )
    with pytest.raises(NotAllowed):
        post(cast.site, user=cast.rita)
    assert post(cast.other, user=cast.rita, href=ELSEWHERE).comment.status == "published"
    work()
    work()
    assert told(cast.rita.id) == ["sanction"]
    assert sanctions.history(cast.rita, [cast.site]) == [row]
    assert sanctions.history(cast.rita, [cast.other]) == []
    assert audit.page(cast.site.id).items[0].data["kind"] == "ban"


def test_a_suspension_ends_by_itself(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        until = clock.now() + timedelta(days=7)
        sanction(cast.site, cast.rita, "suspend", by=cast.mona, reason="abusive", until=until)
        with pytest.raises(NotAllowed):
            post(cast.site, user=cast.rita)
        clock.move(timedelta(days=7))
        assert post(cast.site, user=cast.rita).comment.status == "published"


def test_a_warning_is_read_first(cast: Cast) -> None:
    row = sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="abusive", message="Be kind.")
    with pytest.raises(AcknowledgeFirst, match=r"Be kind\.") as refused:
        post(cast.site, user=cast.rita)
    assert refused.value.field == row.public_id
    with pytest.raises(NotFound):
        sanctions.acknowledge(row.public_id, user=cast.max)
    sanctions.acknowledge(row.public_id, user=cast.rita)
    sanctions.acknowledge(row.public_id, user=cast.rita)
    assert post(cast.site, user=cast.rita).comment.status == "published"


def test_always_premoderated_and_trusted_and_lifted(cast: Cast) -> None:
    sanction(cast.site, cast.rita, "premoderate", by=cast.mona, reason="spam")
    assert post(cast.site, user=cast.rita).comment.status == "pending"
    sanction(cast.site, cast.rita, "trust", by=cast.mona)
    assert post(cast.site, "You idiot.", user=cast.rita).comment.status == "published"
    sanction(cast.site, cast.rita, "lift", by=cast.mona)
    assert post(cast.site, "You idiot, again.", user=cast.rita).comment.status == "pending"


def test_what_is_there_can_go_with_the_ban(cast: Cast, work: Callable[[], int]) -> None:
    kept = post(cast.other, user=cast.rita, href=ELSEWHERE).comment
    for _ in range(3):
        post(cast.site, user=cast.rita)
    sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", reject_existing=True)
    work()
    statuses = db.session.execute(
        select(Comment.site_id, Comment.status).where(Comment.author_id == cast.rita.id)
    ).all()
    assert {tuple(row) for row in statuses} == {
        (cast.site.id, "rejected"),
        (kept.site_id, "published"),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "flog"},
        {"kind": "ban"},
        {"kind": "ban", "reason": "whatever"},
        {"kind": "suspend", "reason": "spam"},
    ],
)
def test_what_is_missing_is_said(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        sanction(cast.site, cast.rita, by=cast.mona, **wrong)


def test_who_may_not(cast: Cast) -> None:
    for by in (cast.rita, cast.max, cast.bo):
        with pytest.raises(NotAllowed):
            sanction(cast.site, cast.bo, "lift", by=by)
    set_role(cast.site, cast.max, "moderator", by=cast.olga)
    with pytest.raises(NotAllowed):
        sanction(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
    with pytest.raises(NotAllowed):
        sanction(cast.site, cast.mona, "trust", by=cast.mona)
