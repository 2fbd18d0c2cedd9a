"""The hand-over of job ids to a worker, by Huey on SQLite or Redis, and the threads that work.

Nothing here has to survive: the Job row is what was promised (core/jobs.py). What Huey loses, or
cannot take because Redis is away, is found again by the keeper thread of any worker.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from . import jobs
from .errors import Unavailable
from .files import made_closed
from .ids import begin_beating
from .lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

log = logging.getLogger(__name__)

KEEPER_SECONDS = 5  # how long a lost hand-over waits at most, when a worker is up
_BREAK_SECONDS = 5.0  # after a failed hand-over, how long Redis is left in peace
_SOCKET_SECONDS = 2.0  # above Huey's blocking read of one second
_STOP_SECONDS = 4.0  # for the jobs in hand; one that is cut off is done again
#: What waits for other servers has threads of its own (core/lanes.py); one key has one of them at a time.
_OWN_LANES = {"mail": 2, "calls": 3}
_CHORES = "chores"


class Wanted(Protocol):
    """What of the settings matters here."""

    data_dir: Path
    redis_url: str
    secret_key: str


def install(app: Any, settings: Wanted, value: Any = None) -> None:
    """Fill the part `core.jobs.deliver`.

    `value` is "now" (run what needs no waiting at once, for tests and `demo`'s seed), a function
    (job id, seconds to wait), or None: Huey, in Redis where `REDIS_URL` is set, else in DATA_DIR.
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
    """Hands job ids to Huey. Made on first use, so that short commands never import it.

    A hand-over never fails for the caller: the comment is already committed. After a failure the
    queue is left alone for some seconds, so that a dead Redis does not slow every post.
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
        except Exception as error:  # whatever storage is configured; the keeper finds the row
            self.failures += 1
            self._closed_until = time.monotonic() + _BREAK_SECONDS
            log.warning(
                "job not queued; the worker will find it",
                extra={"job_id": job_id, "why": type(error).__name__},
            )

    def huey(self) -> Any:
        """The Huey instance, with the one task that runs a job, and the periodic ones."""
        with self._lock:
            if self._huey is None:
                huey = _make_huey(self._settings)
                self._task = huey.task(name="job")(self._run)
                for name, (minutes, _) in jobs.PERIODIC.items():
                    huey.periodic_task(_every(minutes), name=name)(self._in_turn(name))
                self._huey = huey
            return self._huey

    def waiting(self) -> int | None:
        """How many ids lie in Huey; None when its storage cannot be asked."""
        try:
            return int(self.huey().storage.queue_size())
        except Exception:
            return None

    def open_lanes(self, threads: int) -> None:
        """Let jobs be done in lanes from now on; without any, they are done where they arrive."""
        self.lanes = {name: Lane(name, most, 1, self._do) for name, most in _OWN_LANES.items()}
        self.lanes[_CHORES] = Lane(_CHORES, 2, 1, self._keep_house)
        self.lanes["work"] = Lane("work", threads, max(1, threads - 1), self._do)

    def place(self, job_id: int) -> None:
        """Put a job into its lane. Where that is full, the job's row waits for the keeper."""
        found = jobs.place_of(job_id)
        if found is not None:
            lane, key = found
            self.lanes.get(lane, self.lanes["work"]).put(job_id, key)

    def full_lanes(self) -> list[str]:
        """Those that take nothing more now."""
        return [name for name, lane in self.lanes.items() if lane.is_full()]

    def _run(self, job_id: int) -> None:
        with self._app.app_context():
            if self.lanes:
                self.place(job_id)
            else:
                jobs.run(job_id)

    def _do(self, job_id: int) -> None:
        # Unavailable: not begun, because the database is away; the keeper finds the row
        with self._app.app_context(), suppress(Unavailable):
            jobs.run(job_id)

    def _in_turn(self, name: str) -> Callable[[], None]:
        def run() -> None:
            chores = self.lanes.get(_CHORES)
            if chores is not None:
                chores.put(name, name)  # one that still runs is not begun again
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
    # Huey's messages are pickles: signed, so that whoever reaches Redis cannot run code here.
    signed = serializer.SignedSerializer(secret=settings.secret_key, salt="commentsvc.jobs")
    if not settings.redis_url:
        path = settings.data_dir / "queue.db"
        made_closed(str(path))
        # Delivery need not survive a power cut, so the file is not synced at each commit.
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
        # another app of this process (a test's) has imported it without
        for name in [each for each in sys.modules if each.partition(".")[0] == "huey"]:
            del sys.modules[name]
    with _hidden("psycopg", *(() if with_redis else ("redis",))):
        return importlib.import_module("huey"), importlib.import_module("huey.serializer")


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Huey imports every driver that is installed: 20 MB for redis alone. Those not asked for are
    out of its sight while it is imported."""
    hide = [name for name in names if name not in sys.modules and "huey" not in sys.modules]
    for name in hide:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hide:
            del sys.modules[name]


def start_worker(app: Any, *, threads: int = 2) -> Callable[[], None]:
    """Start the worker's threads in this process: `threads` for work, others for mail and for calls.
    Returns what stops them, letting the jobs in hand finish for some seconds."""
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
        # Its thread waits for an id for up to a second yet, and would begin what it then gets.
        consumer.stop(graceful=True)
        lanes, queue.lanes = queue.lanes, {}
        for lane in lanes.values():
            lane.stop(until)
        keeper.join(max(0.0, until - time.monotonic()))

    return finish


def _consumer(huey: Any) -> Any:
    """What takes ids out of Huey and hands them on: one thread, which waits for nothing."""
    module = importlib.import_module("huey.consumer")
    for name in ("huey", "huey.consumer"):
        logging.getLogger(name).setLevel(logging.WARNING)

    class Threads(module.Consumer):  # type: ignore[name-defined,misc]
        """Huey's consumer inside our process: signals belong to the server around it."""

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
    """Every few seconds: say of the jobs in hand that their worker lives, and put into the lanes what was
    lost on its way, or could not go through Huey."""
    begin_beating()
    calm_since = time.monotonic()
    while not stop.wait(KEEPER_SECONDS):
        try:
            with app.app_context():
                jobs.beat()
                if not queue.waiting():  # else the ids are there and only need their turn
                    # While the database was away, nobody could say that they live.
                    calm = time.monotonic() - calm_since > jobs.SILENT_SECONDS
                    silent = jobs.SILENT_SECONDS if calm else jobs.CLAIM_SECONDS
                    for job_id in jobs.sweep(without=queue.full_lanes(), silent=silent):
                        queue.place(job_id)
        except Exception as error:
            calm_since = time.monotonic()
            if not isinstance(
                error, Unavailable
            ):  # the database is away; it is asked again shortly
                log.exception("keeper failed")
