"""Responses to everybody, and problems; responses to few have their own files."""

from __future__ import annotations

from marshmallow import fields

from ...moderation.cases.appeals import OUTCOMES
from ...threads.status import STATUSES
from .fields import Moment, Strict, a_choice, a_count


class Author(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = a_choice(("member", "guest", "erased"), required=True)
    badges = fields.List(fields.String(), required=True)


def page_reactions() -> fields.Dict:
    """The counts of reactions to a page."""
    return fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        allow_none=True,
        metadata={
            "description": "how many people chose each reaction to the page; null if the site offers none"
        },
    )


class Thread(Strict):
    id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null while nobody has commented on the article"},
    )
    href = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True, metadata={"description": "in lower case"})
    closed = fields.Boolean(required=True)
    opens_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "when it opens again, if it is closed because of opening hours"},
    )
    comment_count = a_count()
    slow_seconds = a_count(
        metadata={
            "description": "while slow mode is on: the seconds between two comments by one person"
        }
    )
    reactions = page_reactions()


class Comment(Strict):
    id = fields.String(required=True)
    thread_id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    author = fields.Nested(
        Author,
        required=True,
        allow_none=True,
        metadata={"description": "null if the comment is only a placeholder"},
    )
    text = fields.String(required=True, metadata={"description": "the text as the author wrote it"})
    html = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the whole comment as safe markup, with `include=html`"},
    )
    status = a_choice(STATUSES, required=True)
    created_at = Moment(required=True)
    edited_at = Moment(required=True, allow_none=True)
    like_count = a_count()
    reactions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={
            "description": "the number of people by reaction, if the site offers reactions other than likes"
        },
    )
    reply_count = a_count()
    replies = fields.List(fields.Nested(lambda: Comment()), required=True)
    more_replies = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "a cursor: send it as `after`, along with `parent`"},
    )
    permalink = fields.String(required=True)
    featured = fields.Boolean(required=True)
    pinned = fields.Boolean(required=True)


class CommentPage(Strict):
    items = fields.List(fields.Nested(Comment), required=True)
    next = fields.String(required=True, allow_none=True)


class PostedComment(Comment):
    reasons = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "why it is held or was rejected, in words for its author"},
    )
    automated = fields.Boolean(
        required=True, metadata={"description": "a rule decided this, not a moderator"}
    )
    can_edit_until = Moment(required=True, allow_none=True)
    edit_token = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "a new guest's credential: keep it, and send `Authorization: Guest <token>`"
        },
    )


class Counts(Strict):
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Changes(Strict):
    new = a_count(metadata={"description": "comments published since; counting stops at 101"})
    cursor = fields.String(required=True)
    reactions = page_reactions()


class Liked(Strict):
    liked = fields.Boolean(required=True)
    like_count = a_count()
    edit_token = fields.String(required=True, allow_none=True)


class Reacted(Strict):
    reaction = fields.String(
        required=True, allow_none=True, metadata={"description": "yours; null if you have none"}
    )
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    like_count = a_count()
    edit_token = fields.String(required=True, allow_none=True)


class PageReacted(Strict):
    reaction = fields.String(
        required=True, allow_none=True, metadata={"description": "yours; null if you have none"}
    )
    reactions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    thread_id = fields.String(required=True)
    edit_token = fields.String(required=True, allow_none=True)


class Preview(Strict):
    html = fields.String(required=True)


class HelpLine(Strict):
    text = fields.String(required=True)
    href = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "a `tel:` or `https:` address, if the line has one"},
    )


class Nudge(Strict):
    ask = fields.Boolean(required=True)
    sentences = fields.List(fields.String(), required=True)
    lines = fields.List(
        fields.Nested(HelpLine),
        required=True,
        metadata={"description": "helplines, if the author may want to die or hurt themselves"},
    )
    action = a_choice(
        ("publish", "hold"),
        required=True,
        metadata={"description": "what would happen if the text were posted now"},
    )


class Flag(Strict):
    comment_id = fields.String(required=True)
    reason = fields.String(required=True)
    title = fields.String(required=True)
    created_at = Moment(required=True)


# --- people and tokens ----------------------------------------------------------------------------


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


class SectionShape(Strict):
    code = fields.String(required=True)
    name = fields.String(required=True)
    patterns = fields.List(fields.String(), required=True)
    tags = fields.List(fields.String(), required=True)
    policy = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the settings that differ from the site's policy"},
    )


class SectionList(Strict):
    items = fields.List(fields.Nested(SectionShape), required=True)


class SpamLessons(Strict):
    rejected = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    missing = fields.Integer(required=True)


# --- problems -------------------------------------------------------------------------------------


class FieldError(Strict):
    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    choices = fields.List(
        fields.String(), metadata={"description": "the values that are allowed here"}
    )


class OwnAppeal(Strict):
    text = fields.String(required=True)
    created_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    outcome = a_choice(OUTCOMES, required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class Sanctioned(Strict):
    kind = a_choice(("ban", "suspend"), required=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "a short label"}
    )
    until = Moment(required=True, allow_none=True)
    message = fields.String(
        required=True, allow_none=True, metadata={"description": "what the moderator wrote"}
    )
    appeal_url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "where else to appeal: an http, https or mailto address"},
    )
    can_appeal = fields.Boolean(
        required=True, metadata={"description": "you can appeal it here, once you are signed in"}
    )
    appeal = fields.Nested(OwnAppeal, required=True, allow_none=True)


class Problem(Strict):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "a stable code for programs"})
    errors = fields.List(fields.Nested(FieldError))
    retry_after = fields.Integer(metadata={"description": "seconds"})
    sanction = fields.Nested(
        Sanctioned, metadata={"description": "the suspension or ban that prevents this"}
    )
