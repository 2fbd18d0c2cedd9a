"""Shapes of people: participants of a conversation, and a person's card."""

from __future__ import annotations

from marshmallow import fields

from .fields import Moment, Strict, a_choice, a_count
from .responses import Comment


class Mention(Strict):
    id = fields.String(required=True, metadata={"description": "the person's ID"})
    name = fields.String(required=True, metadata={"description": "as it is written in the text"})
    nth = a_count(metadata={"description": "which occurrence of `@name` this is, counted from 0"})


class Conversation(Comment):
    parents = fields.List(fields.Nested(Comment), required=True)
    mentions = fields.List(
        fields.Nested(Mention),
        required=True,
        metadata={"description": "the people whom the text mentions"},
    )


class Offered(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)


class People(Strict):
    items = fields.List(fields.Nested(Offered), required=True)


class Excerpt(Strict):
    id = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "its first words, without markup"})
    thread_title = fields.String(required=True, allow_none=True)
    link = fields.String(required=True)
    at = Moment(required=True)


class PersonCard(Strict):
    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = a_choice(("member", "guest"), required=True)
    badges = fields.List(
        fields.String(), required=True, metadata={"description": "as they are shown"}
    )
    since = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "when their first comment on the site was posted"},
    )
    count = a_count(metadata={"description": "published comments on the site, up to 10,000"})
    url = fields.String(
        required=True, allow_none=True, metadata={"description": "their profile on the site"}
    )
    picture = fields.String(required=True, allow_none=True)
    comments = fields.List(
        fields.Nested(Excerpt),
        required=True,
        metadata={"description": "their newest comments, if the site shows them"},
    )
    you = fields.Boolean(required=True, metadata={"description": "whether it is you"})
    page = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "their page in the dashboard, for moderators"},
    )


class Claimed(Strict):
    count = a_count(metadata={"description": "comments that are yours now, or would be"})
