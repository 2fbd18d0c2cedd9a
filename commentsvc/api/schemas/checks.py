"""Errors in the shape of a request, by key: marshmallow's messages are English.

`Shape` gives all fields their keys; the functions below give validators theirs. What marshmallow
would format as a message becomes an `Invalid`, so that readers see it in their own language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from ...core.errors import Invalid
from ...core.locale import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Field -> marshmallow's name of the error -> our key. The last match for a field counts.
KEYS: Mapping[type[fields.Field[Any]], Mapping[str, str]] = {
    fields.Field: {
        "required": "invalid.required",
        "null": "invalid.null",
        "validator_failed": "invalid",
    },
    fields.String: {"invalid": "invalid.type_text", "invalid_utf8": "invalid.type_text"},
    fields.Boolean: {"invalid": "invalid.type_yes_no"},
    fields.Float: {
        "invalid": "invalid.number",
        "special": "invalid.number",
        "too_large": "invalid.out_of_range",
    },
    fields.Integer: {"invalid": "invalid.whole_number", "too_large": "invalid.out_of_range"},
    fields.AwareDateTime: {
        "invalid": "invalid.type_date",
        "invalid_awareness": "invalid.type_date",
        "format": "invalid.type_date",
    },
    fields.List: {"invalid": "invalid.type_list"},
    fields.Mapping: {"invalid": "invalid.type_object"},
    fields.Nested: {"type": "invalid.type_object"},
}


class Said(str):
    """A key in place of a message: when marshmallow formats it, it gets an error
    instead of text."""

    values: Mapping[str, Any]

    def __new__(cls, key: str, **values: Any) -> Said:
        said = super().__new__(cls, key)
        said.values = values
        return said

    def format(self, *_: Any, **given: Any) -> list[Invalid]:  # type: ignore[override]
        bounds = {ours: given[name] for name, ours in _BOUNDS.items() if name in given}
        return [Invalid(str(self), **self.values, **bounds)]


_BOUNDS = {"min": "least", "max": "most"}


class Shape(Schema):
    """The base of all shapes: their own errors and those of their fields have keys."""

    error_messages: dict[str, Any] = {  # noqa: RUF012  (marshmallow reads it from the class)
        "type": Invalid("invalid.type_object"),
        "unknown": Invalid("invalid.unknown_field"),
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        below: fields.Field[Any] | None = field_obj
        while below is not None:
            for kind, keys in KEYS.items():
                if isinstance(below, kind):
                    below.error_messages.update({name: Said(key) for name, key in keys.items()})
            below = getattr(below, "inner", None)


def length(least: int, most: int) -> validate.Length:
    """A length of characters or list entries."""
    said = Said("invalid.length_between" if least else "invalid.length_most")
    return validate.Length(min=least or None, max=most, error=said)


def between(least: float, most: float) -> validate.Range:
    """A number from `least` to `most`."""
    return validate.Range(min=least, max=most, error=Said("invalid.number_between"))


def matches(pattern: str) -> validate.Regexp:
    """Text that matches a pattern."""
    return validate.Regexp(pattern, error=Said("invalid.pattern"))


def one_of(choices: Iterable[str]) -> validate.OneOf:
    """One of these words; programs find them in the response's `choices`."""
    words = list(choices)
    return validate.OneOf(words, error=Said("invalid.not_a_choice", choices=named("choice", words)))
