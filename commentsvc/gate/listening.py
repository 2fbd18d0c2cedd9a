"""granian, set up to serve a door: one process or several, and as many connections as there are files."""

from __future__ import annotations

import resource
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..settings import Settings

_HEADER_MS = 10_000  # a client that takes longer for its headers is let go
_KILL_SECONDS = 7  # for one of several processes, when the server is told to stop
_MOST_CONNECTIONS = 16_384  # and files, where the system lets us: the default of 1024 is soon full
_SPARE_FILES = 256


def granian_server(given: Settings, one: bool, *, bare: bool = False) -> Any:
    """What serves the door of `given`: in this process, or in several. `bare` serves a WSGI application
    without a door, for comparison (bench/bare.py)."""
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import MPServer

    from . import loop

    loop.install()
    return (_one_process() if one else MPServer)(
        "commentsvc",
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI if bare else Interfaces.RSGI,
        blocking_threads=given.threads if bare else 1,
        workers=given.workers,
        runtime_mode=RuntimeModes.mt,  # its network thread never waits for Python
        backlog=2048,
        backpressure=_connections(),
        http=HTTPModes.http1,  # TLS and HTTP/2 are the proxy's
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MS),
        websockets=False,
        respawn_failed_workers=not one,
        workers_kill_timeout=None if one else _KILL_SECONDS,
        log_level=LogLevels.error,
        # its lines go where ours go
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {}}},
    )


def _one_process() -> Any:
    from granian.server import MTServer

    class OneProcess(MTServer):
        """Granian's threaded server. It is meant for Python without a GIL; one application runs in it
        with one just as well, and the 28 MB of a supervising process are saved."""

        door: Any = None

        def _check_gil(self) -> None:
            pass

        def signal_handler_interrupt(self, *_: Any) -> None:
            stop: Any = super().signal_handler_interrupt
            stop() if self.door is None else self.door.stop(stop)

    return OneProcess


def _connections() -> int:
    """How many may be open at once: as many files as the system lets us have, but for some."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if 0 <= soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return max(64, min(_MOST_CONNECTIONS, soft - _SPARE_FILES))
