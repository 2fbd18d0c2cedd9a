"""How the browser tests' servers answer: nothing is printed, and files are sent anew each time."""

from __future__ import annotations

from http.server import SimpleHTTPRequestHandler
from typing import Any

from werkzeug.serving import WSGIRequestHandler


class Quiet(WSGIRequestHandler):
    """For an app."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class QuietFiles(SimpleHTTPRequestHandler):
    """For a folder; the server's `extra_headers` go with every file."""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def send_head(self) -> Any:
        # it knows seconds, and a test may write a page twice in one
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def end_headers(self) -> None:
        extra = getattr(self.server, "extra_headers", {})
        for name, value in {"Cache-Control": "no-cache", **extra}.items():
            self.send_header(name, value)
        super().end_headers()
