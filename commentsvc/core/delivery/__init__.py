"""Delivery of job ids to a worker, through Huey on SQLite or Redis, and the worker's threads.

Nothing here has to be durable: the Job row is the promise (core/jobs.py). Any worker's keeper
thread finds what Huey loses, or cannot take because Redis is down.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from .. import clock, jobs
from ..errors import Unavailable
from ..files import made_closed
from ..ids import begin_beating
from .lanes import MOST_IN_LINE, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

log = logging.getLogger(__name__)

KEEPER_SECONDS = 5  # a lost delivery waits at most this long if a worker is running
BACKLOG_SECONDS = 1  # the same, while there are more of them than a lane holds
_BREAK_SECONDS = 5.0  # no further attempts this long after a failed delivery
_SOCKET_SECONDS = 2.0  # above Huey's blocking read of one second
_STOP_SECONDS = 4.0  # for running jobs; one that is cut off runs again
#: Jobs that wait for other servers have their own threads (lanes.py), at most one per key.
_OWN_LANES = {"mail": 2, "calls": 3}
_CHORES = "chores"


class Wanted(Protocol):
    """The settings needed here."""

    data_dir: Path
    redis_url: str
    secret_key: str


def install(app: Any, settings: Wanted, value: Any = None) -> None:
    """Fill the part `core.jobs.deliver`.

    `value` is "now" (run jobs without delay immediately, for tests and `demo`'s seed), a function
    (job id, seconds to wait), or None: Huey, in Redis if `REDIS_URL` is set, else in DATA_DIR.
    """
    if value == "now":
        jobs.deliver.install(app, _at_once)
    elif callable(value):
        jobs.deliver.install(app, value)
    else:
        jobs.deliver.install(app, HueyQueue(app, settings))


def _at_once(job_id: int, wait: float) -> None:
    if wait <= 0:
        jobs.run(job_id)


class HueyQueue:
    """Delivers job ids to Huey, imported on first use, so that short commands do without it.

    Delivery never fails for the caller: the comment is already committed. After a failure it pauses
    for a few seconds, so that a dead Redis does not slow down every post.
    """

    def __init__(self, app: Any, settings: Wanted) -> None:
        self._app = app
        self._settings = settings
        self._lock = threading.Lock()
        self._huey: Any = None
        self._task: Any = None
        self._closed_until = 0.0
        self.failures = 0
        self.lanes: dict[str, Lane] = {}

    def __call__(self, job_id: int, wait: float) -> None:
        if time.monotonic() < self._closed_until:
            return
        try:
            self.huey()
            if wait > 0:
                self._task.schedule(args=(job_id,), delay=wait)
            else:
                self._task(job_id)
        except Exception as error:  # errors differ by storage; the keeper finds the row
            self.failures += 1
            self._closed_until = time.monotonic() + _BREAK_SECONDS
            log.warning(
                "job not queued; the worker will find it",
                extra={"job_id": job_id, "why": type(error).__name__},
            )

    def huey(self) -> Any:
        """The Huey instance, with the task that runs a job and the periodic tasks."""
        with self._lock:
            if self._huey is None:
                huey = _make_huey(self._settings)
                self._task = huey.task(name="job")(self._run)
                for name, (minutes, _) in jobs.PERIODIC.items():
                    huey.periodic_task(_every(minutes), name=name)(self._in_turn(name))
                self._huey = huey
            return self._huey

    def waiting(self) -> int | None:
        """The number of ids queued in Huey; None if its storage is unreachable."""
        try:
            return int(self.huey().storage.queue_size())
        except Exception:
            return None

    def open_lanes(self, threads: int) -> None:
        """Run jobs in lanes from now on; before, they run on the thread that receives them."""
        self.lanes = {name: Lane(name, most, 1, self._do) for name, most in _OWN_LANES.items()}
        self.lanes[_CHORES] = Lane(_CHORES, 2, 1, self._keep_house)
        self.lanes["work"] = Lane("work", threads, max(1, threads - 1), self._do)

    def place(self, job_id: int) -> None:
        """Put a job into its lane. If that is full, the job's row waits for the keeper."""
        found = jobs.place_of(job_id)
        if found is not None:
            lane, key = found
            self.lanes.get(lane, self.lanes["work"]).put(job_id, key)

    def full_lanes(self) -> list[str]:
        """The lanes that are full."""
        return [name for name, lane in self.lanes.items() if lane.is_full()]

    def _run(self, job_id: int) -> None:
        with self._app.app_context():
            if self.lanes:
                self.place(job_id)
            else:
                jobs.run(job_id)

    def _do(self, job_id: int) -> None:
        # Unavailable: not started, because the database is down; the keeper finds the row
        with self._app.app_context(), suppress(Unavailable):
            jobs.run(job_id)

    def _in_turn(self, name: str) -> Callable[[], None]:
        def run() -> None:
            chores = self.lanes.get(_CHORES)
            if chores is not None:
                chores.put(name, name)  # not started again while it is running
            else:
                self._keep_house(name)

        return run

    def _keep_house(self, name: str) -> None:
        _, function = jobs.PERIODIC[name]
        with self._app.app_context():
            try:
                function()
            except Unavailable as error:
                log.warning("housekeeping postponed", extra={"job": name, "why": error.detail})


def _every(minutes: int) -> Callable[[datetime], bool]:
    def is_due(moment: datetime) -> bool:
        return int(moment.timestamp() // 60) % minutes == 0

    return is_due


def _make_huey(settings: Wanted) -> Any:
    api, serializer = _import_huey(with_redis=bool(settings.redis_url))
    # Huey's messages are pickles. They are signed, so that access to Redis is not code execution.
    signed = serializer.SignedSerializer(secret=settings.secret_key, salt="commentsvc.jobs")
    if not settings.redis_url:
        path = settings.data_dir / "queue.db"
        made_closed(str(path))
        # Delivery need not survive a power cut, so commits are not synced to disk.
        return api.SqliteHuey(
            "commentsvc",
            results=False,
            serializer=signed,
            filename=str(path),
            fsync=False,
            cache_mb=1,
        )
    redis = importlib.import_module("redis")
    pool = redis.ConnectionPool.from_url(
        settings.redis_url, socket_timeout=_SOCKET_SECONDS, socket_connect_timeout=0.5
    )
    return api.RedisHuey(
        "commentsvc", results=False, serializer=signed, connection_pool=pool, read_timeout=1
    )


def _import_huey(*, with_redis: bool) -> tuple[Any, Any]:
    storage = sys.modules.get("huey.storage")
    if with_redis and storage is not None and storage.Redis is None:
        # another app in this process (in a test) imported Huey without Redis
        for name in [each for each in sys.modules if each.partition(".")[0] == "huey"]:
            del sys.modules[name]
    with _hidden("psycopg", *(() if with_redis else ("redis",))):
        return importlib.import_module("huey"), importlib.import_module("huey.serializer")


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Hide these drivers from Huey, which imports all installed ones: 20 MB for redis alone."""
    hide = [name for name in names if name not in sys.modules and "huey" not in sys.modules]
    for name in hide:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hide:
            del sys.modules[name]


def start_worker(app: Any, *, threads: int = 2) -> Callable[[], None]:
    """Start the worker's threads in this process: `threads` for work, others for mail and calls.
    Returns a function that stops them and gives running jobs a few seconds to finish."""
    queue = jobs.deliver.of(app)
    if not isinstance(queue, HueyQueue):
        raise TypeError("a worker needs Huey; this app's jobs are delivered in another way")
    stop = threading.Event()
    queue.open_lanes(threads)
    keeper = threading.Thread(target=_keep, args=(app, queue, stop), name="keeper", daemon=True)
    keeper.start()
    consumer = _consumer(queue.huey())
    consumer.start()

    def finish() -> None:
        until = time.monotonic() + _STOP_SECONDS
        stop.set()
        # Its thread may wait another second for an id, and would start the job it then gets.
        consumer.stop(graceful=True)
        lanes, queue.lanes = queue.lanes, {}
        for lane in lanes.values():
            lane.stop(until)
        keeper.join(max(0.0, until - time.monotonic()))

    return finish


def _consumer(huey: Any) -> Any:
    """The Huey consumer that takes ids and puts them into lanes: one thread, which never blocks."""
    module = importlib.import_module("huey.consumer")
    for name in ("huey", "huey.consumer"):
        logging.getLogger(name).setLevel(logging.WARNING)

    class Threads(module.Consumer):  # type: ignore[name-defined,misc]
        """Huey's consumer in our process, where the server handles signals."""

        def _set_signal_handlers(self) -> None:
            pass

    return Threads(
        huey,
        workers=1,
        initial_delay=0.05,
        backoff=1.3,
        max_delay=0.4,
        shutdown_timeout=_STOP_SECONDS,
    )


def _keep(app: Any, queue: HueyQueue, stop: threading.Event) -> None:
    """Every few seconds, send heartbeats, and put jobs into lanes that Huey did not deliver."""
    begin_beating()
    calm_since, steady, pause = time.monotonic(), clock.Steady(), KEEPER_SECONDS
    while not stop.wait(pause):
        pause = KEEPER_SECONDS
        try:
            with app.app_context():
                jobs.beat()
                if not queue.waiting():  # else Huey has the ids, and they only wait for their turn
                    # While the database was down, no worker could send heartbeats.
                    calm = time.monotonic() - calm_since > jobs.SILENT_SECONDS
                    silent = jobs.SILENT_SECONDS if calm else jobs.CLAIM_SECONDS
                    # Heartbeats by a clock that was set since say nothing about their age.
                    trusted = not steady.was_set(within=jobs.SILENT_SECONDS)
                    found = partial(jobs.sweep, silent=silent) if trusted else jobs.due
                    ids = found(without=queue.full_lanes())
                    for job_id in ids:
                        queue.place(job_id)
                    if len(ids) >= MOST_IN_LINE:
                        pause = BACKLOG_SECONDS
        except Exception as error:
            calm_since = time.monotonic()
            if not isinstance(
                error, Unavailable
            ):  # the database is down; the next round tries again
                log.exception("checking for due jobs failed; trying again")
