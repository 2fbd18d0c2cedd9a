"""The table of moves: from every status to every other, by everybody who could try."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import event

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, DomainError, Invalid
from commentsvc.moderation import commands as moderation
from commentsvc.moderation.judging.verdict import Action, Finding, Verdict
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from commentsvc.threads import status
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.recount import recount
from tests.factories import HREF, post

if TYPE_CHECKING:
    from tests.people import Cast

PENDING, PUBLISHED, REJECTED, WITHDRAWN = "pending", "published", "rejected", "withdrawn"
ALL = (PENDING, PUBLISHED, REJECTED, WITHDRAWN)

#: What the door lets through, whoever asks.
ALLOWED = {
    (PENDING, PUBLISHED),
    (PENDING, REJECTED),
    (PENDING, WITHDRAWN),
    (PUBLISHED, PENDING),
    (PUBLISHED, REJECTED),
    (PUBLISHED, WITHDRAWN),
    (REJECTED, PENDING),
    (REJECTED, PUBLISHED),
    (REJECTED, WITHDRAWN),
}

#: (from, to) -> who gets it there; everybody else is refused. Rules are asked when a text has changed,
#: and staff may say again what stands already, if nobody else said it.
STAFF = {"moderator", "owner", "admin"}
BY: dict[tuple[str, str], set[str]] = {
    (PENDING, PENDING): {"rules"},
    (PENDING, PUBLISHED): STAFF | {"rules"},
    (PENDING, REJECTED): STAFF | {"rules"},
    (PENDING, WITHDRAWN): {"author"},
    (PUBLISHED, PENDING): {"rules"},
    (PUBLISHED, PUBLISHED): STAFF | {"rules"},
    (PUBLISHED, REJECTED): STAFF | {"rules"},
    (PUBLISHED, WITHDRAWN): {"author"},
    (REJECTED, PENDING): {"rules"},
    (REJECTED, PUBLISHED): STAFF,
    (REJECTED, REJECTED): {"admin", "rules"},  # it was the admin who rejected it
    (REJECTED, WITHDRAWN): {"author"},
    (WITHDRAWN, WITHDRAWN): {"author"},
}
#: What a person has rejected waits for a person to come back, whatever rules say of its new text.
ELSEWHERE = {(REJECTED, PUBLISHED, "rules"): PENDING}


def one(cast: Cast, at: str) -> Comment:
    """A comment of rita's that has this status; what is rejected was rejected by a person."""
    comment = post(cast.site, "You idiot." if at == PENDING else None, user=cast.rita).comment
    if at == REJECTED:
        moderation.decide(comment.public_id, action="reject", reason="spam", by=cast.ada)
    if at == WITHDRAWN:
        posting.withdraw(comment.public_id, user=cast.rita)
    assert comment.status == at
    return comment


def test_it_works(cast: Cast) -> None:
    comment = one(cast, PENDING)
    with unit_of_work():
        assert status.move(comment, PUBLISHED)
    again = db.session.get_one(Comment, comment.id, populate_existing=True)
    assert (again.status, again.shown) == (PUBLISHED, True)
    assert again.published_at is not None
    assert db.session.get_one(Thread, comment.thread_id).comment_count == 1


def test_moves_count_themselves(cast: Cast) -> None:
    """Several at once, in two conversations; what they add or take is what a query would count."""
    made = [post(cast.site, href=f"{HREF}/{at % 2}").comment for at in range(6)]
    moves = [(made[0], REJECTED), (made[1], REJECTED), (made[2], PUBLISHED), (made[5], WITHDRAWN)]
    with unit_of_work():
        assert status.move_each(moves) == 3
        assert status.move(made[0], PENDING) and status.move(made[1], PUBLISHED)
    for at in (0, 1):
        thread = db.session.get_one(Thread, made[at].thread_id, populate_existing=True)
        counted = (thread.comment_count, thread.last_comment_at)
        assert counted == (2, made[4 - at].published_at)
        recount(thread.id)
        again = db.session.get_one(Thread, thread.id, populate_existing=True)
        assert (again.comment_count, again.last_comment_at) == counted


@pytest.mark.parametrize(("before", "after"), list(product(ALL, ALL)))
def test_the_door(cast: Cast, before: str, after: str) -> None:
    comment = one(cast, before)
    version = comment.version
    if before == after:
        with unit_of_work():
            assert not status.move(comment, after)
        assert comment.version == version
    elif (before, after) in ALLOWED:
        with unit_of_work():
            assert status.move(comment, after)
        assert comment.version == version + 1
    else:
        with pytest.raises(Conflict), unit_of_work():
            status.move(comment, after)
        after = before
    assert stored(comment) == after


@pytest.mark.engines
def test_moves_are_counted_without_counting_the_thread(cast: Cast) -> None:
    """Several in one unit, some there and back: the thread's counts are those that a query finds."""
    sites.set_policy(cast.site, {"hold_repeats": False, "flood_count": 1000}, by=None)
    made = [post(cast.site, user=cast.rita, href=f"{HREF}/{n % 2}").comment for n in range(6)]
    thread_ids, asked = [made[0].thread_id, made[1].thread_id], list[str]()

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    chance = random.Random(3)
    for _ in range(12):
        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        with unit_of_work():
            for _ in range(2):
                some_of_them = chance.sample(made, 4)
                to = [chance.choice((PENDING, PUBLISHED, REJECTED)) for _ in some_of_them]
                status.move_each(list(zip(some_of_them, to, strict=True)))
        event.remove(db.engine, "before_cursor_execute", note)
        counted = [counts(each) for each in thread_ids]
        for each in thread_ids:
            recount(each)
        assert counted == [counts(each) for each in thread_ids]
    assert not [each for each in asked if "count(*)" in each and "thread_id = " in each], asked


def counts(thread_id: int) -> tuple[object, ...]:
    db.session.expire_all()
    thread = db.session.get_one(Thread, thread_id)
    return thread.comment_count, thread.last_comment_at


@given(word=some.text(max_size=12).filter(lambda word: word not in ALL))
def test_no_other_status_exists(word: str) -> None:
    comment = Comment(status=PENDING, version=1)
    with pytest.raises(Invalid) as refused:
        status.move(comment, word)
    assert refused.value.field == "status" and comment.status == PENDING


@pytest.mark.parametrize(
    "by", ["author", "stranger", "banned", "moderator", "owner", "admin", "rules"]
)
def test_who_moves_it(cast: Cast, by: str) -> None:
    """Whatever anybody asks for, the comment has the status asked for, or the one it had."""
    calm = {"hold_repeats": False, "flood_count": 1000, "history_minimum": 100}
    sites.set_policy(cast.site, calm, by=None)
    for before, to in product(ALL, ALL):
        comment = one(cast, before)
        lands = to if by in BY.get((before, to), ()) else ELSEWHERE.get((before, to, by))
        if lands is None:
            with pytest.raises(DomainError):
                ask(cast, by, comment, to)
        else:
            ask(cast, by, comment, to)
        assert stored(comment) == (lands or before), (before, to)


def ask(cast: Cast, by: str, comment: Comment, to: str) -> None:
    """What this person would do to get it there, by the doors that surfaces use."""
    if by == "rules":
        judged(comment, to)
        return
    people = {"author": cast.rita, "stranger": cast.max, "banned": cast.bo}
    who = people | {"moderator": cast.mona, "owner": cast.olga, "admin": cast.ada}
    if to == WITHDRAWN:
        posting.withdraw(comment.public_id, user=who[by])
        return
    action = {PENDING: "hold", PUBLISHED: "approve", REJECTED: "reject"}[to]
    moderation.decide(comment.public_id, action=action, reason="spam", by=who[by])


def judged(comment: Comment, to: str) -> None:
    """The text was edited or scored anew; no verdict withdraws a comment."""
    if to == WITHDRAWN:
        raise Invalid("Rules have no word for this.")
    action = {PENDING: Action.HOLD, PUBLISHED: Action.PASS, REJECTED: Action.REJECT}[to]
    found = (Finding("links", action, "links"),) if action else ()
    with unit_of_work():
        moderation.admit_again(comment, threads.revision_of(comment), Verdict(action, found))


def stored(comment: Comment) -> str:
    db.session.expire_all()
    return db.session.get_one(Comment, comment.id).status
