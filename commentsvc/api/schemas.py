"""What goes out of /api/v1, and the fields that shapes are made of. What comes in stands in asked.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, fields, validate

from ..threads.status import STATUSES
from .checks import Shape, length, matches, one_of

ID_PATTERN = r"^[0-9A-Za-z_-]{1,32}$"
CURSOR_PATTERN = r"^[0-9A-Za-z_-]{2,400}$"
MOST_HREF = 2000
MOST_HREFS = 200
MOST_TEXT = 20_000  # the most that any site's policy may allow

_NO_NUL = r"^[^\x00]*$"


class Strict(Shape):
    """Nothing unknown is taken, so that a misspelt field is noticed."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """A text without NUL, which no database can hold."""

    def __init__(self, *, most: int, least: int = 0, pattern: str = _NO_NUL, **more: Any) -> None:
        super().__init__(validate=[length(least, most), matches(pattern)], **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class YesNo(fields.Boolean):
    """true or false, and nothing that only looks like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Moment(fields.AwareDateTime):
    """RFC 3339, in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **more)

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.isoformat().replace("+00:00", "Z")


def an_id(**more: Any) -> fields.String:
    """A public id."""
    return fields.String(validate=matches(ID_PATTERN), **more)


def a_choice(choices: Any, **more: Any) -> fields.String:
    """One of some words."""
    return fields.String(validate=one_of(choices), **more)


def a_count(**more: Any) -> fields.Integer:
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


# --- what everybody is shown ----------------------------------------------------------------------


class Author(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = a_choice(("member", "guest", "erased"), required=True)
    badges = fields.List(fields.String(), required=True)


class Thread(Strict):
    id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null while nobody has commented on the article"},
    )
    href = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    closed = fields.Boolean(required=True)
    comment_count = a_count()
    slow_seconds = a_count(metadata={"description": "between two comments of one person, for now"})


class Comment(Strict):
    id = fields.String(required=True)
    thread_id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    author = fields.Nested(
        Author,
        required=True,
        allow_none=True,
        metadata={"description": "null where only the place is shown"},
    )
    text = fields.String(required=True, metadata={"description": "as it was written"})
    html = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "safe markup of the whole comment, with `include=html`"},
    )
    status = a_choice(STATUSES, required=True)
    created_at = Moment(required=True)
    edited_at = Moment(required=True, allow_none=True)
    like_count = a_count()
    reply_count = a_count()
    replies = fields.List(fields.Nested(lambda: Comment()), required=True)
    more_replies = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "cursor: use it as `after` with `parent`"},
    )
    permalink = fields.String(required=True)
    featured = fields.Boolean(required=True)
    pinned = fields.Boolean(required=True)


class CommentPage(Strict):
    items = fields.List(fields.Nested(Comment), required=True)
    next = fields.String(required=True, allow_none=True)


class Conversation(Comment):
    parents = fields.List(fields.Nested(Comment), required=True)


class PostedComment(Comment):
    reasons = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "why it waits or was refused, in words for its author"},
    )
    can_edit_until = Moment(required=True, allow_none=True)
    edit_token = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "a new guest's proof: `Authorization: Guest <token>`; kept by you"
        },
    )


class Counts(Strict):
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Changes(Strict):
    new = a_count(metadata={"description": "published since; counted up to 101"})
    cursor = fields.String(required=True)


class Liked(Strict):
    liked = fields.Boolean(required=True)
    like_count = a_count()
    edit_token = fields.String(required=True, allow_none=True)


class Preview(Strict):
    html = fields.String(required=True)


class Nudge(Strict):
    ask = fields.Boolean(required=True)
    sentences = fields.List(fields.String(), required=True)
    action = a_choice(
        ("publish", "hold"),
        required=True,
        metadata={"description": "what would happen if it were posted now"},
    )


class Flag(Strict):
    comment_id = fields.String(required=True)
    reason = fields.String(required=True)
    title = fields.String(required=True)
    created_at = Moment(required=True)


# --- who I am -------------------------------------------------------------------------------------


class Person(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = a_choice(("member", "guest"), required=True)


class Tokens(Strict):
    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    refresh_token = fields.String(required=True, allow_none=True)
    user = fields.Nested(Person, required=True)


# --- moderators -----------------------------------------------------------------------------------


class CardPerson(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    since = Moment(required=True)
    approved = a_count()
    rejected = a_count()
    pending = a_count()
    flags = a_count()


class CardMark(Strict):
    start = a_count()
    end = a_count()
    label = fields.String(required=True)
    share = fields.Float(required=True)


class CardWhy(Strict):
    rule = fields.String(required=True)
    reason = fields.String(required=True)
    action = fields.String(required=True)
    sentence = fields.String(required=True)


class CardScore(Strict):
    label = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Float(required=True)
    limit = fields.Float(required=True, allow_none=True)
    flag_at = fields.Float(required=True, allow_none=True)
    reject_at = fields.Float(required=True, allow_none=True)


class CardFlag(Strict):
    reason = fields.String(required=True)
    title = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    by_id = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True)
    weight = fields.Float(required=True)
    at = Moment(required=True)


class CardRevision(Strict):
    number = a_count()
    text = fields.String(required=True)
    at = Moment(required=True)


class CardDecision(Strict):
    id = fields.String(required=True)
    action = fields.String(required=True)
    by = fields.String(required=True, allow_none=True)
    by_id = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    undone = fields.Boolean(required=True)
    undoes = fields.Boolean(required=True)


class Card(Strict):
    id = fields.String(required=True)
    site = fields.String(required=True, attribute="site_key")
    thread_id = fields.String(required=True)
    thread_title = fields.String(required=True, allow_none=True)
    thread_href = fields.String(required=True)
    permalink = fields.String(required=True)
    status = a_choice(STATUSES, required=True)
    version = a_count(metadata={"description": "send it back as `seen_version`"})
    created_at = Moment(required=True)
    edited_at = Moment(required=True, allow_none=True)
    text = fields.String(required=True)
    html = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    author = fields.Nested(CardPerson, required=True)
    reviewed = fields.Boolean(required=True)
    featured = fields.Boolean(required=True)
    pinned = fields.Boolean(required=True)
    like_count = a_count()
    flag_count = a_count()
    parent_id = fields.String(required=True, allow_none=True)
    parent_author = fields.String(required=True, allow_none=True)
    parent_excerpt = fields.String(required=True, allow_none=True)
    scores = fields.List(fields.Nested(CardScore), required=True)
    unscored = fields.String(required=True, allow_none=True)
    why = fields.List(fields.Nested(CardWhy), required=True)
    urgency = fields.List(fields.String(), required=True)
    marks = fields.List(fields.Nested(CardMark), required=True)
    flags = fields.List(fields.Nested(CardFlag), required=True)
    revisions = fields.List(fields.Nested(CardRevision), required=True)
    decisions = fields.List(fields.Nested(CardDecision), required=True)
    severe = fields.Boolean(required=True)


class CardPage(Strict):
    items = fields.List(fields.Nested(Card), required=True)
    next = fields.String(required=True, allow_none=True)


class QueueCounts(Strict):
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Decision(Strict):
    id = fields.String(required=True)
    comment_id = fields.String(required=True)
    action = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    status = a_choice(STATUSES, required=True)
    version = a_count()
    created_at = Moment(required=True)
    undo_until = Moment(required=True, allow_none=True)


class SiteShape(Strict):
    key = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)


class SiteList(Strict):
    items = fields.List(fields.Nested(SiteShape), required=True)


class PolicyShape(Strict):
    policy = fields.Dict(keys=fields.String(), required=True)


# --- problems -------------------------------------------------------------------------------------


class FieldError(Strict):
    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    choices = fields.List(
        fields.String(), metadata={"description": "the words that may stand there"}
    )


class Problem(Strict):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "a stable word for programs"})
    errors = fields.List(fields.Nested(FieldError))
    retry_after = fields.Integer(metadata={"description": "seconds"})
