"""A comment as moderators see it, and pages of them."""

from __future__ import annotations

from marshmallow import fields

from ...threads.status import STATUSES
from .fields import Moment, Strict, a_choice, a_count


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
    version = a_count(metadata={"description": "send this as `seen_version` with your decision"})
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
    reactions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "how many people chose each reaction other than a like"},
    )
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


class GivenReason(Strict):
    code = fields.String(required=True)
    title = fields.String(required=True)
    own = fields.Boolean(
        required=True, metadata={"description": "whether the site's owners have added it"}
    )


class ReasonList(Strict):
    items = fields.List(fields.Nested(GivenReason), required=True)
