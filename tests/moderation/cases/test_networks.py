"""Blocked networks: in force at once, on one site, until an end or until lifted, in the public log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import networks
from commentsvc.moderation.cases.models import NetworkBlock
from commentsvc.posting.jobs import forget_networks
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

ELSEWHERE = "https://mountain.example.net/a"


def soon(**more: int) -> datetime:
    return clock.now() + timedelta(**(more or {"hours": 1}))


def logged(cast: Cast) -> list[tuple[str, str | None]]:
    """What the public log says of sanctions, the newest first."""
    items = audit.page(cast.site.id).items
    return [(each.data["kind"], each.data["reason"]) for each in items if each.kind == "sanction"]


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    comment = post(cast.site).comment
    row = networks.block(comment, until=soon(), reason="spam", by=cast.mona)
    for user in (None, cast.rita):
        with pytest.raises(NotAllowed) as refused:
            post(cast.site, name="Somebody else", user=user)
        assert refused.value.code == "network_blocked"
    assert post(cast.other, href=ELSEWHERE).comment.status == "published"
    (shown,) = networks.active([cast.site, cast.other]).items
    assert (shown.id, shown.site, shown.by) == (row.public_id, cast.site, "Mona")
    assert (shown.until, shown.reason) == (row.until, "spam")
    assert networks.blocked_until(comment) == row.until
    assert logged(cast) == [("network", "spam")]
    entry = audit.page(cast.site.id).items[0]
    assert entry.data["until"] == row.until.date().isoformat() and row.network not in str(
        entry.data
    )
    assert audit.verify(cast.site.id)[1] is None


def test_it_ends_by_itself(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site).comment
        networks.block(comment, until=soon(), reason="spam", by=cast.mona)
        clock.move(timedelta(hours=1))
        assert post(cast.site, name="Somebody else")
        assert networks.active([cast.site]).items == []
        assert networks.blocked_until(comment) is None


def test_nothing_of_the_network_is_left_when_it_is_over(cast: Cast) -> None:
    count = select(func.count()).select_from(NetworkBlock)
    with clock.frozen(clock.now()):
        networks.block(post(cast.site).comment, until=soon(), reason="spam", by=cast.mona)
        networks.forget_blocks()
        assert db.session.scalar(count) == 1
        clock.move(timedelta(hours=1))
        networks.forget_blocks()
        assert db.session.scalar(count) == 0


def test_it_can_be_lifted(cast: Cast) -> None:
    row = networks.block(post(cast.site).comment, until=soon(), reason="spam", by=cast.mona)
    networks.lift(row.public_id, by=cast.olga)
    assert post(cast.site)
    assert networks.active([cast.site]).items == []
    assert logged(cast) == [("unblock", "spam"), ("network", "spam")]
    with pytest.raises(NotFound):
        networks.lift(row.public_id, by=cast.olga)
    assert len(logged(cast)) == 2


def test_blocking_again_sets_another_end_and_reason(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site).comment
        networks.block(comment, until=soon(), reason="spam", by=cast.mona)
        began = clock.now()
        clock.move(timedelta(minutes=30))
        networks.block(comment, until=soon(days=7), reason="hate", by=cast.olga)
        (shown,) = networks.active([cast.site]).items
        assert (shown.until, shown.since) == (soon(days=7), began)
        assert (shown.reason, shown.by) == ("hate", "Olga")
        clock.move(timedelta(days=8))
        networks.block(comment, until=soon(), reason="hate", by=cast.mona)
        assert networks.active([cast.site]).items[0].since == clock.now()


def test_another_site_s_moderator_may_not(cast: Cast) -> None:
    comment = post(cast.site).comment
    with pytest.raises(NotAllowed):
        networks.block(comment, until=soon(), reason="spam", by=cast.max)
    row = networks.block(comment, until=soon(), reason="spam", by=cast.mona)
    with pytest.raises(NotFound):
        networks.lift(row.public_id, by=cast.max)
    assert networks.active([cast.other]).items == []
    assert [each.id for each in networks.active([cast.site]).items] == [row.public_id]


def test_who_may_not(cast: Cast) -> None:
    comment = post(cast.site).comment
    for by in (cast.rita, cast.bo):
        with pytest.raises(NotAllowed):
            networks.block(comment, until=soon(), reason="spam", by=by)
    of_staff = [post(cast.site, user=each).comment for each in (cast.mona, cast.olga)]
    for each in of_staff:
        with pytest.raises(NotAllowed):
            networks.block(each, until=soon(), reason="spam", by=cast.mona)
    row = networks.block(comment, until=soon(), reason="spam", by=cast.mona)
    sites.set_role(cast.site, cast.mona, None, by=cast.olga)
    with pytest.raises(NotFound):
        networks.lift(row.public_id, by=cast.mona)


def test_a_forgotten_network_cannot_be_blocked(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site, user=cast.rita).comment
        assert networks.newest_known(cast.rita, [cast.site]) == {cast.site.id: comment.public_id}
        clock.move(timedelta(days=31))
        forget_networks()
        db.session.refresh(comment)
        assert networks.newest_known(cast.rita, [cast.site]) == {}
        with pytest.raises(Conflict, match="no longer stored"):
            networks.block(comment, until=soon(), reason="spam", by=cast.mona)
        assert logged(cast) == []


def test_the_newest_known_is_of_each_site(cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    newest = post(cast.site, user=cast.rita).comment
    there = post(cast.other, user=cast.rita, href=ELSEWHERE).comment
    post(cast.site, user=cast.max)
    both = networks.newest_known(cast.rita, [cast.site, cast.other])
    assert both == {cast.site.id: newest.public_id, cast.other.id: there.public_id}
    assert set(networks.newest_known(cast.rita, [cast.site])) == {cast.site.id}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"until": None}, "until"), ({"reason": ""}, "reason"), ({"reason": "x"}, "reason")],
)
def test_what_is_missing_is_said(cast: Cast, wrong: dict[str, str], field: str) -> None:
    comment = post(cast.site).comment
    given = {"until": soon(), "reason": "spam", **wrong}
    with pytest.raises(Invalid) as refused:
        networks.block(comment, by=cast.mona, **given)
    assert refused.value.field == field
    with pytest.raises(Invalid):
        networks.block(comment, until=clock.now(), reason="spam", by=cast.mona)


def test_the_list_goes_on(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        for number in range(5):
            comment = post(cast.site).comment
            db.session.get_one(Comment, comment.id).network = f"lan-{number}"
            networks.block(comment, until=soon(), reason="spam", by=cast.mona)
            if number != 2:  # two at the same moment
                clock.move(timedelta(seconds=1))
    seen, after = [], None
    while True:
        page = networks.active([cast.site], after=after, limit=2)
        seen += page.items
        if (after := page.next) is None:
            break
    assert len({each.id for each in seen}) == len(seen) == 5
    assert [each.since for each in seen] == sorted((each.since for each in seen), reverse=True)
