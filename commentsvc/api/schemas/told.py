"""What goes out to everybody, and problems; what is for few has files of its own."""

from __future__ import annotations

from marshmallow import fields

from ...threads.status import STATUSES
from .fields import Moment, Strict, a_choice, a_count


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
    automated = fields.Boolean(
        required=True, metadata={"description": "no moderator has decided this"}
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


class NotYet(Strict):
    retry_after = fields.Integer(required=True, metadata={"description": "seconds"})


class Tokens(Strict):
    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    refresh_token = fields.String(required=True, allow_none=True)
    user = fields.Nested(Person, required=True)


# --- moderators -----------------------------------------------------------------------------------


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


class Sanctioned(Strict):
    kind = a_choice(("ban", "suspend"), required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "in words"})
    until = Moment(required=True, allow_none=True)
    message = fields.String(
        required=True, allow_none=True, metadata={"description": "from the moderator"}
    )
    appeal_url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "http, https or mailto; where the site says to appeal"},
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
    sanction = fields.Nested(
        Sanctioned, metadata={"description": "what keeps a suspended or banned person from this"}
    )
