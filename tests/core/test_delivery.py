"""Jobs reach a worker through Huey; what Huey loses or cannot take is done all the same."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from commentsvc.core import delivery, jobs
from commentsvc.core.db import db, release, unit_of_work
from commentsvc.settings import Settings, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def done() -> Iterator[list[Any]]:
    """What the test's own job was given, each time it ran."""
    seen: list[Any] = []
    jobs.handler("test_note")(lambda word: seen.append(word))
    yield seen
    del jobs.HANDLERS["test_note"]


@pytest.fixture
def queue(app: Flask) -> delivery.HueyQueue:
    """Huey on the test's engine, in place of the test's own delivery."""
    delivery.install(app, settings.of(app))
    found = jobs.deliver.of(app)
    assert isinstance(found, delivery.HueyQueue)
    found.huey().storage.flush_all()
    return found


def ask(word: str, delay: float = 0) -> int:
    with unit_of_work():
        job_id = jobs.enqueue("test_note", word=word, delay=delay)
    assert job_id is not None
    return job_id


def state_of(job_id: int) -> str:
    db.session.expire_all()
    job = db.session.get(jobs.Job, job_id)
    release()
    assert job is not None
    return job.state


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.02)


@pytest.mark.engines
def test_it_works(app: Flask, queue: delivery.HueyQueue, done: list[Any]) -> None:
    stop = delivery.start_worker(app)
    try:
        job_id = ask("hello")
        until(lambda: done == ["hello"])
        until(lambda: state_of(job_id) == "done")
    finally:
        stop()


@pytest.mark.engines
def test_a_delayed_job_waits(app: Flask, queue: delivery.HueyQueue, done: list[Any]) -> None:
    stop = delivery.start_worker(app)
    try:
        ask("later", delay=2)
        ask("now")
        until(lambda: len(done) == 2)
        assert done == ["now", "later"]
    finally:
        stop()


@pytest.mark.engines
def test_what_is_rolled_back_is_never_handed_over(
    app: Flask, queue: delivery.HueyQueue, done: list[Any]
) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        jobs.enqueue("test_note", word="never")
        raise ZeroDivisionError
    assert queue.waiting() == 0 and jobs.due() == []


@pytest.mark.engines
def test_two_deliveries_are_one_run(app: Flask, queue: delivery.HueyQueue, done: list[Any]) -> None:
    job_id = ask("once")
    assert jobs.run(job_id) is True
    assert jobs.run(job_id) is False
    assert done == ["once"]


@pytest.mark.engines
def test_a_stopped_worker_takes_nothing_more(
    app: Flask, queue: delivery.HueyQueue, done: list[Any]
) -> None:
    stop = delivery.start_worker(app)
    ask("for this one")
    until(lambda: done == ["for this one"])
    stop()
    job_id = ask("for the next one")
    time.sleep(0.3)
    assert state_of(job_id) == "waiting" and done == ["for this one"]


@pytest.mark.engines
def test_a_lost_delivery_is_found(
    app: Flask, queue: delivery.HueyQueue, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("lost")
    queue.huey().storage.flush_all()  # what FLUSHALL or a deleted queue.db would do
    monkeypatch.setattr(delivery, "KEEPER_SECONDS", 0.1)
    stop = delivery.start_worker(app)
    try:
        until(lambda: done == ["lost"])
    finally:
        stop()


def test_a_backlog_does_not_wait_for_the_next_round(
    app: Flask, queue: delivery.HueyQueue, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane holds so many jobs; of the rest, each round would fetch no more than that."""
    for number in range(12):
        ask(f"word {number}")
    queue.huey().storage.flush_all()
    monkeypatch.setattr(delivery, "KEEPER_SECONDS", 0.1)
    monkeypatch.setattr(delivery, "BACKLOG_SECONDS", 0.05)
    monkeypatch.setattr(delivery, "MOST_IN_LINE", 3)
    rounds, whole = list[int](), jobs.sweep

    def three(**more: Any) -> list[int]:
        monkeypatch.setattr(delivery, "KEEPER_SECONDS", 600)
        rounds.append(len(found := whole(**{**more, "limit": 3})))
        return found

    monkeypatch.setattr(jobs, "sweep", three)
    stop = delivery.start_worker(app)
    try:
        until(lambda: len(done) == 12)
    finally:
        stop()
    assert len(rounds) >= 4


def test_a_dead_queue_holds_nobody_up(
    app: Flask, tmp_path: Path, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0").checked()
    delivery.install(app, gone)
    queue = jobs.deliver.of(app)
    assert isinstance(queue, delivery.HueyQueue)
    for number in range(50):
        ask(f"word {number}")
    assert queue.failures == 1  # asked once, then left alone for a while
    monkeypatch.setattr(delivery, "KEEPER_SECONDS", 0.1)
    stop = delivery.start_worker(app)
    try:
        until(lambda: len(done) == 50)
    finally:
        stop()


def test_a_failing_job_is_tried_again_and_parked(app: Flask) -> None:
    def fail(word: str) -> None:
        raise ValueError(word)

    jobs.handler("test_note")(fail)
    try:
        job_id = ask("bad")
        for _ in range(jobs.MAX_ATTEMPTS):
            with unit_of_work():
                db.session.execute(update(jobs.Job).values(due_at=0))
            jobs.run(job_id)
        assert state_of(job_id) == "parked"
    finally:
        del jobs.HANDLERS["test_note"]


def test_a_chore_that_hangs_holds_up_no_job(
    app: Flask, queue: delivery.HueyQueue, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = threading.Event()
    monkeypatch.setitem(jobs.PERIODIC, "test_chore", (1, hold.wait))
    stop = delivery.start_worker(app)
    try:
        for _ in range(3):
            queue._in_turn("test_chore")()
        ask("meanwhile")
        until(lambda: done == ["meanwhile"])
    finally:
        hold.set()
        stop()


def test_housekeeping_runs_at_its_rhythm() -> None:
    from datetime import UTC, datetime

    every = delivery._every(15)
    hour = [datetime(2026, 11, 22, 8, minute, tzinfo=UTC) for minute in range(60)]
    assert [each.minute for each in hour if every(each)] == [0, 15, 30, 45]


def test_at_once_runs_what_need_not_wait(app: Flask, done: list[Any]) -> None:
    delivery.install(app, settings.of(app), "now")
    ask("at once")
    ask("in an hour", delay=3600)
    assert done == ["at once"]
