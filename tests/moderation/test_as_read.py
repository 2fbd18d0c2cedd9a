"""A decision counts if the comment is as it was read; else what has changed is said truly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import db
from commentsvc.core.errors import Conflict
from commentsvc.moderation.cases.sweeping import send_away
from commentsvc.moderation.commands import decide, decide_each, undo
from commentsvc.moderation.flags import flag
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = pytest.mark.engines


def held(cast: Cast) -> Comment:
    return post(cast.site, "You idiot.", user=cast.rita).comment


def decided_and_undone(comment: Comment, cast: Cast, times: int = 1) -> None:
    for _ in range(times):
        made = decide(comment.public_id, action="reject", reason="hate", by=cast.olga)
        undo(made.public_id, by=cast.olga)


def refusal(comment: Comment, cast: Cast, seen: int, action: str = "approve") -> str:
    with pytest.raises(Conflict) as refused:
        decide(comment.public_id, action=action, reason="spam", by=cast.mona, seen_version=seen)
    return refused.value.key


def test_it_works(cast: Cast) -> None:
    comment = held(cast)
    seen = comment.version
    decided_and_undone(comment, cast, times=2)
    assert comment.version > seen
    decide(comment.public_id, action="approve", by=cast.mona, seen_version=seen)
    assert comment.status == "published"


def test_in_bulk_and_with_a_ban_too(cast: Cast) -> None:
    one, other = held(cast), post(cast.site, "You fool.", user=cast.max).comment
    seen = {each.public_id: each.version for each in (one, other)}
    for each in (one, other):
        decided_and_undone(each, cast)
    first = {one.public_id: seen[one.public_id]}
    assert len(decide_each(first, action="approve", by=cast.mona, reason=None, batch=None)) == 1
    also = (other.public_id, seen[other.public_id])
    send_away(cast.site, cast.max, "ban", by=cast.mona, reason="hate", also=also)
    assert (one.status, other.status) == ("published", "rejected")


def test_a_decision_that_stands_is_named(cast: Cast) -> None:
    comment = held(cast)
    seen = comment.version
    decided_and_undone(comment, cast)
    decide(comment.public_id, action="reject", reason="hate", by=cast.olga)
    assert refusal(comment, cast, seen) == "already_decided.reject"


def test_a_new_text_is_read_again_whatever_was_undone(cast: Cast) -> None:
    comment = held(cast)
    seen = comment.version
    decided_and_undone(comment, cast)
    posting.edit(comment.public_id, "You utter idiot.", user=cast.rita)
    assert refusal(comment, cast, seen) == "changed"
    decided_and_undone(comment, cast, times=2)
    assert refusal(comment, cast, seen) == "changed"


def test_an_undone_decision_that_was_seen_changes_the_status_not_the_text(cast: Cast) -> None:
    comment = held(cast)
    made = decide(comment.public_id, action="reject", reason="hate", by=cast.olga)
    seen = comment.version
    undo(made.public_id, by=cast.olga)
    assert refusal(comment, cast, seen, "reject") == "changed.status"
    posting.edit(comment.public_id, "You utter idiot.", user=cast.rita)
    assert refusal(comment, cast, comment.version - 1) == "changed"


def test_reports_that_took_it_down_are_no_edit(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flags_to_hold": 1}, by=cast.olga)
    comment = post(cast.site, "The ferry was late.", user=cast.rita).comment
    seen = comment.version
    flag(comment.public_id, user=cast.olga, reason="spam")
    db.session.refresh(comment)
    assert comment.status == "pending"
    assert refusal(comment, cast, seen) == "changed.status"
