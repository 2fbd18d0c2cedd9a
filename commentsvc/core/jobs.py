"""Job: a row that asks for work after the commit (an outbox), and the hand-over to Huey.

The row exists exactly if the change does. Huey only delivers ids; a lost delivery is found by
`sweep`, a double one does nothing, because `run` claims the row by a conditional UPDATE.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import (
    Base,
    Json,
    UtcTime,
    after_commit,
    changed,
    db,
    execute,
    insert_row,
    insert_rows,
    release,
    table_of,
    unit_of_work,
)
from .ids import has_ended, this_process
from .parts import Part

log = logging.getLogger(__name__)

Handler = Callable[..., None]
Deliver = Callable[[int, float], None]  # (job id, seconds to wait)

#: How an id reaches a worker: Huey, or at once in tests. Filled by `create_app`.
deliver: Part[Deliver] = Part("deliver")

HANDLERS: dict[str, Handler] = {}
AT_ONCE: set[str] = set()  # of them, those that are one unit together with their being done
WANTED: dict[str, Callable[..., bool]] = {}  # whether anybody waits for what it does
LANES: dict[str, tuple[str, Callable[..., str]]] = {}  # name -> (lane, key within it)
PERIODIC: dict[str, tuple[int, Handler]] = {}  # name -> (every so many minutes, what)

MAX_ATTEMPTS = 8
CLAIM_SECONDS = 600  # a process that cannot say that it lives and holds a row longer has died
SILENT_SECONDS = 60  # so has a worker that has not said so for this long


class Job(Base):
    """Work asked for by a committed change. State: waiting, running, done, parked."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcTime)  # or when its worker last said so
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
    """Register what does the work of jobs called `name`. It takes the payload's items by keyword.

    `at_once`: it only reads and writes the database, and not much; so it is done in the very unit
    that marks it done: exactly once, and one commit instead of three.
    `wanted`, given the payload, answers within a query whether there is anything to do: a job that
    is asked for with every comment and mostly has nothing to do would cost more than the comment.
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
    """Register housekeeping that a worker runs every `minutes`; it must be harmless to run twice."""

    def register(function: Handler) -> Handler:
        PERIODIC[name] = (minutes, function)
        return function

    return register


def enqueue(name: str, *, delay: float = 0, **payload: Any) -> int | None:
    """Ask for work after the commit, in `delay` seconds. Returns the job's id, or None where nobody
    waits for it. Inside a unit only."""
    if not _is_wanted(name, payload):
        return None
    job_id: int = insert_row(Job, **_new(name, delay, payload))
    hand_over = deliver()
    after_commit(lambda: hand_over(job_id, delay))
    return job_id


def enqueue_each(name: str, wanted: Sequence[tuple[float, dict[str, Any]]]) -> None:
    """Ask for the same work many times, each with its delay and payload. Inside a unit only."""
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
    """Take back a job that nobody has begun; False when it is too late. Inside a unit only."""
    taken = changed(
        update(Job)
        .where(Job.id == job_id, Job.state == "waiting")
        .values(state="done", finished_at=clock.now(), last_error="canceled")
    )
    return bool(taken)


def run(job_id: int) -> bool:
    """Claim one job and do it; False when there was nothing to do or it failed.

    A failure is kept on the row and tried again with a growing pause; after MAX_ATTEMPTS the row
    is parked, where `check` and the dashboard show it.
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
        if not attempts:  # the database is away, and the row as it was
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
    """The lane of a job that waits, and its key there; None when there is nothing to do any more."""
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
    """Ids of what is due and was never delivered, and of what a dead worker left behind; `without` what
    is done in these lanes. `silent`: after how long a worker that says it lives is dead."""
    running = (
        select(Job.id, Job.claimed_at, Job.claimed_by).where(Job.state == "running").limit(500)
    )
    found = db.session.execute(running).all()
    left = [id_ for id_, at, by in found if at is None or _is_left(at, by, silent)]
    if left:  # mostly there is none, and nothing to write
        mine = Job.id.in_(left), Job.state == "running"
        with unit_of_work():
            db.session.execute(update(Job).where(*mine).values(state="waiting"))
    return due(without=without, limit=limit)


def _is_left(at: datetime, by: dict[str, Any] | None, silent: float) -> bool:
    most = silent if by is not None and by.get("beats") else CLAIM_SECONDS
    return at < clock.now() - timedelta(seconds=most) or has_ended(by)


def beat() -> None:
    """Say of the jobs in hand that this process lives, so that no other begins them."""
    if held := list(_held):
        mine = Job.id.in_(held), Job.state == "running"
        with unit_of_work():
            db.session.execute(update(Job).where(*mine).values(claimed_at=clock.now()))


_held: set[int] = set()  # the jobs in hand


def due(*, without: Sequence[str] = (), limit: int = 500) -> list[int]:
    """Ids of the jobs that could be done now, the longest waiting first."""
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
    """Do everything that is due, here and now; for tests, `demo` and the last breath of a worker."""
    done = 0
    while ids := due(limit=100):
        done += sum(run(job_id) for job_id in ids)
    return done


@periodic("forget_done_jobs", minutes=60)
def _forget_done() -> None:
    """Finished rows are kept for a week, for whoever asks what happened."""
    with unit_of_work():
        db.session.execute(
            delete(Job).where(
                Job.state == "done", Job.finished_at < clock.now() - timedelta(days=7)
            )
        )
