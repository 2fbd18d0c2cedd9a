"""Objecting to a decision over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from tests.factories import post
from tests.web.asking import bearer, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast


def rejected(cast: Cast) -> Comment:
    """Rejected by mona, so long ago that its author may know."""
    comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    return comment


def test_it_works(app: Flask, cast: Cast) -> None:
    comment = rejected(cast)
    address, headers = f"/api/v1/comments/{comment.public_id}/appeal", bearer(cast.rita, cast.site)
    answer = browser(app).post(address, json={"text": "It was on topic."}, headers=headers)
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["comment_id"], answer.json["outcome"]) == (comment.public_id, None)
    again = browser(app).post(address, json={"text": "Please!"}, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_appeal")


def test_a_guest_objects_with_the_edit_token(app: Flask, cast: Cast) -> None:
    posted = post(cast.site, "Quite harmless.")
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(posted.comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    answer = browser(app).post(
        f"/api/v1/comments/{posted.comment.public_id}/appeal",
        json={"text": "Why?"},
        headers=guest(posted.edit_token or ""),
    )
    assert answer.status_code == 201


def test_nobody_else_even_learns_of_it(app: Flask, cast: Cast) -> None:
    address = f"/api/v1/comments/{rejected(cast).public_id}/appeal"
    stranger = bearer(cast.max, cast.site)
    assert browser(app).post(address, json={"text": "x"}, headers=stranger).status_code == 404
    assert browser(app).post(address, json={"text": "x"}).status_code == 401
    author = bearer(cast.rita, cast.site)
    assert browser(app).post(address, json={"text": ""}, headers=author).status_code == 422
