"""Requests to Graph: the language of `fields` (`comments.limit(5){message}`), and an
edge's parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from ...core import typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_FIELDS = 200  # names in one request
DEEPEST = 5
LIMIT, MOST = 25, 500  # comments on a page

_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|([{}(),.])|$)")
_ARGUMENT = re.compile(r"\(([^()]{0,300})\)")


class Refused(Exception):
    """The request cannot be answered; reported in the shape of Graph's errors."""

    def __init__(
        self,
        message: str,
        *,
        code: int = 100,
        kind: str = "OAuthException",
        subcode: int | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.kind = message, code, kind
        self.subcode, self.status = subcode, status


@dataclass(frozen=True)
class Field:
    """One requested field, with its arguments and the fields requested inside it."""

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    inner: tuple[Field, ...] = ()


Fields = tuple[Field, ...]


def parse(text: str) -> Fields:
    """`id,og_object{title,comments.limit(5).summary(true){message}}` parsed to fields.
    Raises `Refused`."""
    reader = _Reader(text)
    found = reader.fields(0)
    if reader.at < len(text.rstrip()):
        raise reader.wrong()
    return found


def names(asked: Fields, known: tuple[str, ...], node: str) -> Fields:
    """The requested fields, if the node has all of them. Raises `Refused` as Graph did."""
    for each in asked:
        if each.name not in known:
            raise Refused(
                f"(#100) Tried accessing nonexisting field ({each.name}) on node type ({node})"
            )
    return asked


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.many = text, 0, 0

    def wrong(self) -> Refused:
        return Refused(
            "(#2500) Syntax error: the fields cannot be read at character "
            f"{self.at} of “{self.text[:100]}”",
            code=2500,
        )

    def _peek(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        return (found[1] or found[2] or "") if found else "?"

    def _take(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise self.wrong()
        self.at = found.end()
        return found[1] or found[2] or ""

    def fields(self, depth: int) -> Fields:
        if depth > DEEPEST:
            raise Refused("(#100) The fields are nested too deeply.")
        found: list[Field] = []
        while True:
            if self._peek() in ("", "}"):
                return tuple(found)
            found.append(self._field(depth))
            if self._peek() != ",":
                return tuple(found)
            self._take()

    def _field(self, depth: int) -> Field:
        self.many += 1
        name = self._take()
        if not name.isidentifier() or self.many > MOST_FIELDS:
            raise self.wrong()
        arguments: dict[str, str] = {}
        inner: Fields = ()
        while self._peek() == ".":
            self._take()
            key = self._take()
            value = _ARGUMENT.match(self.text, self.at)
            if not key.isidentifier() or value is None:
                raise self.wrong()
            self.at = value.end()
            arguments[key] = value[1].strip()
        if self._peek() == "{":
            self._take()
            inner = self.fields(depth + 1)
            if self._take() != "}":
                raise self.wrong()
        return Field(name, arguments, inner)


# --- edges --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edge:
    """How a list of comments is requested."""

    filter: Literal["toplevel", "stream"] = "toplevel"
    order: Literal["chronological", "reverse_chronological"] = "chronological"
    limit: int = LIMIT
    after: str | None = None
    before: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    summary: bool = False
    fields: Fields = ()


def edge_of(given: Mapping[str, str], fields: Fields = ()) -> Edge:
    """An edge from a request's parameters, or from a field's arguments. Raises `Refused`."""
    return Edge(
        filter=_one_of(given, "filter", ("toplevel", "stream")),  # type: ignore[arg-type]
        order=_one_of(given, "order", ("chronological", "reverse_chronological")),  # type: ignore[arg-type]
        limit=_limit(given.get("limit")),
        after=given.get("after") or None,
        before=given.get("before") or None,
        since=_moment(given, "since"),
        until=_moment(given, "until"),
        summary=_yes(given, "summary"),
        fields=fields,
    )


def _one_of(given: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    value = given.get(name) or known[0]
    if value == "ranked":  # Facebook's own order, which we do not know
        return known[0]
    if value not in known:
        raise Refused(f"(#100) {name} must be one of the following values: {', '.join(known)}")
    return value


def _yes(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "").lower()
    if value not in ("", "0", "1", "false", "true"):
        raise Refused(f"(#100) Param {name} must be a boolean")
    return value in ("1", "true")


def _limit(value: str | None) -> int:
    if not value:
        return LIMIT
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Refused("(#100) param limit must be non-negative.")
    return min(int(value), MOST)


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    value = given.get(name)
    if not value:
        return None
    try:
        if value.isascii() and value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        return typed.moment(value)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(f"(#100) {name} must be a time.") from error
