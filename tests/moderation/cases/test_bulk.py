"""Bulks: what they would hit, what they leave alone, one undo, and a worker that dies half-way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, is_sqlite, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotFound
from commentsvc.core.jobs import Job
from commentsvc.moderation.audit import verify
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.hits import hits
from commentsvc.moderation.cases.models import Bulk
from commentsvc.moderation.commands import decide, decide_each
from commentsvc.moderation.desk import queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.moderation.models import SecondLook
from commentsvc.moderation.undoing import undo_each
from commentsvc.notifications.models import Notification
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Site
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

Work = Callable[[], int]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def small_units(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "UNIT", 2)
    sites.set_policy(cast.site, {"slow_seconds": 0, "undo_seconds": 30}, by=cast.olga)


def held(cast: Cast, count: int) -> list[str]:
    return [
        post(cast.site, f"You idiot, number {n}.", name=f"G{n}").comment.public_id
        for n in range(count)
    ]


def statuses(ids: list[str]) -> list[str]:
    db.session.expire_all()
    return [comment_by_public_id(each).status for each in ids]


def again(found: Bulk) -> Bulk:
    return db.session.get_one(Bulk, found.id, populate_existing=True)


def reject_all(cast: Cast, **more: object) -> Bulk:
    return bulk.preview([cast.site], action="reject", reason="spam", by=cast.mona, **more)


def test_it_works(cast: Cast, work: Work) -> None:
    ids = held(cast, 5)
    calm = post(cast.site, "A calm word.").comment.public_id
    found = reject_all(cast)
    shown = hits(found)
    assert (shown.comments, shown.unchanged, shown.authors, shown.articles) == (5, 5, 5, 1)
    assert shown.statuses == {"pending": 5} and {each.id for each in shown.first} == set(ids)
    assert statuses(ids) == ["pending"] * 5  # a preview decides nothing
    bulk.start(found, by=cast.mona)
    work()
    assert statuses([*ids, calm]) == ["rejected"] * 5 + ["published"]
    done = again(found)
    assert (done.state, done.seen, done.skipped, done.total) == ("done", 5, 0, 5)


@pytest.mark.engines
def test_many_cost_no_more_questions_than_few(
    cast: Cast, work: Work, count_queries: Counting
) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0, "double_check_share": 1.0}, by=cast.olga)
    asked = []
    for number in (2, 12):
        ids = dict.fromkeys(held(cast, number))
        with count_queries() as deciding:
            made = decide_each(ids, action="reject", by=cast.mona, reason="spam", batch="b")
        with count_queries() as undoing:
            taken_back = undo_each([each.public_id for each in made], by=cast.mona)
        assert len(made) == len(taken_back) == number and statuses([*ids]) == ["pending"] * number
        asked.append([_not_one_by_one(each) for each in (deciding, undoing)])
    drawn = db.session.scalars(select(SecondLook.first_id)).all()
    assert drawn == [cast.mona.id] * 14  # as decisions made one by one are
    assert asked[0] == asked[1] and verify(cast.site.id) == (2 * 14 + 14, None)


@pytest.mark.engines
def test_nobody_waits_in_a_circle(app: Flask, cast: Cast) -> None:
    """Others approve and answer in the same conversation, while many are rejected and put back."""
    tops = [post(cast.site, f"Tea at {n}.", name=f"G{n}").comment.public_id for n in range(12)]
    below = [
        post(cast.site, f"No, coffee at {n}.", name="K", parent=each).comment.public_id
        for n, each in enumerate(tops)
    ]
    names, site_id = [cast.olga.id, cast.mona.id], cast.site.id

    def approve(who: int) -> None:
        for public_id in tops[who::2]:
            decide(public_id, action="approve", by=db.session.get_one(User, names[who]))

    def reject(_: int) -> None:
        by = db.session.get_one(User, names[0])
        for at in range(0, 12, 4):
            some = dict.fromkeys(below[at : at + 4])
            made = decide_each(some, action="reject", by=by, reason="spam", batch="b")
            assert len(undo_each([each.public_id for each in made], by=by)) == 4

    def answer(_: int) -> None:
        site = db.session.get_one(Site, site_id)
        for number, public_id in enumerate(tops[:6]):
            post(site, f"Or at {number}?", name="L", parent=public_id)

    def run(what: Callable[[int], None], who: int) -> None:
        with app.app_context():
            what(who)

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        asked = [(approve, 0), (approve, 1), (reject, 0), (answer, 0)]
        for each in [pool.submit(run, what, who) for what, who in asked]:
            each.result()  # raises `Unavailable` where the database has ended such a circle
    db.session.rollback()
    assert verify(site_id) == (12 + 2 * 12, None)


def _not_one_by_one(statements: list[str]) -> int:
    """Drawn are few; and SQLite, to which no question travels, is told some things one by one."""
    singly = ["INSERT INTO second_look"]
    if is_sqlite():
        singly += ["INSERT INTO decision", "INSERT INTO job", "UPDATE comment SET"]
    return len([each for each in statements if not each.startswith(tuple(singly))])


@pytest.mark.engines
def test_one_undo_takes_all_back(cast: Cast, work: Work) -> None:
    ids = held(cast, 5)
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    work()
    decide(ids[2], action="approve", by=cast.olga)  # newer than the bulk: it stays
    bulk.undo_all(again(found), by=cast.mona)
    work()
    assert statuses(ids) == ["pending", "pending", "published", "pending", "pending"]
    assert (again(found).state, again(found).skipped) == ("undone", 1)
    with pytest.raises(Conflict):
        bulk.undo_all(again(found), by=cast.mona)


def test_only_what_was_previewed(cast: Cast, work: Work) -> None:
    first, edited, faster = held(cast, 3)
    theirs = post(cast.site, "You idiot, Rita.", user=cast.rita).comment.public_id
    found = reject_all(cast)
    later = post(cast.site, "You idiot, later.").comment.public_id
    posting.edit(theirs, "You idiot, Rita again.", user=cast.rita)
    decide(faster, action="approve", by=cast.olga)
    bulk.start(found, by=cast.mona)
    work()
    assert statuses([first, edited, faster, theirs, later]) == [
        "rejected",
        "rejected",
        "published",
        "pending",
        "pending",
    ]
    assert again(found).skipped == 2


def test_a_filter_chooses(cast: Cast, work: Work) -> None:
    ids = held(cast, 3)
    found = reject_all(cast, filters=Filters(words="number 1"))
    assert [each[0] for each in found.targets] == [ids[1]]


def test_ticked_ones_of_other_sites_are_left_out(cast: Cast, work: Work) -> None:
    foreign = post(cast.other, "You idiot.", href="https://mountain.example.net/a").comment
    mine = held(cast, 1)[0]
    found = reject_all(cast, ticked={mine: 1, foreign.public_id: foreign.version, "nothere": 1})
    assert [each[0] for each in found.targets] == [mine]
    with pytest.raises(Invalid):
        reject_all(cast, ticked={foreign.public_id: foreign.version})
    with pytest.raises(NotFound):
        bulk.find(found.public_id, [cast.other])


def test_what_is_refused(cast: Cast, work: Work) -> None:
    held(cast, 1)
    with pytest.raises(Invalid):
        bulk.preview([cast.site], action="pin", by=cast.mona)
    with pytest.raises(Invalid):
        bulk.preview([cast.site], action="reject", reason="toxicity?", by=cast.mona)
    with pytest.raises(Invalid):
        reject_all(cast, queue="nowhere")
    found = reject_all(cast)
    with pytest.raises(NotFound):
        bulk.start(found, by=cast.olga)
    with pytest.raises(Conflict):
        bulk.undo_all(found, by=cast.mona)


def test_starting_twice_is_once(cast: Cast, work: Work) -> None:
    held(cast, 2)
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    bulk.start(found, by=cast.mona)
    jobs = db.session.scalars(db.select(Job.id).where(Job.name == "bulk_decide")).all()
    assert len(jobs) == 1


def test_others_write_between_units(
    cast: Cast, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = held(cast, 3)
    monkeypatch.setattr(bulk, "UNIT", 1)
    units: list[int] = []
    monkeypatch.setattr(bulk, "_let_others_write", lambda: units.append(1))
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    work()
    assert statuses(ids) == ["rejected"] * 3 and len(units) == 3
    bulk.undo_all(again(found), by=cast.mona)
    work()
    assert statuses(ids) == ["pending"] * 3 and again(found).state == "undone"


def test_it_goes_on_where_a_worker_died(
    cast: Cast, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = held(cast, 5)
    found = reject_all(cast)
    bulk.start(found, by=cast.mona)
    real, calls = bulk.decide_each, []

    def dying(*args: object, **more: object) -> object:
        calls.append(args)
        made = real(*args, **more)
        if len(calls) == 2:
            raise RuntimeError("the worker died")
        return made

    monkeypatch.setattr(bulk, "decide_each", dying)
    with pytest.raises(RuntimeError):
        bulk.bulk_decide(found.id)
    assert (again(found).seen, statuses(ids).count("rejected")) == (2, 2)  # whole units only
    bulk.bulk_decide(found.id)
    assert statuses(ids) == ["rejected"] * 5 and again(found).seen == 5
    with unit_of_work():
        assert queue.counts([cast.site])["pending"] == 0


def test_authors_are_banned_with_it_and_hear_nothing_of_what_was_taken_back(
    cast: Cast, work: Work
) -> None:
    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        ids = {}
        for user in (cast.rita, cast.rita, cast.mona):
            comment = post(cast.site, "You idiot, buy this.", user=user).comment
            ids[comment.public_id] = comment.version
        made = bulk.preview(
            [cast.site], action="reject", reason="spam", ban=True, by=cast.olga, ticked=ids
        )
        bulk.start(made, by=cast.olga)
        work()
        assert role_of(cast.rita, cast.site) == "banned"
        assert role_of(cast.mona, cast.site) == "moderator"  # staff is an owner's business
        assert role_of(cast.rita, cast.other) == "reader"
        bulk.undo_all(db.session.get_one(Bulk, made.id, populate_existing=True), by=cast.olga)
        work()
        assert role_of(cast.rita, cast.site) == "reader"
        clock.move(timedelta(minutes=5))
        work()
        assert db.session.scalars(select(Notification.kind)).all() == []


def test_a_ban_that_stands_is_told_after_the_undo_time(cast: Cast, work: Work) -> None:
    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        held = post(cast.site, "You idiot, buy this.", user=cast.rita).comment
        made = bulk.preview(
            [cast.site],
            action="reject",
            reason="spam",
            ban=True,
            by=cast.mona,
            ticked={held.public_id: held.version},
        )
        bulk.start(made, by=cast.mona)
        work()
        assert db.session.scalars(select(Notification.kind)).all() == []
        clock.move(timedelta(minutes=5))
        work()
        assert sorted(db.session.scalars(select(Notification.kind))) == ["rejected", "sanction"]


def test_only_the_rejected_can_be_banned(cast: Cast) -> None:
    held = post(cast.site, "You idiot.").comment
    with pytest.raises(Invalid):
        bulk.preview(
            [cast.site],
            action="approve",
            ban=True,
            by=cast.mona,
            ticked={held.public_id: held.version},
        )
