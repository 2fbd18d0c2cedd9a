"""Housekeeping of posting: whose network it was is forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.commands import flag
from commentsvc.moderation.models import Flag
from commentsvc.posting.jobs import forget_networks
from commentsvc.posting.liking import like
from commentsvc.settings import settings
from commentsvc.threads.models import Comment, Reaction
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


def networks() -> list[str | None]:
    db.session.expire_all()
    tables: tuple[Any, ...] = (Comment, Reaction, Flag)
    return [each.network for table in tables for each in db.session.query(table).all()]


def test_it_works(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site).comment
        like(comment, None, network="net-2")
        flag(comment.public_id, user=None, reason="spam", network="net-3")
        clock.move(timedelta(days=settings().network_days) - timedelta(hours=1))
        forget_networks()
        assert networks() == ["net-1", "net-2", "net-3"]
        clock.move(timedelta(hours=2))
        forget_networks()
        assert networks() == [None, None, None]
