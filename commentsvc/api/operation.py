"""One declaration per operation: its address, shapes, limit and responses. The route, the checks
and the OpenAPI document all follow from it, so they cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ..core.errors import Invalid
from ..core.typed import named_twice
from ..web import limits
from ..web.auth import signed_in, viewer
from ..web.problems import WrongShape

PREFIX = "/api/v1"

Needs = str  # "anybody" | "somebody" | "staff"


View = Callable[..., Any]
Pick = Callable[[Any], Any]

_OPTIONS = orjson.OPT_UTC_Z  # orjson writes datetimes as RFC 3339, as fields.Moment does


@dataclass(frozen=True)
class Operation:
    """The input and output of one method of one address."""

    view: View
    method: str
    path: str
    tag: str
    needs: Needs
    limit: str
    answers: Mapping[int, type[Schema] | None]
    body: type[Schema] | None
    query: type[Schema] | None
    problems: tuple[int, ...]
    takes_key: bool
    public: bool

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def summary(self) -> str:
        """The first sentence of the view's docstring."""
        return self._words[0].rstrip(".")

    @property
    def description(self) -> str:
        """The sentences after the first."""
        return self._words[2]

    @property
    def _words(self) -> tuple[str, str, str]:
        return " ".join((self.view.__doc__ or "").split()).partition(". ")


OPERATIONS: list[Operation] = []


def operation(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    limit: str,
    answers: Mapping[int, type[Schema] | None],
    needs: Needs = "anybody",
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    problems: tuple[int, ...] = (),
    takes_key: bool = False,
    public: bool = False,
) -> Callable[[View], View]:
    """Make a view an operation. It gets the path's IDs by keyword, `body` and `query` as dicts, and
    returns a value for the first of `answers`, (value, headers), or a Response.

    `needs`: who may call it; `staff` also lets a session read. `public`: pages of the site's
    origins may read the response (CORS). `problems`: statuses beyond those implied by the rest."""

    def decorate(view: View) -> View:
        declared = Operation(
            view=view,
            method=method,
            path=path,
            tag=blueprint.name.removeprefix("api_"),
            needs=needs,
            limit=limit,
            answers=answers,
            body=body,
            query=query,
            problems=problems,
            takes_key=takes_key,
            public=public,
        )
        OPERATIONS.append(declared)
        blueprint.add_url_rule(path, declared.name, _answering(declared), methods=[method])
        return view

    return decorate


def _answering(declared: Operation) -> View:
    """The view as Flask calls it: checks, counts, parses the input, encodes the response."""
    status, answer_schema = next(iter(declared.answers.items()))
    body_schema = declared.body() if declared.body else None
    asked = declared.query
    query_schema = asked(unknown=EXCLUDE) if asked else None

    @wraps(declared.view)
    def answered(**ids: Any) -> Response:
        viewer()  # an invalid token is refused before it counts
        limits.count(declared.limit)
        if declared.needs != "anybody":
            signed_in()
        if body_schema is not None:
            ids["body"] = read_body(body_schema)
        if query_schema is not None:
            ids["query"] = read_query(query_schema)
        said = declared.view(**ids)
        if isinstance(said, Response):
            return said
        value, headers = said if isinstance(said, tuple) else (said, {})
        return Response(
            json_bytes(answer_schema, value) if answer_schema else b"",
            status,
            headers,
            content_type="application/json" if answer_schema else None,
        )

    answered.limit_name = declared.limit  # type: ignore[attr-defined]
    answered.for_staff = declared.needs == "staff"  # type: ignore[attr-defined]
    answered.needs = declared.needs  # type: ignore[attr-defined]
    return answered


def read_body(schema: Schema) -> dict[str, Any]:
    """The JSON body that fits the schema. Raises 413, 415, 400, or `WrongShape` (422).

    One strict parser (RFC 8259): no NaN, no comments, no lone surrogates, no endless nesting.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        raw = request.get_data(cache=False)
        found = orjson.loads(raw)
        twice = named_twice(raw)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise BadRequest from error
    if twice is not None:
        raise WrongShape([("#", Invalid("invalid.twice_field"))])
    if not isinstance(found, dict):
        raise WrongShape([("#", Invalid("invalid.type_object"))])
    try:
        return schema.load(found)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise WrongShape(_pointed(error.messages)) from error


def read_query(schema: Schema) -> dict[str, Any]:
    """The query that fits the schema; unknown parameters are left out. Raises `WrongShape`."""
    args = request.args
    twice = [
        (f"#/{name}", Invalid("invalid.twice_parameter"))
        for name, field in schema.load_fields.items()
        if len(args.getlist(name)) > 1 and not isinstance(field, fields.List)
    ]
    if twice:
        raise WrongShape(twice)
    given = {
        name: args.getlist(name) if isinstance(field, fields.List) else args[name]
        for name, field in schema.load_fields.items()
        if name in args
    }
    try:
        return schema.load(given)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise WrongShape(_pointed(error.messages)) from error


def _pointed(messages: Any, pointer: str = "#") -> list[tuple[str, Invalid]]:
    """marshmallow's errors (see schemas/checks.py), each with its place as a JSON pointer."""
    if isinstance(messages, Mapping):
        found: list[tuple[str, Invalid]] = []
        for name, below in messages.items():
            # shortened in the pointer: a client's name may be 60 KB long
            part = str(name)[:100].replace("~", "~0").replace("/", "~1")
            found += _pointed(below, pointer if name == "_schema" else f"{pointer}/{part}")
        return found[:50]
    each = messages if isinstance(messages, list) else [messages]
    return [(pointer, one if isinstance(one, Invalid) else Invalid("invalid")) for one in each]


def json_bytes(schema: type[Schema], value: Any) -> bytes:
    """`value` (a dataclass, a dict, an object) in the schema's shape, as JSON.

    marshmallow's own dump takes a hundred times as long for a page of comments
    (docs/performance.md). Here each schema is compiled once to a function that picks the same
    fields; a test keeps both equal.
    """
    return orjson.dumps(picker(schema)(value), option=_OPTIONS)


@lru_cache(maxsize=128)
def picker(schema: type[Schema]) -> Pick:
    """A function from a value to plain dicts and lists with the schema's fields."""
    parts: list[tuple[str, str, Pick | None, bool]] = []

    def pick(value: Any) -> dict[str, Any]:
        is_mapping = isinstance(value, Mapping)
        get: Callable[[str], Pick] = itemgetter if is_mapping else attrgetter
        shown = {}
        for name, attribute, inner, may_lack in parts:
            if may_lack and is_mapping and attribute not in value:
                continue
            item = get(attribute)(value)
            shown[name] = item if inner is None or item is None else inner(item)
        return shown

    made = schema()
    for name, field in made.dump_fields.items():
        inner = _inner(field, schema, pick)
        parts.append((name, field.attribute or name, inner, not field.required))
    return pick


def _inner(field: fields.Field[Any], schema: type[Schema], own: Pick) -> Pick | None:
    """The conversion of a field's value for output; None if there is none."""
    if isinstance(field, fields.List):
        each = _inner(field.inner, schema, own)
        return list if each is None else lambda items: [each(item) for item in items]
    if isinstance(field, fields.Nested):
        nested = type(field.schema)
        return own if nested is schema else picker(nested)
    return None
