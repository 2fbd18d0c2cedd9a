"""Errors as answers: RFC 9457 problems for programs, the same problem as a page for people."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ..core.db import db
from ..core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from ..core.locale import direction, pick_locale, say, translated
from ..settings import settings

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

#: The five kinds of error of the rooms, and the status each becomes.
KINDS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}

#: Codes of the rooms whose status is not that of their kind.
CODES: dict[str, int] = {
    "bad_request": 400,
    "sign_in_needed": 401,
    "too_many_requests": 429,
    "too_fast": 429,
}

#: Status -> the code of a problem that no room has named, and its title.
TITLES: dict[int, tuple[str, str]] = {
    400: ("bad_request", "This request cannot be read"),
    401: ("sign_in_needed", "Sign in first"),
    403: ("not_allowed", "This is not allowed"),
    404: ("not_found", "There is no such thing"),
    405: ("method_not_allowed", "This cannot be done with this address"),
    406: ("not_acceptable", "This cannot be sent in the form asked for"),
    409: ("conflict", "This has changed meanwhile"),
    413: ("too_large", "This is too large"),
    414: ("address_too_long", "This address is too long"),
    415: ("wrong_type", "This type of content is not taken"),
    422: ("invalid", "This cannot be accepted as it is"),
    429: ("too_many_requests", "Too fast"),
    500: ("crash", "Something went wrong on our side"),
    503: ("unavailable", "Not available just now"),
}

#: What the server says where a room has not said anything better.
DETAILS: dict[int, str] = {
    400: "The request is not well-formed.",
    401: "Sign in, or send a token that is in force.",
    403: "You may not do this.",
    404: "There is nothing at this address.",
    405: "This method does not exist for this address.",
    406: "This answer exists as JSON only.",
    413: "The request is larger than what is taken here.",
    414: "The address is longer than what is taken here.",
    415: "Send the body as application/json.",
    500: "This was recorded and will be looked at. Nothing you wrote was lost by trying again.",
    503: "The service cannot do this just now. Try again in a moment.",
}


class Unauthorized(NotAllowed):
    """Nobody is signed in, or the token is not in force: the caller can do something about it."""

    code = "sign_in_needed"


class TooMany(Unavailable):
    """A named limit is reached."""

    code = "too_many_requests"


class WrongShape(Invalid):
    """The body or the query does not fit its schema; `errors` are RFC 9457's field pointers."""

    def __init__(self, errors: list[dict[str, str]], detail: str = "") -> None:
        super().__init__(detail or (errors[0]["detail"] if errors else "This does not fit."))
        self.errors = errors


def problem(
    status: int,
    detail: str = "",
    *,
    code: str | None = None,
    errors: Iterable[Mapping[str, str]] = (),
    retry_after: int | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as an answer: a problem document, or a page for a browser that asked for one."""
    own_code, title = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    facts: dict[str, Any] = {
        "type": f"{settings().public_url.rstrip('/')}/api/docs#{code or own_code}",
        "title": title,
        "status": status,
        "detail": detail or DETAILS.get(status, title),
        "instance": instance or _printable(request.path),
        "code": code or own_code,
    }
    if errors:
        facts["errors"] = [dict(each) for each in errors]
    if retry_after is not None:
        facts["retry_after"] = max(1, retry_after)
    wants_page = _wants_page()
    body = _page(facts) if wants_page else orjson.dumps(facts)
    answer = Response(body, status, content_type="text/html; charset=utf-8")
    if not wants_page:
        answer.content_type = CONTENT_TYPE
    answer.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        answer.headers["Retry-After"] = str(facts["retry_after"])
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="commentsvc"'
    answer.headers.extend(headers or {})
    return answer


def of_error(error: DomainError) -> Response:
    """The answer for what a room raised."""
    kind = next((status for kind, status in KINDS.items() if isinstance(error, kind)), 500)
    status = 401 if isinstance(error, Unauthorized) else CODES.get(error.code, kind)
    errors: list[dict[str, str]] = getattr(error, "errors", [])
    detail = translated(error.detail, _locale())
    if error.field and not errors:
        errors = [{"pointer": f"#/{error.field}", "detail": detail}]
    retry_after = error.retry_after or (5 if status == 503 else None)
    return problem(status, detail, code=error.code, errors=errors, retry_after=retry_after)


def _locale() -> str:
    return pick_locale([request.args.get("locale"), request.headers.get("Accept-Language")])


def register(app: Flask) -> None:
    """Turn everything that can go wrong in `app` into the same shape."""
    app.register_error_handler(DomainError, of_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(Exception, _crash)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:  # a redirect, or an answer made elsewhere
        return error.get_response()  # type: ignore[return-value]
    headers: dict[str, str] = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return problem(status if status in TITLES else 400 if status < 500 else 500, headers=headers)


def _database_error(error: OperationalError) -> Response:
    log.error("database unavailable", extra={"error": type(error.orig).__name__})
    db.session.rollback()
    return problem(503, "The comments cannot be reached just now. Try again.", retry_after=5)


def _data_error(error: DataError) -> Response:
    """A value that the engine cannot hold (a number beyond 64 bits, say) is the caller's mistake."""
    log.warning("value refused by the database", extra={"error": type(error.orig).__name__})
    db.session.rollback()
    return problem(422, "A value in this request is out of range.")


def _crash(_error: Exception) -> Response:
    mark = uuid.uuid4()
    log.exception("crash", extra={"instance": str(mark), "endpoint": request.endpoint})
    db.session.rollback()
    return problem(500, instance=f"urn:uuid:{mark}")


def _wants_page() -> bool:
    if request.path.startswith(("/api/", "/v1alpha1/", "/metrics")):
        return False
    best = request.accept_mimetypes.best_match([CONTENT_TYPE, "application/json", "text/html"])
    return best == "text/html"


def _page(facts: Mapping[str, Any]) -> str:
    locale = _locale()
    key = f"problems.{TITLES.get(facts['status'], TITLES[500])[0]}"
    return render_template(
        "problem.html",
        problem=facts,
        # our stock sentences are English; what a room says of this very case is worth showing
        detail="" if facts["detail"] in DETAILS.values() and locale != "en" else facts["detail"],
        heading=say(key, locale),
        say=say,
        locale=locale,
        dir=direction(locale),
    )


_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


def _printable(path: str) -> str:
    """A path as a URI reference: whatever is not plain is percent-encoded."""
    quoted = _UNPRINTABLE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), path
    )
    return quoted[:500]
