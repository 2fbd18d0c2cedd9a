"""Errors as responses: RFC 9457 problems for programs, the same problem as a page for people."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ..core.db import forget
from ..core.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Unavailable,
    again_in,
)
from ..core.locale import Named, direction, pick_locale, say
from ..moderation.cases.in_force import seconds_left, shown
from ..settings import settings
from ..sites.queries import Banned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

_FOR_PROGRAMS = ("/api/", "/v1alpha1/", "/metrics")

#: The five kinds of errors that rooms raise, and their status.
KINDS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}

#: Codes whose status differs from that of their kind.
CODES: dict[str, int] = {
    "bad_request": 400,
    "sign_in_needed": 401,
    "wrong_site_token": 401,
    "too_many_requests": 429,
    "too_fast": 429,
}

#: Status -> the code of a problem that no room has named. Its title is `problems.<code>`, its
#: default detail `errors.<code>`.
STATUS_CODES: dict[int, str] = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    414: "address_too_long",
    415: "wrong_type",
    422: "invalid",
    429: "too_many_requests",
    500: "crash",
    503: "unavailable",
}


class Unauthorized(NotAllowed):
    """Nobody is signed in, or the token is not valid: the client can sign in."""


class TooMany(Unavailable):
    """A named limit is reached, for so many seconds. `key` says what else can be done."""

    def __init__(self, key: str, seconds: int) -> None:
        super().__init__(key, retry_after=seconds)

    def say(self, locale: str | None) -> str:
        wait = again_in(self.retry_after or 1, locale)
        return wait if self.key == "too_many_requests" else f"{super().say(locale)} {wait}"


class WrongShape(Invalid):
    """The body or the query does not match its schema; `mistakes`, each with its JSON pointer."""

    def __init__(self, mistakes: Sequence[tuple[str, Invalid]]) -> None:
        first = mistakes[0][1]
        super().__init__(first.key, **first.values)
        self.mistakes = mistakes


def problem(
    status: int,
    detail: str = "",
    *,
    code: str | None = None,
    errors: Iterable[Mapping[str, Any]] = (),
    retry_after: int | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """An error as a response: a problem document, or a page for a browser that asked for one."""
    own_code = STATUS_CODES.get(status, "crash" if status >= 500 else "bad_request")
    locale = _locale()
    facts: dict[str, Any] = {
        "type": f"{settings().public_url}/api/docs#{code or own_code}",
        "title": say(f"problems.{own_code}", locale),
        "status": status,
        "detail": detail or say(f"errors.{own_code}", locale),
        "instance": instance or _printable(f"{request.script_root}{request.path}"),
        "code": code or own_code,
    }
    facts.update(more or {})
    if errors:
        facts["errors"] = [dict(each) for each in errors]
    if retry_after is not None:
        facts["retry_after"] = max(1, retry_after)
    is_page = wants_page()
    body = _page(facts) if is_page else orjson.dumps(facts, option=orjson.OPT_UTC_Z)
    answer = Response(body, status, content_type="text/html; charset=utf-8")
    if not is_page:
        answer.content_type = CONTENT_TYPE
    answer.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        answer.headers["Retry-After"] = str(facts["retry_after"])
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="commentsvc"'
    answer.headers.extend(headers or {})
    return answer


def plain(
    status: int, *, accept: str, path: str, retry_after: int | None = None
) -> tuple[int, list[tuple[str, str]], bytes]:
    """A problem without the application: before it, or after it failed. In English."""
    code = STATUS_CODES[status]
    title, detail = say(f"problems.{code}"), say(f"errors.{code}")
    if status == 503:
        retry_after = retry_after or 5
    if "text/html" in accept and not path.startswith(_FOR_PROGRAMS):
        kind = "text/html; charset=utf-8"
        body = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{detail}</p>"
        answer = body.encode()
    else:
        kind = CONTENT_TYPE
        facts = {"title": title, "status": status, "detail": detail, "code": code}
        answer = orjson.dumps(facts | ({"retry_after": retry_after} if retry_after else {}))
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(answer))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ]
    if retry_after:
        headers.append(("Retry-After", str(retry_after)))
    return status, headers, answer


def of_error(error: DomainError) -> Response:
    """The response for an error of a room. A ban that can still be undone is not revealed: until
    then, the person is asked to wait."""
    if isinstance(error, Banned) and (left := seconds_left(error.membership)):
        error = NotAllowed("too_fast.later", retry_after=left)
    kind = next((status for kind, status in KINDS.items() if isinstance(error, kind)), 500)
    status = 401 if isinstance(error, Unauthorized) else CODES.get(error.code, kind)
    mistakes: Sequence[tuple[str, DomainError]] = ()
    if isinstance(error, WrongShape):
        mistakes = error.mistakes
    elif error.field:
        mistakes = [(f"#/{error.field}", error)]
    return problem(
        status,
        error.say(_locale()),
        code=error.code,
        errors=[_pointed(*each) for each in mistakes],
        retry_after=error.retry_after or (5 if status == 503 else None),
        more={"sanction": shown(error.membership, _locale())}
        if isinstance(error, Banned)
        else error.more,
    )


def _pointed(pointer: str, error: DomainError) -> dict[str, Any]:
    """One entry of `errors` in RFC 9457; if there is a choice, `choices` lists its codes."""
    entry: dict[str, Any] = {"pointer": pointer, "detail": error.say(_locale())}
    for value in error.values.values():
        if isinstance(value, tuple) and value and all(isinstance(each, Named) for each in value):
            entry["choices"] = [each.code for each in value]
    return entry


def _locale() -> str:
    return pick_locale([request.args.get("locale"), request.headers.get("Accept-Language")])


def register(app: Flask) -> None:
    """Turn every error in `app` into the same shape."""
    app.register_error_handler(DomainError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(Exception, _crash)
    app.wsgi_app = LastResort(app.wsgi_app)  # type: ignore[method-assign]


def of_http(error: HTTPException) -> Response:
    """The response for an HTTP error of the server itself."""
    status = error.code or 500
    if error.response is not None or status < 400:  # a redirect, or built elsewhere
        return error.get_response()  # type: ignore[return-value]
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {} if allowed is None else {"Allow": ", ".join(sorted(allowed))}
    return problem(
        status if status in STATUS_CODES else 400 if status < 500 else 500, headers=headers
    )


def _database_error(error: SQLAlchemyError) -> Response:
    if not _is_away(error):
        return _crash(error)
    log.error("database unavailable", extra={"error": type(error).__name__})
    forget()
    return of_error(Unavailable("unavailable.database"))


def _is_away(error: BaseException) -> bool:
    """Whether the database or the connection to it failed."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PendingRollbackError | PoolTimeout)


class LastResort:
    """A WSGI layer for errors after or in the error handlers: for example, when a broken connection
    is returned, or the error page needs the unavailable database."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            found: Iterable[bytes] = self._app(environ, start_response)
            return found
        except Exception as error:
            log.exception("request failed without a response")
            status, headers, body = plain(
                503 if _is_away(error) else 500,
                accept=environ.get("HTTP_ACCEPT", ""),
                path=environ.get("PATH_INFO", ""),
            )
            line = "503 Service Unavailable" if status == 503 else "500 Internal Server Error"
            start_response(line, headers, sys.exc_info())
            return [body]


def _data_error(error: DataError) -> Response:
    """A value that the database cannot store (a number beyond 64 bits) is the client's mistake."""
    log.warning("value refused by the database", extra={"error": type(error.orig).__name__})
    forget()
    return of_error(Invalid("invalid.out_of_range"))


def _crash(_error: Exception) -> Response:
    mark = uuid.uuid4()
    log.exception("crash", extra={"instance": str(mark), "endpoint": request.endpoint})
    forget()
    return problem(500, instance=f"urn:uuid:{mark}")


def wants_page() -> bool:
    """Whether a browser asks for a page."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    best = request.accept_mimetypes.best_match([CONTENT_TYPE, "application/json", "text/html"])
    return best == "text/html"


def _page(facts: Mapping[str, Any]) -> str:
    locale = _locale()
    retry = again_in(facts["retry_after"], locale) if "retry_after" in facts else ""
    return render_template(
        "problem.html",
        problem=facts,
        retry=retry if retry not in facts["detail"] else "",
        say=say,
        locale=locale,
        dir=direction(locale),
    )


_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


def _printable(path: str) -> str:
    """A path as a URI reference, shortened: all but printable ASCII is percent-encoded."""
    quoted = _UNPRINTABLE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), path
    )
    return quoted[:500]
