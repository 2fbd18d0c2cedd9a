"""What changes while a text is scored counts: for a new comment and for an edited one."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.commands import by_public_id, make_guest
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import DomainError, Invalid, NotAllowed
from commentsvc.moderation.cases import networks
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.posting.claiming import claim_with
from commentsvc.posting.commands import edit
from commentsvc.posting.leaving import leave
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import by_key
from commentsvc.threads.commands import revision_of
from commentsvc.threads.models import Comment
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import scorer
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines


class Busy(StubScorer):
    """While it scores, something happens elsewhere, once."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app
        self.happens: Callable[[], object] | None = None

    def score(self, *args: Any, **how: Any) -> Any:
        happens, self.happens = self.happens, None
        if happens is not None:
            other = threading.Thread(target=self._elsewhere, args=(happens,))
            other.start()
            other.join()
        return super().score(*args, **how)

    def _elsewhere(self, happens: Callable[[], object]) -> None:
        with self.app.app_context():
            happens()


@pytest.fixture
def busy(app: Flask) -> Busy:
    return scorer.install(app, Busy(app))  # type: ignore[return-value]


def policy_to(cast: Cast, change: dict[str, Any]) -> Callable[[], object]:
    key, olga = cast.site.key, cast.olga.public_id
    return lambda: sites.set_policy(by_key(key), change, by=by_public_id(olga))


@pytest.mark.parametrize("way", ["post", "edit"])
def test_it_works(cast: Cast, busy: Busy, way: str) -> None:
    comment = post(cast.site, user=cast.rita).comment if way == "edit" else None
    busy.happens = policy_to(cast, {"banned_words": ["gazebo"]})
    if comment is None:
        comment = post(cast.site, "The gazebo is open.", user=cast.rita).comment
    else:
        edit(comment.public_id, "The gazebo is open.", user=cast.rita)
    db.session.expire_all()
    found = (revision_of(comment).verdict or {})["findings"]
    assert "banned_words" in {each["rule"] for each in found} and comment.status != "published"


@pytest.mark.parametrize("way", ["post", "edit"])
def test_a_text_that_is_too_long_by_then(cast: Cast, busy: Busy, way: str) -> None:
    comment, long = post(cast.site, user=cast.rita).comment, "The bridge is open again. " * 10
    busy.happens = policy_to(cast, {"max_length": 100})
    with pytest.raises(Invalid):
        if way == "post":
            post(cast.site, long, user=cast.rita)
        else:
            edit(comment.public_id, long, user=cast.rita)


@pytest.mark.parametrize("way", ["deleted", "claimed"])
def test_nobody_posts_who_is_gone_by_then(cast: Cast, busy: Busy, way: str) -> None:
    """Nothing could remove what an account leaves after its deletion, and what a claimed guest
    leaves would be nobody's."""
    user, token = make_guest("Ann")
    rita = cast.rita.id
    if way == "deleted":
        user, busy.happens = cast.rita, lambda: leave(db.session.get_one(User, rita))
    else:
        busy.happens = lambda: claim_with(db.session.get_one(User, rita), token, site_id=None)
    with pytest.raises(NotAllowed):
        post(cast.site, user=user)
    assert db.session.scalar(select(func.count(Comment.id))) == 0


def test_an_edit_from_a_blocked_network(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    networks.block(comment, until=clock.now() + timedelta(hours=1), reason="spam", by=cast.mona)
    _refused(cast, comment.public_id, "network_blocked")
    edit(comment.public_id, "The bridge is open.", user=cast.rita, network="net-2")


def test_an_edit_with_an_open_warning(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="abusive", message="Be kind.")
    with pytest.raises(DomainError):
        edit(comment.public_id, "The bridge is open.", user=cast.rita)


def test_a_ban_that_came_while_an_edit_was_scored(cast: Cast, busy: Busy) -> None:
    comment = post(cast.site, user=cast.rita).comment
    key, rita, mona = cast.site.key, cast.rita.public_id, cast.mona.public_id
    busy.happens = lambda: sanction(
        by_key(key), by_public_id(rita), "ban", by=by_public_id(mona), reason="abusive"
    )
    with pytest.raises(NotAllowed):
        edit(comment.public_id, "The bridge is open.", user=cast.rita)


def _refused(cast: Cast, comment: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        edit(comment, "The bridge is open.", user=cast.rita, network="net-1")
    assert refused.value.code == code
