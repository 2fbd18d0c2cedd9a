"""Send whoever opens the address of a form (by reload, from history) to the page that has it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from ..web.problems import of_http, wants_page

if TYPE_CHECKING:
    from flask import Response

_OURS = ("/account/", "/dashboard/")
#: Pages that need the secret of a link.
_LINKED = frozenset(("account.confirm_page",))


def register(app: Flask) -> None:
    """Redirect readers of a form's address; programs get the usual 405."""
    app.register_error_handler(MethodNotAllowed, _lead_on)


def _lead_on(error: MethodNotAllowed) -> Response:
    if request.method not in ("GET", "HEAD") or not request.path.startswith(_OURS):
        return of_http(error)
    if not wants_page():
        return of_http(error)
    return redirect(f"{request.script_root}{_page_above(request.path)}", 303)  # type: ignore[return-value]


def _page_above(path: str) -> str:
    """The nearest page above the address."""
    pages = current_app.url_map.bind("")
    while path := path.rstrip("/").rpartition("/")[0]:
        with suppress(HTTPException):
            try:
                found, _ = pages.match(path, method="GET")
            except RequestRedirect:
                return f"{path}/"
            if found not in _LINKED:
                return path
    return "/"
