"""One key, one comment: however often a request is repeated, and however many of them come at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from commentsvc.accounts.models import Credential, User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.posting.commands import NewComment, Posted, SameKeyOtherBody, TooFast, submit
from commentsvc.posting.jobs import KEPT_HOURS, forget_keys
from commentsvc.posting.models import Idempotency
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import by_key
from commentsvc.threads.models import Comment, Revision
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines

TEXTS = ("The ferry was late.", "The bridge was closed.")


def count(model: type[object]) -> int:
    db.session.rollback()  # a look of before would not see what others wrote
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class Senders:
    """Requests that are sent at once, each by a thread of its own; what each was answered."""

    def __init__(self, app: Flask, key: str) -> None:
        self.app, self.site = app, key
        self.answers: list[tuple[str, int, Posted | Exception]] = []

    def send(self, requests: list[tuple[str, int]]) -> None:
        gate = threading.Barrier(len(requests))
        threads = [
            threading.Thread(target=self._post, args=(key, said, gate)) for key, said in requests
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)

    def _post(self, key: str, said: int, gate: threading.Barrier) -> None:
        with self.app.app_context():
            site = by_key(self.site)
            gate.wait(30)
            try:
                answer: Posted | Exception = submit(
                    NewComment(
                        site=site,
                        href=HREF,
                        text=TEXTS[said],
                        name="Ann",
                        idempotency_key=key,
                        network="net-1",
                    )
                )
            except Exception as error:
                answer = error
            self.answers.append((key, said, answer))


def test_it_works(cast: Cast, app: Flask) -> None:
    senders = Senders(app, cast.site.key)
    senders.send([("k", 0)] * 4)
    posted = [answer for _, _, answer in senders.answers if isinstance(answer, Posted)]
    assert len(posted) == 4 and sum(not each.replayed for each in posted) == 1
    assert len({(each.comment.public_id, each.edit_token) for each in posted}) == 1
    assert [count(each) for each in (Comment, Revision, Idempotency)] == [1, 1, 1]


@settings(max_examples=12)
@given(
    requests=some.lists(
        some.tuples(some.sampled_from("ab"), some.sampled_from((0, 1))), min_size=2, max_size=5
    )
)
def test_any_requests_at_once(cast: Cast, app: Flask, requests: list[tuple[str, int]]) -> None:
    """Each key has one comment, of one of its requests; those that say the same are answered with it, and
    the others are refused."""
    senders, before = Senders(app, cast.site.key), count(Comment)
    named = [(f"{key}{before}", said) for key, said in requests]  # not those of an earlier example
    senders.send(named)
    assert len(senders.answers) == len(named)
    for key in {key for key, _ in named}:
        of_key = [(said, answer) for name, said, answer in senders.answers if name == key]
        first = [
            (said, answer.comment.public_id)
            for said, answer in of_key
            if isinstance(answer, Posted) and not answer.replayed
        ]
        assert len(first) == 1
        for said, answer in of_key:
            if said == first[0][0]:
                assert isinstance(answer, Posted) and answer.comment.public_id == first[0][1]
            else:
                assert isinstance(answer, SameKeyOtherBody)
    assert count(Comment) == before + len({key for key, _ in named})


def test_a_request_that_was_refused_may_be_sent_again(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 3}, by=cast.olga)
    with clock.frozen(clock.now()):
        first = post(cast.site, user=cast.rita, text="First.", key="k-1")
        with pytest.raises(TooFast):
            post(cast.site, user=cast.rita, text="Second.", key="k-2")
        assert count(Idempotency) == 1
        # a repeated one is answered, also where a new one would be refused
        assert post(cast.site, user=cast.rita, text="First.", key="k-1").replayed
        clock.move(timedelta(seconds=3))
        second = post(cast.site, user=cast.rita, text="Second.", key="k-2")
    assert not second.replayed and second.comment.id != first.comment.id


def test_a_clock_set_back_lets_people_write(cast: Cast) -> None:
    """They would be told to wait for seconds, for an hour."""
    sites.set_policy(cast.site, {"slow_seconds": 3}, by=cast.olga)
    with clock.frozen(clock.now()):
        post(cast.site, user=cast.rita, text="First.")
        clock.move(-timedelta(seconds=1))
        with pytest.raises(TooFast):
            post(cast.site, user=cast.rita, text="Second.")
        clock.move(-timedelta(hours=1))
        post(cast.site, user=cast.rita, text="Third.")


def test_a_key_of_days_ago_stands_for_a_new_comment(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        first = post(cast.site, "The ferry was late.", key="k-1")
        clock.move(timedelta(hours=KEPT_HOURS, seconds=1))
        forget_keys()
        second = post(cast.site, "The ferry was late.", key="k-1")
        again = post(cast.site, "The ferry was late.", key="k-1")
    assert not second.replayed and second.comment.id != first.comment.id
    assert second.edit_token and second.edit_token != first.edit_token
    assert again.replayed and again.edit_token == second.edit_token


def test_a_repeated_request_makes_nobody(cast: Cast) -> None:
    post(cast.site, "Only once.", key="k-1")
    made = [count(each) for each in (User, Credential)]
    assert post(cast.site, "Only once.", key="k-1").replayed
    assert [count(each) for each in (User, Credential)] == made
