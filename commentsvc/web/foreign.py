"""Errors of blueprints that speak another protocol, in that protocol's shape."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ..core.db import db
from ..core.errors import DomainError, NotAllowed, NotFound, Unavailable
from .limits import seconds_left
from .problems import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

#: The status of what a room raised; for all others, the request was wrong (400).
_KINDS: tuple[tuple[type[DomainError], int], ...] = (
    (TooMany, 429),
    (Unavailable, 503),
    (NotAllowed, 403),
    (NotFound, 404),
)


def answer_errors(blueprint: Blueprint, say: Callable[[int, str], Response]) -> None:
    """Let `say` build the response for every error of this blueprint, from a status and an English
    text."""

    @blueprint.errorhandler(DomainError)
    def of_a_room(error: DomainError) -> Response:
        status = next((status for kind, status in _KINDS if isinstance(error, kind)), 400)
        return _later(say(status, error.detail), error.retry_after)

    @blueprint.errorhandler(429)
    def of_a_limit(_error: HTTPException) -> Response:
        return _later(say(429, "Too many requests from this address."), seconds_left())

    @blueprint.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        return say(error.code or 500, str(error.description))

    @blueprint.errorhandler(Exception)
    def crash(_error: Exception) -> Response:
        log.exception("crash", extra={"endpoint": request.endpoint})
        db.session.rollback()
        return say(500, "")


def _later(answer: Response, seconds: int | None) -> Response:
    if seconds is not None:
        answer.headers["Retry-After"] = str(max(1, seconds))
    return answer
