"""The OpenAPI 3.1 document, built from the same declarations that handle requests."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from .operation import OPERATIONS, PREFIX, Operation
from .schemas import responses
from .schemas.fields import ID_PATTERN

if TYPE_CHECKING:
    from marshmallow import Schema

DESCRIPTION = """Comments for any page. Reading needs no credentials. Posting as a guest needs only a name.

Send credentials in one of these ways: `Authorization: Bearer` (a member's access token, or an API key),
`Authorization: Guest` (the edit token from the response to a guest's first comment), `X-Api-Key`, or the
dashboard's session with its CSRF token in `X-CSRF-Token`.

Errors are problem documents (RFC 9457). Times follow RFC 3339, in UTC. Lists are paged: send the cursor
`next` as `after` to get the next page."""

TAGS = {
    "threads": "Reading conversations",
    "comments": "Posting, liking and reporting comments",
    "reactions": "Reactions, likes included",
    "people": "Muting people",
    "news": "Notifications and followed conversations",
    "sign_in": "Signing in from the frame",
    "decisions": "Moderating",
    "appeals": "Appeals and warnings",
    "sites": "Sites and their policies",
}
REASONS = {
    400: "The body is not JSON",
    401: "Nobody is signed in, or the token is not valid",
    403: "This person is not allowed to do this",
    404: "It does not exist",
    405: "The address does not support this method",
    409: "It has changed in the meantime, or its state does not allow this",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "A field of the body or the query is not valid",
    429: "Too many requests: wait `Retry-After` seconds",
    503: "Not available right now: try again after `Retry-After` seconds",
}
_SCHEMES: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "an access token or API key"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "guest": {"type": "http", "scheme": "guest", "description": "a guest's edit token"},
}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_PATTERNS = {"id": ID_PATTERN, "key": r"^[a-z0-9-]{1,40}$"}


def document(server: str) -> dict[str, Any]:
    """The whole document for the service at `server`."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="commentsvc",
        version=version("commentsvc"),
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": DESCRIPTION},
        servers=[{"url": server}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    for name, scheme in _SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    spec.components.schema("Problem", schema=responses.Problem)
    for status, text in REASONS.items():
        spec.components.response(f"Problem{status}", _problem(text, status))
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(path_of(each), {})[each.method.lower()] = _operation(each)
    for path, operations in paths.items():
        spec.path(path=path, operations=operations)
    return spec.to_dict()


def path_of(each: Operation) -> str:
    """The path in OpenAPI's notation."""
    return PREFIX + _PARAMETER.sub(r"{\2}", each.path)


def statuses(each: Operation) -> list[int]:
    """The statuses of an operation's problems: those declared, and those implied."""
    found = {401, 429, 503, *each.problems}
    if each.body:
        found |= {400, 413, 415, 422, 403}
    if each.query or each.takes_key:
        found.add(422)
    if each.method != "GET":
        found.add(403)
    if _PARAMETER.search(each.path):
        found.add(404)
    return sorted(found)


def _operation(each: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {str(status): _answer(each, status) for status in each.answers}
    if each.public:
        answers["304"] = {"description": "Nothing has changed since `If-None-Match`"}
    if each.query:
        answers["414"] = {"description": "The address is too long for the server"}
    for status in statuses(each):
        answers[str(status)] = f"Problem{status}"
    found: dict[str, Any] = {
        "operationId": each.name,
        "tags": [each.tag],
        "summary": each.summary,
        "parameters": _parameters(each),
        "responses": answers,
        "security": [{name: []} for name in _SCHEMES],
    }
    if each.description:
        found["description"] = each.description
    if each.needs == "anybody":
        found["security"].insert(0, {})
    if each.body:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": each.body}},
        }
    return found


def _answer(each: Operation, status: int) -> dict[str, Any]:
    schema: type[Schema] | None = each.answers[status]
    words = {
        200: "Done",
        201: "Created",
        202: "Not yet: ask again",
        204: "Done. The response has no body",
    }
    answer: dict[str, Any] = {"description": words[status]}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _parameters(each: Operation) -> list[Any]:
    found: list[Any] = [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string", "pattern": _PATTERNS[kind]},
        }
        for kind, name in _PARAMETER.findall(each.path)
    ]
    if each.query:
        found.append({"in": "query", "schema": each.query})
    if each.takes_key:
        found.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "description": "A unique string of your own: repeating it never creates a second comment",
                "schema": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 255,
                    "pattern": "^[!-~]+$",
                },
            }
        )
    return found


def _problem(text: str, status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": text,
        "content": {"application/problem+json": {"schema": responses.Problem}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "the seconds to wait"}
        }
    return answer


def _name(schema: Any) -> str:
    """A schema's name in the document; schemas of queries have none."""
    cls = schema if isinstance(schema, type) else type(schema)
    return "" if cls.__name__.endswith("Query") else str(cls.__name__)
