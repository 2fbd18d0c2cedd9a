"""Show a page again after its form was refused, with what was typed, where no script runs."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, current_app, make_response, redirect, request, session
from flask.ctx import RequestContext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from ..core.addresses import parts_of
from ..core.errors import DomainError
from ..web.csrf import FIELD
from ..web.home import path_here
from ..web.problems import KINDS
from .blueprints import account, dashboard, migrate
from .refill import Wrong, refilled

if TYPE_CHECKING:
    from flask.sessions import SessionMixin

NOTICES = "notices"  # session key: the messages for the next page
_OURS = "commentsvc."
_SENT = "sent"  # session key
_MOST_KEPT = 1200  # characters of the form; the session is a cookie
_DONE = "commentsvc.refilled"
_AGAIN = "shown_again"
_OWN = (dashboard.name, account.name, migrate.name)
_FORM_REFUSED = frozenset((403, 404, 409, 422, 429, 503))  # after the form was read


def page_again(address: str, error: DomainError, words: str) -> Response:
    """Our page at this address, with this request's form as it was sent: by redirect, or in this
    response if more was typed than a session holds. `words` are the error in the page's language."""
    kept = [(k, v) for k, v in request.form.items(multi=True) if k != FIELD and "password" not in k]
    wrong = (error.field or "", words)
    sent = {"to": path_here(), "page": address, "error": wrong, "form": kept}
    if len(json.dumps(sent)) <= _MOST_KEPT:
        session[_SENT] = sent
    elif answer := page_at_once(address, error, words):
        return answer
    return redirect(address, 303)  # type: ignore[return-value]


def already_filled() -> None:
    """Note that the response already shows what was sent, so that its forms are left alone."""
    request.environ[_DONE] = True


def is_shown_again() -> bool:
    """Whether this page is shown in the response to a form that was refused."""
    return _AGAIN in request.environ


def page_at_once(address: str, error: DomainError, words: str = "") -> Response | None:
    """That page in this response; None if it has no such form or nothing was typed."""
    notices = session.get(NOTICES)
    try:
        answer = _got(address)
    except (DomainError, HTTPException):
        answer = None
    if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
        html, changed = refilled(
            answer.get_data(as_text=True),
            path_here(),
            request.form,
            page=address,
            wrong=Wrong(error.field or "", words),
        )
        if changed:
            answer.set_data(html)
            answer.status_code = next(
                (KINDS[kind] for kind in KINDS if isinstance(error, kind)), 422
            )
            request.environ[_DONE] = True
            return answer
    session[NOTICES] = notices  # nobody has seen them
    return None


def _got(address: str) -> Response | None:
    """The response to `GET` in this request's session; None for addresses outside our pages. Raises
    what the view raises."""
    wanted = parts_of(address)
    path = wanted.path.removeprefix(request.script_root)
    environ: dict[str, Any] = {
        **request.environ,
        _AGAIN: True,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": wanted.query,
        "CONTENT_LENGTH": "0",
        "CONTENT_TYPE": "",
        "wsgi.input": BytesIO(),
    }
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    kept: SessionMixin = session._get_current_object()  # type: ignore[attr-defined]
    with RequestContext(app, environ, session=kept):
        if request.routing_exception or request.blueprint not in _OWN:
            return None
        answer = make_response(app.view_functions[str(request.endpoint)](**request.view_args or {}))
    request.environ.update({k: v for k, v in environ.items() if k.startswith(_OURS)})
    return answer


def _fill(answer: Response) -> Response:
    """An `after_request` hook: one of our pages, its refused form filled with what was typed,
    either in the previous request or in this one, if its view responded with a page of its own."""
    if answer.mimetype != "text/html" or answer.is_streamed or _DONE in request.environ:
        return answer
    form: MultiDict[str, str]
    if request.method == "POST" and answer.status_code in _FORM_REFUSED:
        path = page = path_here()
        form, wrong = request.form, Wrong()
    elif request.method == "GET" and answer.status_code == 200 and _SENT in session:
        sent = session.pop(_SENT)
        path, form, page = sent["to"], MultiDict(sent["form"]), sent["page"]
        wrong = Wrong(*sent.get("error", ()))
        if parts_of(page).path != path_here():
            return answer
    else:
        return answer
    html, changed = refilled(answer.get_data(as_text=True), path, form, page=page, wrong=wrong)
    if changed:
        answer.set_data(html)
    return answer


for _blueprint in (dashboard, account):
    _blueprint.after_request(_fill)
