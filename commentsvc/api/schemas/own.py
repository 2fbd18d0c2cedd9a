"""Shapes of a person's own data: their comments, and what moderators said about them."""

from __future__ import annotations

from marshmallow import fields

from ...notifications.queries import KINDS
from ...threads.status import STATUSES
from .fields import Moment, Strict, a_choice, a_count
from .responses import OwnAppeal, Person, Sanctioned


class Warned(Strict):
    id = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "a short label"})
    message = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)


class Own(Strict):
    id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    status = a_choice(STATUSES, required=True)
    reasons = fields.List(fields.String(), required=True)
    message = fields.String(required=True, allow_none=True)
    automated = fields.Boolean(required=True)
    decision = fields.String(required=True, allow_none=True)
    html = fields.String(required=True, allow_none=True)
    can_edit_until = Moment(required=True, allow_none=True)
    can_appeal = fields.Boolean(required=True)
    appeal = fields.Nested(OwnAppeal, required=True, allow_none=True)


class Refused(Strict):
    code = fields.String(required=True)
    detail = fields.String(required=True, metadata={"description": "a sentence for people"})


class Me(Strict):
    user = fields.Nested(Person, required=True, allow_none=True)
    role = fields.String(required=True)
    own = fields.List(fields.Nested(Own), required=True)
    liked = fields.List(fields.String(), required=True)
    reacted = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "your reactions other than likes, by comment"},
    )
    page_reaction = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "your reaction to the page itself, if you have one"},
    )
    muted = fields.List(
        fields.Nested(Person),
        required=True,
        metadata={"description": "the people you have muted, on all sites"},
    )
    warning = fields.Nested(
        Warned,
        required=True,
        allow_none=True,
        metadata={"description": "acknowledge it before you post again"},
    )
    sanction = fields.Nested(
        Sanctioned,
        required=True,
        allow_none=True,
        metadata={"description": "the suspension or ban that keeps you from posting on the site"},
    )
    sanction_appeal = fields.Nested(
        OwnAppeal,
        required=True,
        allow_none=True,
        metadata={
            "description": "your appeal of a suspension or ban that has ended, until a week after the answer"
        },
    )
    refused = fields.Nested(
        Refused,
        required=True,
        allow_none=True,
        metadata={"description": "why any comment of yours would be refused here"},
    )
    can = fields.List(fields.String(), required=True)
    form = fields.String(
        required=True,
        metadata={"description": "send it as `form` with each new comment"},
    )
    unread = a_count(metadata={"description": "how many notifications you have not read"})
    replies_email = a_choice(
        ("none", "asked", "confirmed"),
        required=True,
        metadata={"description": "whether you get emails about replies, as a guest"},
    )
    follows = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "how often new comments are emailed to you, if you follow the conversation"
        },
    )


class RepliesEmail(Strict):
    replies_email = a_choice(("none", "asked", "confirmed"), required=True)


class Notified(Strict):
    id = fields.Integer(required=True)
    kind = a_choice(KINDS, required=True)
    at = Moment(required=True)
    read = fields.Boolean(required=True)
    comment_id = fields.String(required=True, allow_none=True)
    thread_title = fields.String(required=True, allow_none=True)
    link = fields.String(
        required=True, allow_none=True, metadata={"description": "the comment on its article"}
    )
    decision = fields.String(required=True, allow_none=True)
    outcome = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "the outcome of a report or an appeal; for a sanction, its kind, or `end_trust`"
        },
    )
    by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "who replied or mentioned you, or who liked it last"},
    )
    count = a_count(metadata={"description": "people who liked it, or new comments"})
    reacted = fields.Boolean(
        required=True,
        metadata={"description": "some of these people chose a reaction other than a like"},
    )


class Notifications(Strict):
    items = fields.List(fields.Nested(Notified), required=True)
    unread = a_count()
    next = fields.String(required=True, allow_none=True)
