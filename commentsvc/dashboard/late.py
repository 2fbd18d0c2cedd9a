"""Show a form's page again if it was refused unread (rate limit, expired page), as it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, request, session
from flask_limiter import RateLimitExceeded

from ..web.csrf import FormExpired
from ..web.home import path_here
from ..web.limits import too_many
from ..web.problems import of_error, wants_page
from .again import NOTICES, page_at_once
from .blueprints import account, dashboard, migrate
from .page import language, local_address, tell

if TYPE_CHECKING:
    from ..core.errors import DomainError


def wait(_error: RateLimitExceeded) -> Response:
    """The response when a rate limit was reached: how long to wait."""
    error = too_many()
    answer = _page(error)
    if answer is None:
        return of_error(error)
    answer.status_code = 429
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def expired(error: FormExpired) -> Response:
    """The response to a form with an old token: send it again, with a new one."""
    return _page(FormExpired("csrf.kept")) or of_error(error)


def _page(error: DomainError) -> Response | None:
    """The form's page for a browser; None for a program, or if there is no such page."""
    here = urlsplit(request.referrer or "")
    came_from = f"{here.path}?{here.query}" if here.netloc == request.host else ""
    place = local_address(request.form.get("back"), local_address(came_from, path_here()))
    if request.method != "POST" or not wants_page() or not place:
        return None
    before = session.get(NOTICES, [])
    tell("bad", error.say(language()))
    answer = page_at_once(place, error)
    if answer is None:  # the error's own page says it
        session[NOTICES] = before
    return answer


for _blueprint in (dashboard, account, migrate):
    _blueprint.register_error_handler(RateLimitExceeded, wait)
    _blueprint.register_error_handler(FormExpired, expired)
