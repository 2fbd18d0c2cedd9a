"""The production server: granian's HTTP, our application and a worker in one process."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from . import observe
from .core.errors import DomainError
from .core.files import data_folder, made_closed
from .gate.listening import granian_server, when_ready

if TYPE_CHECKING:
    from .settings import Settings

log = logging.getLogger(__name__)

Prepare = Callable[[Any], None]  # called with the app before it serves requests

_WORKER_SECONDS = 2  # for the worker to stop, after the server
# After a commit, a thread waits at most this long for the GIL (default 5 ms) while it holds the
# writer's lock: p99 of posts by 8 writers is 52 ms instead of 64.
_SWITCH_SECONDS = 0.0005
_M_ARENA_MAX = -8  # mallopt(3)


def serve(
    given: Settings,
    *,
    worker: bool = True,
    prepare: Prepare | None = None,
    extend: Prepare | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then accept no connections and finish running requests.

    `prepare` fills the database before the first request; `extend` extends the app itself; `ready`
    is called once the server responds. With one process (the default), the worker's threads run in
    it; with several, the worker is a separate process.
    """
    observe.configure(given.log_level, given.log_format)
    _spare_memory()
    sys.setswitchinterval(_SWITCH_SECONDS)
    lock = _alone(given)
    one = given.workers == 1
    stops: list[Callable[[], None]] = []
    load = partial(_load, given, prepare, extend, stops if one and worker else None)
    server = granian_server(given, one)
    if not one and worker:
        server.on_startup(lambda: stops.append(_worker_process()))
    server.on_shutdown(partial(_stop_all, stops))
    if ready is not None:
        waiter = threading.Thread(target=when_ready, args=(given, ready), daemon=True)
        server.on_startup(waiter.start)  # after anything that forks
    server.serve(target_loader=partial(_once, load, server), wrap_loader=not one)
    if lock is not None:
        lock.close()
    log.info("stopped")


def _alone(given: Settings) -> IO[str] | None:
    """Hold the data folder's lock, and warn if another server has it. Both would work, but each
    would count limits separately, and it is usually a mistake."""
    if not given.database_url.startswith("sqlite"):
        return None
    try:
        data_folder(given.data_dir)
        path = given.data_dir / "run.lock"
        made_closed(str(path))
        held = path.open("a+")
    except OSError:
        return None  # write errors are reported elsewhere
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held.truncate(0)
        held.write(f"{os.getpid()} {given.public_url}\n")
        held.flush()
    except BlockingIOError:
        held.seek(0)
        log.warning(
            "another server uses this data folder, and each counts limits separately: stop one of them",
            extra={"folder": str(given.data_dir), "other": held.read(200).strip()},
        )
    return held


def _stop_all(stops: list[Callable[[], None]]) -> None:
    while stops:
        stops.pop()()


def _once(load: Callable[[], Any], server: Any, *_: Any) -> Any:
    server.door = load()
    return server.door


def _load(
    given: Settings,
    prepare: Prepare | None,
    extend: Prepare | None,
    stops: list[Callable[[], None]] | None,
) -> Any:
    """Everything before the first request, in the process that will serve it."""
    gc.disable()  # until `_settle`: loaded modules stay, and need not be scanned repeatedly
    try:
        return _loaded(given, prepare, extend, stops)
    except BaseException:
        gc.enable()
        raise


def _loaded(
    given: Settings,
    prepare: Prepare | None,
    extend: Prepare | None,
    stops: list[Callable[[], None]] | None,
) -> Any:
    observe.configure(given.log_level, given.log_format)
    from .app import create_app

    app = create_app(given)
    observe.keep_warnings(given.data_dir)
    if prepare is not None or not _is_current(app):
        _apart(app, lambda: (upgrade(app, given), prepare and prepare(app)))
    if extend is not None:
        extend(app)
    if stops is not None:
        from .core.delivery import start_worker

        stops.append(start_worker(app))
    from .gate.door import Door

    door = Door(app, given.threads)
    if stops is not None:
        door.at_end.append(partial(_stop_all, stops))
    _warm(app)
    log.info("started", extra={"address": given.public_url, "port": given.port})
    return door


def _is_current(app: Any) -> bool:
    from .core import schema
    from .core.files import folder

    with app.app_context():
        return schema.is_current(folder("migrations"))


def _apart(app: Any, work: Callable[[], object]) -> None:
    """Run one-time work in a forked child, so that the server does not keep its memory (Alembic,
    the rows of a seed). Raises `SystemExit` if it failed; the child has reported the error."""
    from .core.db import db

    with app.app_context():
        db.engine.dispose()  # connections must not be shared between processes
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(os.waitstatus_to_exitcode(status) or 1)
        return
    gc.enable()
    code = 1
    try:
        work()
        code = 0
    except DomainError as error:
        print(error.detail, file=sys.stderr, flush=True)
    except Exception:
        log.exception("start failed")
    finally:
        os._exit(code)


def _warm(app: Any) -> None:
    """Load a heavy scorer and the data for judging in the background, before the first post."""
    from .toxicity.scorer import scorer

    threading.Thread(target=_settle, name="settle", daemon=True).start()
    warm = getattr(scorer.of(app), "warm", None)
    if warm is not None:
        warm()


def _settle() -> None:
    """Load the data for judging; then enable garbage collection for objects created from now on."""
    from .moderation.judging.facts import prepare

    try:
        prepare()
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)  # memory that only the start needed


def upgrade(app: Any, given: Settings) -> bool:
    """Upgrade the database to this version; False if there was nothing to do."""
    from .core import schema
    from .core.files import folder

    return schema.upgrade(app, folder("migrations"), lock_in=given.data_dir)


def work(given: Settings) -> None:
    """Run jobs until SIGINT or SIGTERM: on nodes that only work, or beside `run --no-worker`."""
    observe.configure(given.log_level, given.log_format)
    _spare_memory()
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    from .app import create_app
    from .core.delivery import start_worker

    app = create_app(given)
    observe.keep_warnings(given.data_dir)
    upgrade(app, given)
    stop = start_worker(app, threads=given.threads)
    log.info("worker started")
    told.wait()
    stop()
    log.info("worker stopped")


def _worker_process() -> Callable[[], None]:
    command = [sys.executable, "-m", "commentsvc", "worker"]
    child = subprocess.Popen(command)
    stopping = threading.Event()

    def watch() -> None:
        nonlocal child
        while True:
            child.wait()
            if stopping.wait(5):
                return
            log.error("the worker died and is being restarted")
            child = subprocess.Popen(command)

    threading.Thread(target=watch, daemon=True).start()

    def stop() -> None:
        stopping.set()
        child.terminate()
        try:
            child.wait(_WORKER_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()

    return stop


def _spare_memory() -> None:
    """Use two malloc arenas instead of eight per core, so that threads share freed memory."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
