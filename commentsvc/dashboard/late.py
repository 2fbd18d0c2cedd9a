"""A form sent when a limit was reached: its page once more, with what was typed and how long to wait."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, request, session
from flask_limiter import RateLimitExceeded

from ..web.limits import too_many
from ..web.problems import of_error, wants_page
from .again import NOTICES, page_at_once
from .blueprints import account, dashboard, migrate
from .page import language, local_address, tell


def wait(_error: RateLimitExceeded) -> Response:
    """The answer for a browser; for a program, and where there is no such page, the problem."""
    error = too_many()
    here = urlsplit(request.referrer or "")
    came_from = f"{here.path}?{here.query}" if here.netloc == request.host else ""
    place = local_address(request.form.get("back"), local_address(came_from, ""))
    if request.method != "POST" or not wants_page() or not place:
        return of_error(error)
    before = session.get(NOTICES, [])
    tell("bad", error.say(language()))
    answer = page_at_once(place, error)
    if answer is None:  # which says it itself
        session[NOTICES] = before
        return of_error(error)
    answer.status_code = 429
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


for _blueprint in (dashboard, account, migrate):
    _blueprint.register_error_handler(RateLimitExceeded, wait)
