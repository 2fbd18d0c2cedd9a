"""Texts that are no comments and too long or too short: each is called by its name, at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.moderation.cases import appeals, notices, sanction_appeals
from tests.factories import post
from tests.moderation.cases.test_notice import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

LONG = "a" * 6000
GIVEN: dict[str, tuple[Callable[[Cast, str], object], str, str]] = {
    "appeal": (lambda cast, text: appeals.appeal("any", text, by=cast.rita), "text", "An appeal "),
    "sanction": (
        lambda cast, text: sanction_appeals.appeal(cast.site, text, by=cast.rita),
        "text",
        "An appeal ",
    ),
    "answer": (lambda _, text: appeals.answer_to("upheld", text), "answer", "An answer "),
    "law": (
        lambda _, text: notices.give_notice("any", **{**GOOD, "law": text}),
        "law",
        "The name of a law ",
    ),
    "explanation": (
        lambda _, text: notices.give_notice("any", **{**GOOD, "explanation": text}),
        "explanation",
        "An explanation ",
    ),
    "ground": (
        lambda cast, text: notices.decide_notice("any", outcome="void", ground=text, by=cast.mona),
        "ground",
        "A legal ground ",
    ),
    "note": (
        lambda cast, text: notices.take_up(
            notices.give_notice(post(cast.site).comment.public_id, **GOOD).receipt,
            by=cast.mona,
            note=text,
        ),
        "note",
        "A note ",
    ),
}


@pytest.mark.parametrize("kind", GIVEN)
def test_it_works(cast: Cast, kind: str) -> None:
    give, field, name = GIVEN[kind]
    with pytest.raises(Invalid) as refused:
        give(cast, LONG)
    assert (refused.value.code, refused.value.field) == ("too_long", field)
    assert refused.value.detail.startswith(name) and "comment" not in refused.value.detail


@pytest.mark.parametrize(("kind", "least"), [("explanation", 20), ("ground", 3)])
def test_too_short(cast: Cast, kind: str, least: int) -> None:
    give, field, name = GIVEN[kind]
    with pytest.raises(Invalid) as refused:
        give(cast, "ab")
    assert (refused.value.code, refused.value.field) == ("too_short", field)
    assert refused.value.detail == f"{name}must have at least {least} characters."
    with pytest.raises(Invalid) as refused:
        give(cast, " ")
    assert (refused.value.code, refused.value.field) == ("empty", field)


def test_a_comment_is_still_called_one(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        post(cast.site, LONG)
    assert (refused.value.field, refused.value.key) == ("text", "too_long.text")
