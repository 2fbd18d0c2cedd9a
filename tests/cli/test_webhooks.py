"""webhook, called as a shell calls it, with a program that answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.answering import answering
from tests.cli.conftest import Said

Call = Callable[..., Said]


@contextmanager
def verifying() -> Iterator[str]:
    """A program that answers the challenge, at /yes and below."""

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            (challenge,) = parse_qs(urlsplit(self.path).query)["hub.challenge"]
            self.send_response(200 if self.path.startswith("/yes") else 404)
            self.end_headers()
            self.wfile.write(challenge.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    with answering(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def program() -> Iterator[str]:
    with verifying() as address:
        yield address


def test_it_works(call: Call, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call("site", "add", "Blog", "--origin", "https://blog.example.org", "--key", "blog")
    refused = call("webhook", "add", f"{program}/yes")
    assert refused.code == 1 and "private" in refused.err
    monkeypatch.setenv("WEBHOOK_PRIVATE", "yes")
    added = call("webhook", "add", f"{program}/yes", "--event", "comment.published")
    assert added.code == 0 and "Verified" in added.out, added.err
    later = call("webhook", "add", f"{program}/no", "--json")
    assert later.code == 1 and "404" in later.err
    secrets = {"id", "secret", "standard_secret", "verify_token"}
    assert json.loads(later.out).keys() == secrets  # they are not shown again
    rows = {
        row["url"].rsplit("/")[-1]: row for row in json.loads(call("webhook", "list", "--json").out)
    }
    assert rows["yes"]["state"] == "active" and rows["yes"]["events"] == ["comment.published"]
    assert rows["no"]["state"] == "new" and "404" in rows["no"]["why"]
    own = rows["yes"]["id"]
    assert call("webhook", "pause", own).code == 0
    assert call("webhook", "resume", own).code == 0
    assert call("webhook", "resume", rows["no"]["id"]).code == 1
    assert call("webhook", "log", own).out == "None.\n"
    assert call("webhook", "remove", own).code == 0
    assert call("webhook", "log", own).code == 1
    assert call("webhook", "again", "nothing").code == 1
