"""Records as plain JSON objects and back, for the lines of our own format and of the
sorting store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from ..core.errors import Invalid
from . import reacting
from .importing import values
from .records import (
    STATUSES,
    AppealRecord,
    AuthorRecord,
    CommentRecord,
    DecisionRecord,
    FlagRecord,
    Record,
    RevisionRecord,
    SiteRecord,
    ThreadRecord,
)

KINDS: dict[str, type] = {
    "site": SiteRecord,
    "author": AuthorRecord,
    "thread": ThreadRecord,
    "comment": CommentRecord,
}
_NAMES = {shape: kind for kind, shape in KINDS.items()}
_SIMPLE = frozenset((str, int, float, bool, type(None)))


def as_json(record: Record) -> dict[str, Any]:
    """`record` as an object with its `kind`; fields with their default value are left out."""
    return {"kind": _NAMES[type(record)], **_plain(record)}


def _plain(value: Any) -> Any:
    if value.__class__ in _SIMPLE:  # most values
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        # sorted, so that the same data gives the same bytes in any engine's order
        return {key: _plain(value[key]) for key in sorted(value)}
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {
        name: _plain(given)
        for name, default, _ in _fields(value.__class__)
        if (given := getattr(value, name)) != default
    }


@cache
def _fields(shape: type) -> tuple[tuple[str, Any, bool], ...]:
    """(name, default, whether it has one) of each field of a record."""
    return tuple(
        (
            item.name,
            item.default_factory()
            if item.default_factory is not MISSING
            else (None if item.default is MISSING else item.default),
            item.default is not MISSING or item.default_factory is not MISSING,
        )
        for item in fields(shape)
    )


def from_json(value: Any) -> Record:
    """The record that `as_json` wrote. Raises Invalid, naming the field, for anything else."""
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid("invalid.record.kind", field="kind", kind=values.line(str(kind), 40))
    found: Record = _record(KINDS[kind], value)
    return found


def _record(shape: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    found: dict[str, Any] = {}
    readers = _READERS[shape]
    for name, _, optional in _fields(shape):
        given = value.get(name)
        if given is None and optional:
            continue
        if given is not None:
            given = readers[name](given)
        if given is not None or not optional:
            found[name] = given
        if given is None and not optional and name in _NEEDED:
            raise Invalid("invalid.record.missing", field=name, name=name)
    return shape(**found)


_NEEDED = frozenset(("source", "source_id", "thread_source_id", "author", "text", "key", "action"))


def _rows(shape: type) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Invalid("invalid.record.list")
        return tuple(_record(shape, item) for item in value)

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Invalid("invalid.record.list")
    return tuple(found for item in value if (found := values.identifier(item)))


def _scores(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    return {
        key: float(number)
        for key, number in value.items()
        if isinstance(number, int | float) and not isinstance(number, bool)
    }


def _status(value: Any) -> str:
    if value not in STATUSES:
        raise Invalid("invalid.record.status", field="status", status=values.line(str(value), 40))
    return str(value)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("invalid.record.object")
    try:
        orjson.dumps(value)  # refuses extreme nesting
    except TypeError as error:
        raise Invalid("invalid.record.kept", error=str(error)) from error
    return value


def _objects(value: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list):
        raise Invalid("invalid.record.list")
    return tuple(map(_object, value))


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if fits and 0 <= value <= 1000 else None


def _shown(value: Any) -> str | None:
    """A name as it is: its spaces (as in a Japanese name) are part of it."""
    return values.text(value, 120).strip() or None


def _long(value: Any) -> str | None:
    return values.text(value) or None


def _body(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("invalid.record.text", field="text")
    return values.text(value)


_Readers = dict[str, Callable[[Any], Any]]
_AUTHOR: _Readers = {
    "name": _shown,
    "email": values.email,
    "source_id": values.identifier,
    "url": values.web,
    "role": values.identifier,
    "created_at": values.when,
    "member": values.truth,
    "erased_at": values.when,
    "locale": values.identifier,
    "identities": _texts,
    "until": values.when,
    "message": _long,
    "note": _long,
    "set_by": values.identifier,
    "set_at": values.when,
    "earned": _object,
}
_READERS: dict[type, _Readers] = {
    SiteRecord: {
        "key": values.identifier,
        "name": values.line,
        "origins": _texts,
        "policy": _object,
        "sections": _objects,
        "reasons": _objects,
        "app_ids": _texts,
        "forums": _texts,
        "created_at": values.when,
    },
    AuthorRecord: _AUTHOR,
    ThreadRecord: {
        "source": values.identifier,
        "source_id": values.identifier,
        "url": values.page,
        "title": values.line,
        "closed": values.truth,
        "created_at": values.when,
        "private": values.truth,
        "address": values.page,
        "merged_into": values.identifier,
        "closed_at": values.when,
        "closes_at": values.when,
        "premoderate": values.truth,
        "slow_seconds": values.count,
        "tags": _texts,
        "names": _texts,
        "reacted_by": reacting.reacted_to_page,
    },
    RevisionRecord: {
        "text": _body,
        "created_at": values.when,
        "scores": _scores,
        "model": values.identifier,
        "language": values.identifier,
        "facts": _object,
        "verdict": _object,
    },
    AppealRecord: {
        "text": _body,
        "by": values.identifier,
        "created_at": values.when,
        "decided_by": values.identifier,
        "decided_at": values.when,
        "outcome": values.identifier,
        "answer": _long,
        "id": values.identifier,
    },
    DecisionRecord: {
        "action": values.identifier,
        "reason": values.identifier,
        "note": _long,
        "by": values.identifier,
        "automated": values.truth,
        "revision": values.count,
        "created_at": values.when,
        "id": values.identifier,
        "rule": values.identifier,
        "message": _long,
        "before": values.identifier,
        "after": values.identifier,
        "evidence": _object,
        "undoes": values.identifier,
        "batch": values.identifier,
        "tell_after": values.when,
        "told_at": values.when,
        "appeal": lambda value: _record(AppealRecord, value),
    },
    FlagRecord: {
        "reason": values.identifier,
        "note": _long,
        "by": values.identifier,
        "created_at": values.when,
        "rule": values.identifier,
        "weight": _number,
        "revision": values.count,
        "closed_at": values.when,
        "outcome": values.identifier,
    },
}
_READERS[CommentRecord] = {
    "source": values.identifier,
    "source_id": values.identifier,
    "thread_source_id": values.identifier,
    "parent_source_id": values.identifier,
    "author": lambda value: _record(AuthorRecord, value),
    "text": _body,
    "created_at": values.when,
    "status": _status,
    "reason": values.identifier,
    "likes": values.count,
    "edited_at": values.when,
    "revisions": _rows(RevisionRecord),
    "decisions": _rows(DecisionRecord),
    "flags": _rows(FlagRecord),
    "liked_by": _texts,
    "reactions": reacting.reactions,
    "reacted_by": reacting.reacted_by,
    "origin": values.identifier,
    "home": values.identifier,
    "published_at": values.when,
    "reviewed": values.truth,
    "featured": values.truth,
    "pinned": values.truth,
    "unscored": values.identifier,
    "formerly": _texts,
}
