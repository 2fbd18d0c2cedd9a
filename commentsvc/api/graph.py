"""Read access for programs written for Facebook's Graph API: only public comments of open sites.

At `/vN.N/…`, as on graph.facebook.com, and under `/graph/` with or without a version.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Flask, Response, request
from werkzeug.routing import BaseConverter

from ..exchange.graph import nodes
from ..exchange.graph.asked import Edge, Fields, Refused, edge_of, parse
from ..settings import settings
from ..sites.queries import by_id
from ..threads.models import Comment, Thread
from ..web.csrf import no_csrf
from ..web.foreign import answer_errors
from ..web.headers import share_with
from ..web.limits import limit

blueprint = Blueprint("graph", __name__)
View = Callable[..., Response]
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_SECONDS = 30  # how long clients may cache a response
_MOST_FIELDS = 2000
_LIST = re.compile(r",(?=\s*https?:)")


class _Version(BaseConverter):
    """Graph's version: v2.8."""

    regex = r"v\d{1,2}\.\d"


class _Node(BaseConverter):
    """An ID as Graph writes it."""

    regex = r"[0-9A-Za-z]{1,64}(?:_[0-9A-Za-z]{1,64})*"


def register(app: Flask) -> None:
    """Register it in `app`."""
    app.url_map.converters.update(graph=_Version, node=_Node)
    app.register_blueprint(blueprint)


def _routes(rule: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Add the view at Graph's own address, and under /graph/."""

    def decorate(view: View) -> View:
        for prefix in ("/<graph:version>", "/graph/<graph:version>", "/graph"):
            blueprint.add_url_rule(
                prefix + rule,
                view.__name__,
                view,
                methods=methods,
                strict_slashes=False,
                provide_automatic_options=False,
            )
        return view

    return decorate


@blueprint.before_request
def _once() -> None:
    """Refuse a repeated parameter: it would be ambiguous."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Refused(f"(#100) Param {name[:40]} must not be given more than once")


# --- views ----------------------------------------------------------------------------------------


@_routes("/")
@limit("read")
def read_page(version: str = "") -> Response:
    """A page by its address (`id`), or several at once (`ids`), with the fields asked for."""
    fields, told = _fields(), _told(version)

    def tell(href: str) -> dict[str, Any]:
        thread = nodes.thread_of_page(href, _app_id())
        _share(href, thread)
        return nodes.tell_page(href, thread, fields, told)

    several = _ids()
    if several:
        return _answer({href: tell(href) for href in several})
    return _answer(tell(_id()))


@_routes("/comments")
@limit("read")
def read_comments(version: str = "") -> Response:
    """The comments of a page by its address (`id`), or of several (`ids`)."""
    edge, told = edge_of(request.args, _fields()), _told(version)

    def tell(href: str) -> dict[str, Any]:
        thread = nodes.thread_of_page(href, _app_id())
        _share(href, thread)
        if thread is None:
            return _nothing(edge)
        asked = _asked() | {"id": href}
        return nodes.tell_edge(thread, edge, told, path="comments", asked=asked)

    several = _ids()
    if not several:
        return _answer(tell(_id()))
    # before version 2, a page's response named the page of the comments, as in /?ids=
    old = version in ("", "v1.0")
    return _answer({href: {"comments": tell(href)} if old else tell(href) for href in several})


@_routes("/<node:node_id>")
@limit("read")
def read_node(node_id: str, version: str = "") -> Response:
    """An object (a page, by the id that its comments begin with) or one comment."""
    found = nodes.node(node_id)
    _share_node(found)
    told = _told(version)
    if isinstance(found, Comment):
        return _answer(nodes.tell_comment(found, _fields(), told))
    return _answer(nodes.tell_object(found, _fields(), told))


@_routes("/<node:node_id>/comments")
@limit("read")
def read_edge(node_id: str, version: str = "") -> Response:
    """The comments of an object, or the replies to a comment."""
    found = nodes.node(node_id)
    _share_node(found)
    edge, told = edge_of(request.args, _fields()), _told(version)
    path = f"{node_id}/comments"
    return _answer(nodes.tell_edge(found, edge, told, path=path, asked=_asked()))


@_routes("/<path:rest>", _METHODS)
@no_csrf
@limit("read")
def nowhere(rest: str, version: str = "") -> Response:  # noqa: ARG001 - named by the address
    """An error for whatever is not offered, in the shape that Graph programs read."""
    if request.method not in ("GET", "HEAD"):
        raise Refused(
            f"Unsupported {request.method.lower()} request. This API is read-only.",
            kind="GraphMethodException",
        )
    raise Refused(
        f"(#803) Some of the aliases you requested do not exist: {rest[:100]}", code=803, status=404
    )


# --- requests -------------------------------------------------------------------------------------


def _id() -> str:
    href = request.args.get("id", "").strip()
    if not href:
        raise Refused("(#100) The parameter id is required")
    return href[:4000]


def _ids() -> list[str]:
    """`ids`: addresses separated by commas (which an address may also contain), or a JSON list."""
    text = request.args.get("ids", "").strip()
    if text.startswith("["):
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise Refused("(#100) param ids must be a list.") from error
        several = [each for each in found if isinstance(each, str)]
    else:
        several = [each.strip() for each in _LIST.split(text) if each.strip()]
    if len(several) > nodes.MOST_IDS:
        raise Refused(f"(#100) Too many IDs. Maximum: {nodes.MOST_IDS}. Provided: {len(several)}.")
    return list(dict.fromkeys(several))


def _fields() -> Fields:
    text = request.args.get("fields", "")
    if len(text) > _MOST_FIELDS:
        raise Refused("(#100) The parameter fields is too long.")
    return parse(text)


def _app_id() -> str | None:
    """The app in a program's token: `APP|SECRET`. The rest of a token is ignored."""
    token = request.args.get("access_token", "")
    return request.args.get("app_id") or (token.partition("|")[0] if "|" in token else None)


def _asked() -> dict[str, str]:
    """The parameters that the next page's address repeats; never the token."""
    return {name: value for name, value in request.args.items() if name != "access_token"}


def _told(version: str) -> nodes.Told:
    own = request.path.startswith("/graph")
    root = f"{settings().public_url}{'/graph' if own else ''}"
    root = f"{root}/{version}" if version else root

    def link(path: str, parameters: Mapping[str, str]) -> str:
        return f"{root}/{path}{'?' if parameters else ''}{urlencode(parameters)}"

    return nodes.Told(link, unix=request.args.get("date_format") == "U")


# --- responses ------------------------------------------------------------------------------------


def _nothing(edge: Edge) -> dict[str, Any]:
    """The comments of a page without comments, or of an unknown page."""
    found: dict[str, Any] = {"data": []}
    if edge.summary:
        found["summary"] = {"order": edge.order, "total_count": 0, "can_comment": True}
    return found


def _share(href: str, thread: Thread | None) -> None:
    site = by_id(thread.site_id) if thread else nodes.site_of_page(href, _app_id())
    if site is not None:
        share_with(site)


def _share_node(found: Thread | Comment) -> None:
    share_with(by_id(found.site_id))


def _answer(value: Mapping[str, Any], status: int = 200) -> Response:
    answer = Response(orjson.dumps(value), status, content_type="application/json; charset=UTF-8")
    if status == 200:
        answer.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
        answer.vary.add("Origin")
    answer.headers["Facebook-API-Version"] = (request.view_args or {}).get("version") or "v2.0"
    return answer


def _error(error: Refused) -> Response:
    said: dict[str, Any] = {"message": error.message, "type": error.kind, "code": error.code}
    if error.subcode is not None:
        said["error_subcode"] = error.subcode
    said["fbtrace_id"] = secrets.token_urlsafe(8)
    return _answer({"error": said}, error.status)


@blueprint.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    return _error(error)


def _said(status: int, words: str) -> Response:
    if status == 429:
        return _error(Refused("(#4) Application request limit reached", code=4, status=429))
    if status == 503:
        return _error(Refused(f"(#2) {words}", code=2, status=503))
    if status == 403:
        return _error(Refused(words, code=190, status=401))
    if status == 500:
        return _error(Refused("An unknown error has occurred.", code=1, status=500))
    return _error(Refused(f"(#100) {words}", status=400 if status == 404 else status))


answer_errors(blueprint, _said)
