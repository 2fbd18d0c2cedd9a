"""Shapes of an author's responses to moderators."""

from __future__ import annotations

from ...moderation.cases.appeals import MOST_WORDS, OUTCOMES
from .fields import Line, Moment, Strict, a_choice, an_id


class NewAppeal(Strict):
    text = Line(
        most=MOST_WORDS,
        least=1,
        required=True,
        metadata={"description": "why the decision is wrong"},
    )


class NewSanctionAppeal(NewAppeal):
    site = Line(most=40, required=True, metadata={"description": "the site's key"})


class Appeal(Strict):
    id = an_id(required=True)
    comment_id = an_id(required=True)
    text = Line(most=MOST_WORDS, required=True)
    created_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    outcome = a_choice(OUTCOMES, required=True, allow_none=True)
    answer = Line(most=MOST_WORDS, required=True, allow_none=True)
