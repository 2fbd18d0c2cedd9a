"""Everything that goes wrong looks the same: RFC 9457 for programs, a page for people."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from commentsvc.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from commentsvc.core.locale import named, say
from commentsvc.web.problems import CONTENT_TYPE, STATUS_CODES, LastResort, Unauthorized
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

ERRORS: list[tuple[Exception, int, str]] = [
    (NotFound("not_found.comment"), 404, "not_found"),
    (NotAllowed("not_allowed"), 403, "not_allowed"),
    (Conflict("conflict"), 409, "conflict"),
    (Conflict("too_late"), 409, "too_late"),
    (Conflict("too_fast", retry_after=3), 429, "too_fast"),
    (Invalid("empty.text", field="text"), 422, "empty"),
    (Unavailable("unavailable.busy"), 503, "unavailable"),
    (Unauthorized("sign_in_needed"), 401, "sign_in_needed"),
    (Unauthorized("token_not_in_force.ended"), 401, "token_not_in_force"),
    (DomainError("crash"), 500, "crash"),
    (OperationalError("SELECT 1", {}, Exception("secret path /var/x")), 503, "unavailable"),
    (RuntimeError("secret path /var/x"), 500, "crash"),
    (RecursionError(), 500, "crash"),
]


def raising(app: Flask, error: Exception) -> None:
    app._got_first_request = False

    @app.get("/api/boom")
    def boom() -> str:
        raise error


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
def test_it_works(app: Flask, error: Exception, status: int, code: str) -> None:
    raising(app, error)
    answer = browser(app).get("/api/boom")
    assert (answer.status_code, answer.content_type) == (status, CONTENT_TYPE)
    found = answer.get_json()
    assert found["code"] == code and found["status"] == status
    assert found["type"].startswith("https://comments.example.com/api/docs#")
    assert found["title"] == say(f"problems.{STATUS_CODES[status]}")
    assert found["detail"] and found["instance"]
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_field_is_pointed_at(app: Flask) -> None:
    raising(app, Invalid("empty.text", field="text"))
    found = browser(app).get("/api/boom").get_json()
    assert found["errors"] == [{"pointer": "#/text", "detail": "Write something first."}]


def test_programs_find_what_may_be_chosen(app: Flask) -> None:
    names = named("default_sort", ("top", "newest"))
    raising(app, Invalid("invalid.choose", field="sort", names=names))
    (found,) = browser(app).get("/api/boom").get_json()["errors"]
    assert found["choices"] == ["top", "newest"] and "most liked first" in found["detail"]


def test_waiting_is_told_twice(app: Flask) -> None:
    raising(app, Unavailable("unavailable.busy", retry_after=7))
    answer = browser(app).get("/api/boom")
    assert answer.headers["Retry-After"] == "7" and answer.get_json()["retry_after"] == 7


def test_who_is_nobody_is_told_how_to_sign_in(app: Flask) -> None:
    raising(app, Unauthorized("sign_in_needed"))
    assert "Bearer" in browser(app).get("/api/boom").headers["WWW-Authenticate"]


def test_a_crash_has_an_id_that_is_in_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    raising(app, RuntimeError("inside"))
    with caplog.at_level(logging.ERROR):
        found = browser(app).get("/api/boom").get_json()
    assert found["instance"].startswith("urn:uuid:")
    assert any(
        getattr(each, "instance", "") in found["instance"] and each.exc_info
        for each in caplog.records
        if getattr(each, "instance", "")
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/comments/%00", 404),
        ("GET", "/api/v1/comments/a.b", 404),
        ("DELETE", "/api/v1/threads", 405),
        ("TRACE", "/api/v1/threads", 405),
        ("GET", "/nothing", 404),
    ],
)
def test_what_is_not_there_looks_the_same(app: Flask, method: str, path: str, status: int) -> None:
    answer = browser(app).open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, CONTENT_TYPE)
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_a_browser_gets_a_page_in_its_language(app: Flask) -> None:
    answer = browser(app).get("/nothing", headers={"Accept": "text/html", "Accept-Language": "ar"})
    assert answer.status_code == 404 and answer.mimetype == "text/html"
    assert 'lang="ar" dir="rtl"' in answer.text and "<script" not in answer.text


@pytest.mark.parametrize("wanted", ["text/html", "application/json"])
def test_what_no_room_has_said_is_said_in_their_language(app: Flask, wanted: str) -> None:
    answer = browser(app).get("/nothing", headers={"Accept": wanted, "Accept-Language": "de"})
    for text in ("Nicht gefunden", "Unter dieser Adresse gibt es nichts."):
        assert text in answer.text
    answer = browser(app).delete("/api/v1/threads", headers={"Accept-Language": "de"})
    assert answer.get_json()["detail"] == "Diese Adresse kennt diese Methode nicht."


def test_the_database_away_is_said_in_their_language(app: Flask) -> None:
    raising(app, OperationalError("SELECT 1", {}, Exception("gone")))
    answer = browser(app).get("/api/boom?locale=fr")
    assert answer.get_json()["detail"] == say("errors.unavailable.database", "fr")
    assert answer.headers["Retry-After"] == "5"


def test_the_api_never_answers_with_a_page(app: Flask) -> None:
    answer = browser(app).get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert answer.content_type == CONTENT_TYPE


@pytest.mark.parametrize(
    "path", ["/<script>alert(1)</script>", "/%3Cimg%20src=x%3E", "/\u00e4\u202e"]
)
def test_an_address_is_never_markup(app: Flask, path: str) -> None:
    answer = browser(app).get(path, headers={"Accept": "text/html"})
    assert "<script>alert" not in answer.text and "<img" not in answer.text
    found = browser(app).get(path).get_json()
    assert found["instance"].isascii() and " " not in found["instance"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("SELECT 1", {}, Exception("secret")), 503),
        (RuntimeError("secret"), 500),
    ],
)
def test_what_fails_after_the_handlers_is_a_problem_too(error: Exception, status: int) -> None:
    """As when a connection that is broken is given back."""

    def fail(_environ: object, _start: object) -> list[bytes]:
        raise error

    def ask(accept: str) -> tuple[str, dict[str, str], bytes]:
        said: list = []
        found = LastResort(fail)(
            {"HTTP_ACCEPT": accept, "PATH_INFO": "/embed/thread"}, lambda *each: said.extend(each)
        )
        return said[0], dict(said[1]), b"".join(found)

    line, headers, body = ask("application/json")
    assert line.startswith(str(status)) and headers["Content-Type"] == CONTENT_TYPE
    assert f'"status":{status}'.encode() in body and b"secret" not in body
    assert ("Retry-After" in headers) == (status == 503)
    assert b"<h1>" in ask("text/html")[2]


def test_it_is_around_the_application(app: Flask) -> None:
    layer: Any = app.wsgi_app
    while not isinstance(layer, LastResort):
        layer = layer._app
