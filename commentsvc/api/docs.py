"""The API's own description: openapi.json for programs, a page for people."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, render_template
from markupsafe import Markup, escape

from ..core.locale import say
from ..core.parts import Part
from ..settings import settings
from ..web.limits import in_force, limit
from ..web.problems import STATUS_CODES
from .document import TAGS, document

docs = Blueprint("api_docs", __name__)

#: The document of one app, built at the first request for it.
described: Part[dict[str, Any]] = Part("openapi")

_KEEP = "public, max-age=300"


@docs.get("/api/v1/openapi.json")
@limit("read")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    answer = Response(orjson.dumps(_document()), content_type="application/json")
    answer.headers["Cache-Control"] = _KEEP
    # Everything described is public, so tools on any page may read it.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@docs.get("/api/docs")
@limit("read")
def page() -> Response:
    """The same document to read."""
    body = render_template(
        "api/docs.html",
        spec=_document(),
        groups=_groups(),
        limits=in_force(),
        problems=[(status, code, say(f"problems.{code}")) for status, code in STATUS_CODES.items()],
    )
    answer = Response(body, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = _KEEP
    return answer


@docs.app_template_filter("ticks")
def ticks(text: str) -> Markup:
    """A sentence with its `names` marked up as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _document() -> dict[str, Any]:
    try:
        return described()
    except KeyError:
        return described.install(current_app, document(settings().public_url))


def _groups() -> list[tuple[str, str, list[tuple[str, str, dict[str, Any]]]]]:
    """Operations by tag: (tag, its title, [(method, path, operation)])."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag: [] for tag in TAGS}
    for path, operations in _document()["paths"].items():
        for method, operation in operations.items():
            found[operation["tags"][0]].append((method.upper(), path, operation))
    return [(tag, TAGS[tag], operations) for tag, operations in found.items()]
