"""Requests: queries and bodies of /api/v1. Shapes only; rooms check what a text may say."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import fields

from ...moderation.commands import ACTIONS
from ...moderation.desk.queue import ORDERS, QUEUES
from ...moderation.judging.reasons import PEOPLE, READERS
from ...notifications.following.rhythm import RHYTHMS
from ...sites.policy import NAMED_REACTIONS
from ...sites.sections.tags import MOST_TAG
from ...threads.pages import SORTS
from .checks import Shape, between, length, matches
from .fields import (
    CURSOR_PATTERN,
    MOST_HREF,
    MOST_HREFS,
    MOST_TEXT,
    Decimal,
    Line,
    Moment,
    Strict,
    Whole,
    YesNo,
    a_choice,
    a_key,
    an_href,
    an_id,
    some_mentions,
)


def of_a_page() -> Any:
    """The tags that an article's page gives itself."""
    about = "the page's tags, for an article without comments: `politics, live`"
    return Line(most=2000, allow_none=True, metadata={"description": about})


class SiteQuery(Shape):
    site = a_key(required=True)


class ThreadQuery(SiteQuery):
    href = an_href(required=True)
    tags = of_a_page()


class PersonQuery(SiteQuery):
    locale = Line(most=35, metadata={"description": "the language of badges"})


class CountsQuery(SiteQuery):
    href = fields.List(
        Line(most=MOST_HREF),
        required=True,
        validate=length(1, MOST_HREFS),
        metadata={"example": ["https://example.org/article"]},
    )


class ShownQuery(Shape):
    include = a_choice(
        ("html",), metadata={"description": "`html` adds safe markup to the response"}
    )
    locale = Line(most=35, metadata={"description": "the language of words in markup and reasons"})


class PageQuery(ShownQuery):
    sort = a_choice(SORTS)
    limit = Whole(validate=between(1, 100))
    after = fields.String(validate=matches(CURSOR_PATTERN))
    parent = an_id()


class ChangesQuery(Shape):
    since = fields.String(validate=matches(CURSOR_PATTERN))


class MeQuery(SiteQuery, ShownQuery):
    thread = fields.String(validate=matches(r"^[0-9A-Za-z_-]{0,32}$"))
    href = Line(
        most=4000,
        metadata={"description": "the article's address, if it has no conversation yet"},
    )
    tags = of_a_page()


class NotificationsQuery(SiteQuery):
    after = fields.String(validate=matches(CURSOR_PATTERN))
    limit = Whole(load_default=20, validate=between(1, 50))


class ReadUpTo(Strict):
    up_to = Whole(required=True, strict=True, validate=between(0, 2**31 - 1))


class RepliesEmailIn(Strict):
    site = a_key(required=True)
    email = Line(most=254, least=3, required=True)
    locale = Line(most=35)


class ClaimIn(Strict):
    edit_token = Line(
        most=200,
        least=1,
        required=True,
        metadata={"description": "from the response to the guest's first comment"},
    )
    preview = YesNo(
        load_default=False, metadata={"description": "only say how many comments there are"}
    )


class FollowIn(Strict):
    rhythm = a_choice(RHYTHMS, required=True)


_OF_SCORE = "of the score for `label`, or of the highest score if there is no label"


class QueueQuery(Shape):
    site = a_key()
    queue = a_choice(QUEUES, load_default="pending")
    order = a_choice(ORDERS, load_default="urgent")
    after = fields.String(validate=matches(CURSOR_PATTERN))
    limit = Whole(validate=between(1, 100), load_default=25)
    locale = Line(most=35)
    reason = Line(most=40)
    rule = Line(most=40)
    label = Line(most=40)
    at_least = Decimal(validate=between(0, 1), metadata={"description": _OF_SCORE})
    at_most = Decimal(validate=between(0, 1), metadata={"description": _OF_SCORE})
    author = an_id()
    thread = an_id()
    language = Line(most=8)
    tag = Line(most=MOST_TAG, metadata={"description": "a tag of the article's page"})
    words = Line(most=200)
    since = Moment()
    until = Moment()


class QueueCountsQuery(Shape):
    site = a_key()


class ReasonsQuery(Shape):
    site = a_key(required=True)
    locale = Line(most=35)


class CardQuery(Shape):
    locale = Line(most=35)


class NewComment(Strict):
    site = a_key(required=True)
    href = an_href(required=True)
    text = Line(most=MOST_TEXT, required=True, metadata={"example": "A thought."})
    parent_id = an_id(allow_none=True)
    title = Line(most=1000, allow_none=True, metadata={"description": "the article's title"})
    tags = of_a_page()
    name = Line(most=120, allow_none=True, metadata={"description": "a guest's name"})
    email = Line(
        most=254, allow_none=True, metadata={"description": "a guest's email address; not public"}
    )
    mentions = some_mentions()
    form = Line(
        most=100,
        metadata={
            "description": "the value of `form` from `/me`. It records when the comment form was opened"
        },
    )
    website = Line(most=1000, metadata={"description": "leave it out. Only scripts fill it in"})
    effort = Line(
        most=200,
        metadata={"description": "the answer to the `challenge` of the error `effort_needed`"},
    )


class EditedComment(Strict):
    text = Line(most=MOST_TEXT, required=True)
    mentions = some_mentions()


class Draft(Strict):
    site = a_key(required=True)
    text = Line(most=MOST_TEXT, required=True)
    locale = Line(most=35)
    href = Line(
        most=4000,
        metadata={"description": "the article's address, because a section can have its own rules"},
    )
    tags = of_a_page()


class Checked(Draft):
    comment_id = Line(
        most=40, metadata={"description": "your comment whose text this would replace"}
    )


class NewReaction(Strict):
    kind = a_choice([*NAMED_REACTIONS, "dislike"], required=True)


class NewPageReaction(Strict):
    site = a_key(required=True)
    href = an_href(required=True)
    kind = a_choice(NAMED_REACTIONS, required=True)
    title = Line(most=1000, allow_none=True, metadata={"description": "the article's title"})
    tags = of_a_page()


class NewFlag(Strict):
    reason = a_choice([each.code for each in READERS], required=True)
    note = Line(most=2000, allow_none=True)


class NewDecision(Strict):
    action = a_choice(ACTIONS, required=True)
    reason = Line(
        most=40,
        allow_none=True,
        metadata={
            "description": "required for rejections: "
            + ", ".join(each.code for each in PEOPLE)
            + ", or the code of one of the site's custom reasons"
        },
    )
    note = Line(most=2000, allow_none=True, metadata={"description": "for moderators"})
    message = Line(most=2000, allow_none=True, metadata={"description": "for the author"})
    seen_version = Whole(
        strict=True,
        required=True,
        validate=between(0, 2**31 - 1),
        metadata={"description": "the `version` of the card you saw"},
    )


class ThreadChange(Strict):
    closed = YesNo()
    closes_at = fields.AwareDateTime(
        allow_none=True,
        default_timezone=UTC,
        metadata={"description": "when the conversation closes; null to follow the policy"},
    )
    tags = fields.List(Line(most=50, least=1), validate=length(0, 10))


class VerifierIn(Strict):
    verifier = Line(most=200, least=32, required=True)
    site = a_key(required=True)


class RefreshIn(Strict):
    refresh_token = Line(most=200, least=1, required=True)


class SignOutIn(Strict):
    refresh_token = Line(most=200, allow_none=True)


class SiteTokenIn(Strict):
    token = Line(most=8000, least=1, required=True)
    site = a_key(required=True)
    refresh_token = Line(
        most=200,
        allow_none=True,
        metadata={
            "description": "from an earlier sign-in by the same person, which this one continues"
        },
    )


class SectionQuery(Strict):
    section = Line(
        most=40, metadata={"description": "a section's code; without it, the whole site"}
    )


class SectionIn(Strict):
    name = Line(most=80, least=1, required=True)
    patterns = fields.List(Line(most=300, least=1), validate=length(0, 50))
    tags = fields.List(Line(most=50, least=1), validate=length(0, 50))


class PolicyIn(Strict):
    policy = fields.Dict(keys=fields.String(), required=True)
