"""A server in this process, for as long as a test needs it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socketserver import BaseServer


@contextmanager
def answering(server: BaseServer) -> Iterator[BaseServer]:
    """Let a server answer until the block ends. By itself it would look only twice a second whether it
    should stop, and tests would wait for that more than for anything else."""
    looking = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=looking, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
