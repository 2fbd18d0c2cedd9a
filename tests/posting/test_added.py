"""What a post shows its author and counts is what reading it back, and counting anew, would find."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotAllowed
from commentsvc.core.rows import table_of
from commentsvc.moderation import commands as moderation
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads import pages
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.recount import recount
from tests.factories import HREF, post
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines


def counted() -> list[tuple[object, ...]]:
    db.session.expire_all()
    comments = db.session.scalars(select(Comment).order_by(Comment.id))
    threads = db.session.scalars(select(Thread).order_by(Thread.id))
    return [
        *((each.id, each.shown, each.reply_count, each.rank) for each in comments),
        *((each.comment_count, each.last_comment_at) for each in threads),
    ]


@settings(max_examples=10)
@given(
    acts=some.lists(
        some.tuples(some.sampled_from(("reply", "reply", "bad reply", "reject")), some.integers(0)),
        min_size=2,
        max_size=6,
    )
)
def test_it_works(cast: Cast, acts: list[tuple[str, int]]) -> None:
    made = [post(cast.site).comment.public_id]
    for act, number in acts:
        to = made[number % len(made)]
        if act == "reject":
            moderation.decide(to, action="reject", reason="off_topic", by=cast.mona)
            made.remove(to)
            made = made or [post(cast.site).comment.public_id]
            continue
        text = "You idiot." if act == "bad reply" else None
        new = post(cast.site, text, parent=to, name=f"Reader {number % 3}")
        if new.comment.status == "published":
            made.append(new.comment.public_id)
    found = counted()
    recount(db.session.scalars(select(Thread.id)).one())
    assert counted() == found


@pytest.mark.parametrize("text", ["A **fine** [bridge](https://example.com).", "You idiot."])
@pytest.mark.parametrize("who", ["rita", "mona", "guest"])
@pytest.mark.parametrize("answers", [True, False])
def test_its_author_is_shown_what_was_written(
    cast: Cast, text: str, who: str, answers: bool
) -> None:
    parent = post(cast.site, user=cast.max).comment.public_id if answers else None
    user = getattr(cast, who, None)
    new = post(cast.site, text, user=user, parent=parent)
    assert new.view is not None
    assert new.view == pages.view(new.comment)
    assert new.view.parent_name == ("Max" if answers else "")


def test_an_author_who_is_renamed_meanwhile_is_called_so(cast: Cast) -> None:
    """Who writes is read again in the unit, though the session had them before."""
    with unit_of_work():
        assert db.session.get_one(User, cast.rita.id).name == "Rita"
        db.session.connection().execute(
            table_of(User).update().where(User.id == cast.rita.id).values(name="Margherita")
        )
    assert cast.rita.name == "Rita"  # as this session holds it
    new = post(cast.site, user=cast.rita)
    assert new.view is not None and new.view.author_name == "Margherita"


def test_a_policy_that_is_changed_meanwhile_counts(cast: Cast) -> None:
    new = posting.NewComment(site=cast.site, href=HREF, text="Hello there.", name="Ann")
    held = dict(cast.site.policy)
    with unit_of_work():
        sites.set_policy(cast.site, {"guests_may_post": False}, by=cast.olga)
    cast.site.__dict__.update(policy=held, version=1)  # as this request had read it before
    with pytest.raises(NotAllowed):
        posting.submit(new)


def test_a_post_asks_no_more_than_it_needs(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        parent = post(cast.site, user=cast.max).comment.public_id
        clock.move(timedelta(hours=1))
        with queries() as asked:
            post(cast.site, user=cast.rita, parent=parent, key="k")
    assert len([each for each in asked if not each.startswith("BEGIN")]) <= 10, asked
