"""A server in this process, for as long as a test needs it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socketserver import BaseServer


@contextmanager
def answering(server: BaseServer) -> Iterator[BaseServer]:
    """Run a server until the block ends. By default it checks only twice a second whether to stop,
    and tests would wait for that more than for anything else."""
    looking = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=looking, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class SaysJson(BaseHTTPRequestHandler):
    """Answers in JSON, and logs nothing."""

    def say(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass
