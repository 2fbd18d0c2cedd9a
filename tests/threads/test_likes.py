"""Likes are counted right, whoever likes or takes a like back in the same moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.models import User
from commentsvc.core.db import db, is_sqlite
from commentsvc.sites.queries import by_id
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast


@pytest.mark.engines
@pytest.mark.parametrize("meanwhile", ["taken back", "answered"])
def test_what_others_do_in_the_same_moment_is_counted(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    comment = post(cast.site, user=cast.max).comment
    likes.like(comment, cast.rita)

    def do_it() -> None:
        with app.app_context():
            again = threads.comment_by_public_id(public_id)
            if meanwhile == "taken back":
                likes.unlike(again, db.session.get_one(User, rita))
            else:
                post(by_id(site), parent=public_id)
            db.session.remove()

    public_id, rita, site = comment.public_id, cast.rita.id, cast.site.id
    other = threading.Thread(target=do_it)
    really: Callable[[int], None] = likes.touch

    def late(thread_id: int) -> None:
        if threading.current_thread() is not other and other.ident is None:
            other.start()
            if not is_sqlite():  # where the other one has to wait for this one
                other.join()
        really(thread_id)

    monkeypatch.setattr(likes, "touch", late)
    likes.like(comment, cast.mona)
    other.join()
    db.session.expire_all()
    liked, replies = (1, 0) if meanwhile == "taken back" else (2, 1)
    assert (comment.like_count, comment.reply_count) == (liked, replies)
    assert comment.rank == 2 * liked + replies
