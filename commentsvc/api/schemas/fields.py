"""The fields of shapes, stricter than marshmallow's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, fields, post_load, validate

from ...core import typed
from ...threads.text.mentions import MOST_PLACES, Mention
from .checks import Shape, between, length, matches, one_of

ID_PATTERN = r"^[0-9A-Za-z_-]{1,32}$"
CURSOR_PATTERN = r"^[0-9A-Za-z_-]{2,400}$"
MOST_HREF = 2000
MOST_HREFS = 200
MOST_TEXT = 20_000  # the most that any site's policy may allow

_NO_NUL = r"^[^\x00]*$"


class Strict(Shape):
    """Unknown fields are refused, so that misspelled ones are noticed."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """Text without NUL, which databases cannot store."""

    def __init__(self, *, most: int, least: int = 0, pattern: str = _NO_NUL, **more: Any) -> None:
        super().__init__(validate=[length(least, most), matches(pattern)], **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class YesNo(fields.Boolean):
    """true or false, and nothing that only looks like them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Integer):
    """A whole number in plain digits; with `strict`, not as a string."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            value = typed.whole(value) if isinstance(value, str) and not self.strict else value
        except ValueError as error:
            raise self.make_error("invalid") from error
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Place(Whole):
    """A whole number, also as `1.0` from programs with a single number type."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        is_whole = isinstance(value, float) and value.is_integer()
        return super()._deserialize(int(value) if is_whole else value, attr, data, **kwargs)


class Decimal(fields.Float):
    """A number in plain digits, optionally with a decimal point."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            value = typed.decimal(value) if isinstance(value, str) else value
        except ValueError as error:
            raise self.make_error("invalid") from error
        if isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.AwareDateTime):
    """RFC 3339, in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return typed.moment(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.isoformat().replace("+00:00", "Z")


def an_id(**more: Any) -> fields.String:
    """A public ID."""
    return fields.String(validate=matches(ID_PATTERN), **more)


def a_choice(choices: Any, **more: Any) -> fields.String:
    """One of these words."""
    return fields.String(validate=one_of(choices), **more)


def a_count(**more: Any) -> fields.Integer:
    """How many there are."""
    return fields.Integer(required=True, validate=validate.Range(min=0), **more)


def a_key(**more: Any) -> Line:
    """A site's key, as in `data-site`."""
    return Line(
        most=40,
        least=1,
        metadata={"description": "the site's key, as in `data-site`", "example": "your-key"},
        **more,
    )


def an_href(**more: Any) -> Line:
    """An article's address."""
    return Line(
        most=MOST_HREF,
        least=1,
        metadata={"description": "the article's address", "example": "https://example.org/article"},
        **more,
    )


class MentionIn(Strict):
    id = an_id(required=True, metadata={"description": "a person in the conversation"})
    name = Line(
        most=120,
        least=1,
        required=True,
        metadata={"description": "the name as written after the `@`"},
    )
    nth = Place(
        strict=True,
        load_default=0,
        validate=between(0, MOST_TEXT),
        metadata={"description": "which occurrence of `@name` this is, counted from 0"},
    )

    @post_load
    def made(self, given: dict[str, Any], **_: Any) -> Mention:
        return Mention(**given)


def some_mentions() -> fields.List[Any]:
    """The people whom a text mentions."""
    return fields.List(
        fields.Nested(MentionIn),
        validate=length(0, MOST_PLACES),
        metadata={"description": "the people whom the text mentions as `@name`"},
    )
