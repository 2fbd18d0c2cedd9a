"""The minimum for the same server: prebuilt bytes, and one durable insert.

python -m bench.bare PORT FILE DATABASE
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

from commentsvc.gate.listening import granian_server
from commentsvc.settings import Settings


def make(file: Path, database: Path) -> Any:
    """/bytes returns the file; /insert writes a row of 300 bytes to disk before it responds."""
    body = file.read_bytes()
    headers = [("content-type", "text/html; charset=utf-8"), ("content-length", str(len(body)))]
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, text TEXT)")
    one_at_a_time, text = threading.Lock(), "x" * 300

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/insert":
            environ["wsgi.input"].read()
            with one_at_a_time:
                connection.execute("INSERT INTO row (text) VALUES (?)", (text,))
            start("201 Created", [("content-length", "2")])
            return [b"ok"]
        start("200 OK", headers)
        return [body]

    return app


def main() -> None:
    """Serve until stopped: granian's WSGI server, with as many threads as the product."""
    port, file, database = sys.argv[1:]
    given = Settings(port=int(port), data_dir=Path(database).parent)
    app = make(Path(file), Path(database))
    server = granian_server(given, one=True, bare=True)
    server.serve(target_loader=lambda *_: app, wrap_loader=False)


if __name__ == "__main__":
    main()
