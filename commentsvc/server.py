"""The production server: granian's HTTP and our application in one process, with a worker beside."""

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

Prepare = Callable[[Any], None]  # something done with the app before it answers

_WORKER_SECONDS = 2  # for the worker after them
# Whoever has committed waits for the interpreter no longer than this (5 ms else) while it holds the
# writer's lock: p99 of posts by 8 writers 52 ms instead of 64.
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
    """Serve until told to stop (SIGINT, SIGTERM): no new connections, what is in hand is finished.

    `prepare` fills the database before the first request; `extend` adds to the app itself; `ready` is
    called once the address answers. With one process (the default) the worker's
    threads live in it; with more it is a process of its own.
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
        server.on_startup(waiter.start)  # after what forks
    server.serve(target_loader=partial(_once, load, server), wrap_loader=not one)
    if lock is not None:
        lock.close()
    log.info("stopped")


def _alone(given: Settings) -> IO[str] | None:
    """Hold the folder's lock; where another server has it, say so. Both would work, but each counts
    limits for itself, and it is mostly a mistake."""
    if not given.database_url.startswith("sqlite"):
        return None
    try:
        data_folder(given.data_dir)
        path = given.data_dir / "run.lock"
        made_closed(str(path))
        held = path.open("a+")
    except OSError:
        return None  # what cannot be written is said elsewhere
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
    """Everything that happens before the first request, in the process that will answer it."""
    gc.disable()  # until `_settle`: what is loaded stays, and need not be walked through again and again
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
        from .core.deliver import start_worker

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
    """Do what is done once in a child of this process: the server does not keep what it takes (Alembic,
    the rows of a seed). Raises SystemExit when it failed; it has said why."""
    from .core.db import db

    with app.app_context():
        db.engine.dispose()  # a connection belongs to one process
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
    """Let a heavy scorer, and what judging looks for, load in the background, so that the first post finds
    them ready."""
    from .toxicity.scorer import scorer

    threading.Thread(target=_settle, name="settle", daemon=True).start()
    warm = getattr(scorer.of(app), "warm", None)
    if warm is not None:
        warm()


def _settle() -> None:
    """The last that is loaded; then the collector works again, on what comes after."""
    from .moderation.judging.facts import prepare

    try:
        prepare()
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)  # what the start needed and nobody needs now


def upgrade(app: Any, given: Settings) -> bool:
    """Bring the database to this version's tables; False when it was there already."""
    from .core import schema
    from .core.files import folder

    return schema.upgrade(app, folder("migrations"), lock_in=given.data_dir)


def work(given: Settings) -> None:
    """Do jobs until told to stop; for nodes that only work, or beside `run --no-worker`."""
    observe.configure(given.log_level, given.log_format)
    _spare_memory()
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    from .app import create_app
    from .core.deliver import start_worker

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
    """Two malloc arenas instead of eight a core: threads share what others have freed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
