"""Job: a row that requests work after the commit (an outbox), and its delivery to Huey.

The row exists if and only if the change does. Huey only delivers ids: `sweep` finds lost ones, and
duplicates do nothing, because `run` claims the row with a conditional UPDATE.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from . import clock
from .db import Base, Json, UtcTime, after_commit, changed, db, execute, release, unit_of_work
from .ids import has_ended, this_process
from .parts import Part
from .rows import insert_row, insert_rows, table_of

log = logging.getLogger(__name__)

Handler = Callable[..., None]
Deliver = Callable[[int, float], None]  # (job id, seconds to wait)

#: Delivers an id to a worker: Huey, or immediately in tests. Filled by `create_app`.
deliver: Part[Deliver] = Part("deliver")

HANDLERS: dict[str, Handler] = {}
AT_ONCE: set[str] = set()  # handlers that run in the unit that marks their job done
WANTED: dict[str, Callable[..., bool]] = {}  # name -> whether there is work to do
LANES: dict[str, tuple[str, Callable[..., str]]] = {}  # name -> (lane, key within it)
PERIODIC: dict[str, tuple[int, Handler]] = {}  # name -> (interval in minutes, function)

MAX_ATTEMPTS = 8
CLAIM_SECONDS = 600  # a process without heartbeats that holds a row longer has died
SILENT_SECONDS = 60  # and so has a worker without a heartbeat for this long


class Job(Base):
    """Work requested by a committed change. State: waiting, running, done, parked."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcTime)  # or the last heartbeat
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    claimed_by: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the process that holds it
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_job_state_due_at", "state", "due_at"),)


def handler(
    name: str,
    *,
    at_once: bool = False,
    wanted: Callable[..., bool] | None = None,
    lane: str = "work",
    by: Callable[..., str] | None = None,
) -> Callable[[Handler], Handler]:
    """Register the handler of jobs called `name`. The payload is its keyword arguments.

    `at_once`: it only reads and writes the database, and little of it, so it runs in the unit that
    marks the job done: exactly once, and one commit instead of three.
    `wanted` takes the payload and tells, with at most one query, whether there is work to do: a job
    for every comment that mostly has nothing to do would cost more than the comment.
    """

    def register(function: Handler) -> Handler:
        HANDLERS[name] = function
        if at_once:
            AT_ONCE.add(name)
        if wanted is not None:
            WANTED[name] = wanted
        own = name if lane == "work" else lane
        LANES[name] = (lane, by or (lambda **_: own))
        return function

    return register


def periodic(name: str, *, minutes: int) -> Callable[[Handler], Handler]:
    """Register housekeeping that a worker runs every `minutes`. It must be idempotent."""

    def register(function: Handler) -> Handler:
        PERIODIC[name] = (minutes, function)
        return function

    return register


def enqueue(name: str, *, delay: float = 0, **payload: Any) -> int | None:
    """Request work after the commit, in `delay` seconds. Returns the job's id, or None if there is
    nothing to do. Inside a unit only."""
    if not _is_wanted(name, payload):
        return None
    job_id: int = insert_row(Job, **_new(name, delay, payload))
    hand_over = deliver()
    after_commit(lambda: hand_over(job_id, delay))
    return job_id


def enqueue_each(name: str, wanted: Sequence[tuple[float, dict[str, Any]]]) -> None:
    """Request the same work many times, each with a delay and payload. Inside a unit only."""
    wanted = [each for each in wanted if _is_wanted(name, each[1])]
    ids = insert_rows(Job, [_new(name, delay, payload) for delay, payload in wanted])
    hand_over = deliver()

    def all_of_them() -> None:
        for job_id, (delay, _) in zip(ids, wanted, strict=True):
            hand_over(job_id, delay)

    after_commit(all_of_them)


def _is_wanted(name: str, payload: dict[str, Any]) -> bool:
    return name not in WANTED or WANTED[name](**payload)


def _new(name: str, delay: float, payload: dict[str, Any]) -> dict[str, Any]:
    moment = clock.now()
    due_at = moment + timedelta(seconds=delay)
    return {"name": name, "payload": payload, "due_at": due_at, "created_at": moment}


def cancel(job_id: int) -> bool:
    """Cancel a job that has not started; False when it is too late. Inside a unit only."""
    taken = changed(
        update(Job)
        .where(Job.id == job_id, Job.state == "waiting")
        .values(state="done", finished_at=clock.now(), last_error="canceled")
    )
    return bool(taken)


def run(job_id: int) -> bool:
    """Claim one job and run it; False when there was nothing to do or it failed.

    A failed job keeps its error on the row and is retried with exponential backoff. After
    MAX_ATTEMPTS it is parked, and `check` and the dashboard show it.
    """
    name, attempts = "", 0
    try:
        with unit_of_work():
            claim = {"job": job_id, "moment": clock.now(), "process": this_process()}
            row = execute(_CLAIM, claim).first()
            if row is None:
                return False
            name, attempts = row.name, row.attempts
            if name in AT_ONCE:
                HANDLERS[name](**row.payload)
                execute(_DONE, {"job": job_id, "moment": clock.now()})
        if name not in AT_ONCE:
            _held.add(job_id)
            HANDLERS[name](**row.payload)
            with unit_of_work():
                execute(_DONE, {"job": job_id, "moment": clock.now()})
    except Exception as error:
        if not attempts:  # the database is down, and the row unchanged
            raise
        log.exception("job failed", extra={"job": name, "job_id": job_id})
        db.session.rollback()
        _failed(job_id, attempts, error)
        return False
    finally:
        _held.discard(job_id)
    return True


_jobs = table_of(Job)
_CLAIM = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"), _jobs.c.state == "waiting")
    .where(_jobs.c.due_at <= bindparam("moment"))
    .values(
        state="running",
        claimed_at=bindparam("moment"),
        claimed_by=bindparam("process", type_=_jobs.c.claimed_by.type),
        attempts=_jobs.c.attempts + 1,
    )
    .returning(_jobs.c.name, _jobs.c.payload, _jobs.c.attempts)
)
_DONE = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"))
    .values(state="done", finished_at=bindparam("moment"))
)


_KIND = select(_jobs.c.name, _jobs.c.payload).where(
    _jobs.c.id == bindparam("job"), _jobs.c.state == "waiting"
)


def place_of(job_id: int) -> tuple[str, str] | None:
    """The lane of a waiting job and its key there; None when there is nothing left to do."""
    row = execute(_KIND, {"job": job_id}).first()
    if row is None:
        release()
        return None
    lane, by = LANES.get(row.name, ("work", lambda **_: row.name))
    found = lane, by(**row.payload)
    release()
    return found


def _failed(job_id: int, attempts: int, error: Exception) -> None:
    pause = min(3600.0, 2.0**attempts)
    parked = attempts >= MAX_ATTEMPTS
    with unit_of_work():
        db.session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                state="parked" if parked else "waiting",
                attempts=attempts,
                due_at=clock.now() + timedelta(seconds=pause),
                last_error=f"{type(error).__name__}: {error}"[:2000],
            )
        )
        if not parked:
            hand_over = deliver()
            after_commit(lambda: hand_over(job_id, pause))


def sweep(
    *, without: Sequence[str] = (), limit: int = 500, silent: float = CLAIM_SECONDS
) -> list[int]:
    """Ids of due jobs, after resetting those that dead workers left running; `without` the jobs of
    these lanes. `silent`: seconds without a heartbeat after which a worker counts as dead."""
    running = (
        select(Job.id, Job.claimed_at, Job.claimed_by).where(Job.state == "running").limit(500)
    )
    found = db.session.execute(running).all()
    left = [id_ for id_, at, by in found if at is None or _is_left(at, by, silent)]
    if left:  # usually empty, and then nothing is written
        mine = Job.id.in_(left), Job.state == "running"
        with unit_of_work():
            db.session.execute(update(Job).where(*mine).values(state="waiting"))
    return due(without=without, limit=limit)


def _is_left(at: datetime, by: dict[str, Any] | None, silent: float) -> bool:
    most = silent if by is not None and by.get("beats") else CLAIM_SECONDS
    return at < clock.now() - timedelta(seconds=most) or has_ended(by)


def beat() -> None:
    """Send heartbeats for the jobs of this process, so that no other starts them."""
    if held := list(_held):
        mine = Job.id.in_(held), Job.state == "running"
        with unit_of_work():
            db.session.execute(update(Job).where(*mine).values(claimed_at=clock.now()))


_held: set[int] = set()  # the jobs that this process is running


def due(*, without: Sequence[str] = (), limit: int = 500) -> list[int]:
    """Ids of the jobs that can run now, the longest due first."""
    busy = [name for name, (lane, _) in LANES.items() if lane in without]
    ids = db.session.scalars(
        select(Job.id)
        .where(Job.state == "waiting", Job.due_at <= clock.now(), Job.name.not_in(busy))
        .order_by(Job.due_at, Job.id)
        .limit(limit)
    ).all()
    release()
    return list(ids)


def run_due() -> int:
    """Run all due jobs in this thread; for tests and `demo`. Returns how many succeeded."""
    done = 0
    while ids := due(limit=100):
        done += sum(run(job_id) for job_id in ids)
    return done


@periodic("forget_done_jobs", minutes=60)
def _forget_done() -> None:
    """Delete finished rows after a week; until then they can explain what happened. The newest of each name
    stays, and says when it was last done."""
    other = aliased(Job)
    newest = select(func.max(other.id)).where(other.state == "done").group_by(other.name)
    late = Job.state == "done", Job.finished_at < clock.now() - timedelta(days=7)
    with unit_of_work():
        db.session.execute(delete(Job).where(*late, Job.id.not_in(newest)))
