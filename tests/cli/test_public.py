"""`commentsvc check --public` behind proxies that do something wrong: each is named, with what to do."""

from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.exceptions import Exit
from werkzeug.serving import make_server

from commentsvc.cli.upkeep import check as checking
from commentsvc.cli.upkeep import public
from commentsvc.notifications import mail
from commentsvc.settings import settings
from commentsvc.sites.commands import set_origins
from commentsvc.sites.queries import by_key
from tests.answering import answering
from tests.conftest import empty_the_database
from tests.deploy.proxies import certificate
from tests.people import make_cast
from tests.sites.test_tag import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROXY = "127.0.0.1"
Change = "Callable[[dict[str, Any]], None]"


class Front:
    """A proxy: what it changes about requests and answers."""

    def __init__(self) -> None:
        self.app: Any = None
        self.forwarded = "203.0.113.5"
        self.added: list[tuple[str, str]] = []
        self.dropped: set[str] = set()
        self.most = 0
        self.http = make_server("127.0.0.1", 0, self, threaded=True)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.forwarded:
            environ["HTTP_X_FORWARDED_FOR"] = self.forwarded
        if self.most and int(environ.get("CONTENT_LENGTH") or 0) > self.most:
            start_response("413 Too Large", [("Content-Type", "text/html")])
            return [b"too large"]

        def begin(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            kept = [each for each in headers if each[0].lower() not in self.dropped]
            return start_response(status, kept + self.added)

        return self.app(environ, begin)


@pytest.fixture
def front(make_app: Callable[..., Any]) -> Iterator[Front]:
    made = Front()
    given = replace(
        settings.of(make_app()),
        public_url=f"http://127.0.0.1:{made.http.port}/comments",
        trusted_proxies=(PROXY,),
    )
    app = made.app = make_app(settings=given)
    with answering(made.http), app.app_context():
        empty_the_database()
        make_cast()
        yield made


def look() -> dict[str, tuple[str, str]]:
    return {each.what: (each.state, each.says) for each in public.lines(settings())}


def test_it_works(front: Front) -> None:
    found = look()
    assert found.pop("TLS")[0] == "warning"
    assert {state for state, _ in found.values()} == {"ok"}, found
    assert found["client address"][1].endswith(" 203.0.113.5")


def test_a_proxy_that_believes_clients(front: Front) -> None:
    front.forwarded = "192.0.2.77"
    assert "can claim any address" in look()["client address"][1]


def test_a_proxy_that_says_nothing(front: Front) -> None:
    front.forwarded = ""
    front.app.extensions["commentsvc.settings"] = replace(settings(), trusted_proxies=())
    state, says = look()["client address"]
    assert state == "warning" and "does not set X-Forwarded-For" in says


def test_a_proxy_that_is_not_listed(front: Front) -> None:
    front.app.extensions["commentsvc.settings"] = replace(settings(), trusted_proxies=())
    assert look()["client address"] == (
        "failed",
        "the proxy counts as the client. Add 127.0.0.1 to TRUSTED_PROXIES",
    )


def test_headers_that_are_added_or_gone(front: Front) -> None:
    front.added = [("X-Frame-Options", "SAMEORIGIN")]
    found = look()
    assert "own x-frame-options" in found["headers"][1] and found["frame"][0] == "failed"
    front.added, front.dropped = [], {"content-security-policy"}
    found = look()
    assert "removes content-security-policy" in found["headers"][1]
    assert "cannot show the box" in found["frame"][1]
    front.added, front.dropped = [("Cache-Control", "max-age=600")], {"cache-control"}
    assert "one person's page to another" in look()["headers"][1]


def test_a_proxy_that_takes_little(front: Front) -> None:
    front.most = 1024 * 1024
    assert look()["large bodies"][0] == "warning"


def test_a_proxy_that_leads_elsewhere(front: Front) -> None:
    front.app = lambda environ, start: (
        (start("404 Gone", [("Content-Type", "text/html")]) and []) or [b""]
    )
    found = look()
    assert "pass on everything under this address" in found["reached"][1]
    assert "client address" not in found


def test_an_email_to_oneself(front: Front) -> None:
    line = public.mail_to(replace(settings(), mail_url="memory:"), "ada@example.org")
    assert line.state == "ok"
    assert "ada@example.org" in line.says
    assert mail.mailer() is not None


def test_only_our_key_sees_what_arrives(front: Front) -> None:
    client = front.app.test_client()
    base = settings().public_url
    assert client.get("/comments/seen", base_url=base).status_code == 404
    forged = {"Authorization": "Bearer seen.aGk.c2ln"}
    assert client.get("/comments/seen", base_url=base, headers=forged).status_code == 404


def test_a_page_of_the_owner(front: Front) -> None:
    set_origins(by_key("harbour"), ["http://localhost:*"])
    tag = f'<script async src="{settings().public_url}/embed.js" data-site="harbour"></script>'

    def said(url: str, key: str | None = None) -> list[tuple[str, str]]:
        return [(each.state, each.says) for each in public.page(url, key)]

    with serving(tag) as address:
        assert said(" ")[0] == (
            "failed",
            "the address is empty: give the page's address after --page",
        )
        assert said(address)[0] == ("ok", "The tag is on the page, on line 1.")
        assert said(address, "mountain")[0][0] == "failed"
        assert said(address, "nowhere")[0][0] == "failed"
        (unclear,) = said(address.replace("localhost", "127.0.0.1"))
    assert unclear[0] == "failed" and "--site" in unclear[1]
    assert said("no address")[0][0] == "failed"


_BODIES = {
    "a page": b"<html>",
    "a list": b"[]",
    "nothing of ours": b"{}",
    "deep": b"[" * 200_000,
    "not text": b'{"address":"\xff\xfe"}',
    "other kinds": b'{"address":[1],"peer":{},"trusted":"x","forwarded":7}',
}


@pytest.mark.parametrize("body", _BODIES.values(), ids=_BODIES)
def test_another_server_in_our_place_is_named(front: Front, body: bytes) -> None:
    """Whatever it says, each check ends in words."""

    def other(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [b"ok\n" if environ["PATH_INFO"].endswith("/healthz") else body]

    front.app = other
    found = look()
    assert (
        found["client address"][0] == "failed"
        and "is not from commentsvc" in found["client address"][1]
    )
    assert "large bodies" in found


@pytest.mark.parametrize("how", ["endless", "drops", "nothing"])
def test_an_answer_without_an_end_is_cut(
    front: Front, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(public, "_SECONDS", 1)
    over = threading.Event()

    def other(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        while not over.wait({"endless": 0, "drops": 0.2, "nothing": 30}[how]):
            yield b"x" * (100_000 if how == "endless" else 1)

    front.app = other
    try:
        found = look()
    finally:
        over.set()
    assert found["reached"][0] == "failed" and len(found) == 2


def test_what_a_server_says_does_not_reach_the_terminal(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    lines = [public.Line("headers", "failed", "changes \x1b[2Jit\nTLS ok")]
    monkeypatch.setattr(checking, "_lines", lambda *_given: iter(lines))
    monkeypatch.setattr(checking.click, "echo", said.append)
    with pytest.raises(Exit):
        checking.check.callback(False, True, None, None, None, False)  # type: ignore[misc]
    assert said == ["headers        failed   changes \ufffd[2Jit\ufffdTLS ok"]


@pytest.mark.parametrize("shown", ["good", "self-signed", "for another name", "plain"])
def test_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_app: Callable[..., Any], shown: str
) -> None:
    name = "other.example" if shown == "for another name" else "localhost"
    both = certificate(tmp_path, name)
    if shown != "self-signed":
        monkeypatch.setenv("SSL_CERT_FILE", str(both))
    context = None if shown == "plain" else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if context is not None:
        context.load_cert_chain(both)
    http = make_server("127.0.0.1", 0, lambda *_given: [b""], ssl_context=context)
    with answering(http), make_app().app_context():
        given = replace(settings(), public_url=f"https://localhost:{http.port}")
        line = public._tls(given)
    assert line.state == ("ok" if shown == "good" else "failed"), line
    assert "days" in line.says if shown == "good" else "days" not in line.says
