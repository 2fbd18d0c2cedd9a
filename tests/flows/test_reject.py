"""A comment is rejected: seen in the queue, decided, undone, decided; its author hears, appeals, is heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.notifications.mail import mailer
from tests.web.asking import HOST, HREF, bearer, body, browser, settle, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

TEXT = "You idiot, the ferry is always late."
SHOWN = "the ferry is always late"  # where no word is marked
Work = Callable[[], int]


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


class Author:
    """rita in the frame."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.client, self.headers = browser(app), bearer(cast.rita, cast.site)

    def write(self) -> str:
        made = self.client.post("/api/v1/comments", json=body(text=TEXT), headers=self.headers)
        assert made.status_code == 201 and made.json["status"] == "pending" and made.json["reasons"]
        self.thread = made.json["thread_id"]
        return str(made.json["id"])

    def own(self) -> dict[str, Any]:
        """What the frame is told of her one comment."""
        query = {"site": "harbour", "thread": self.thread}
        told = self.client.get("/api/v1/me", query_string=query, headers=self.headers).json
        (own,) = told["own"]
        return dict(own)

    def appeal(self, comment: str) -> int:
        path = f"/api/v1/comments/{comment}/appeal"
        return self.client.post(path, json={"text": "Why?"}, headers=self.headers).status_code


class Staff:
    """Somebody at the dashboard, by plain forms."""

    def __init__(self, app: Flask, user: Any) -> None:
        self.client, self.token = signed_in(app, user)

    def page(self, path: str) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)

    def send(self, path: str, **fields: str) -> None:
        headers = {"Accept": "text/html", "Origin": HOST}
        data = {"csrf_token": self.token, **fields}
        assert self.client.post(path, data=data, headers=headers).status_code == 303

    def reject(self, comment: str) -> None:
        page = self.page(f"/dashboard/comments/{comment}")
        seen = re.search(r'name="seen_version" value="(\d+)"', page)
        assert seen is not None
        fields = {"action": "reject", "reason": "abusive", "seen_version": seen[1]}
        self.send(f"/dashboard/comments/{comment}/decisions", **fields)

    def undo(self) -> None:
        undo = re.search(r'action="(/dashboard/decisions/\w+/undo)"', self.page("/dashboard/"))
        assert undo is not None
        self.send(undo[1])


def public(app: Flask) -> bool:
    settle()
    query = {"site": "harbour", "href": HREF}
    return SHOWN in browser(app).get("/embed/thread", query_string=query).text


def test_it_works(app: Flask, cast: Cast, work: Work) -> None:
    author, mona, olga = Author(app, cast), Staff(app, cast.mona), Staff(app, cast.olga)
    comment = author.write()
    assert SHOWN in mona.page("/dashboard/") and not public(app)

    mona.reject(comment)
    assert SHOWN not in mona.page("/dashboard/") and SHOWN in mona.page(
        "/dashboard/?queue=rejected"
    )
    work()
    assert author.own()["status"] == "pending"  # it could still be undone: nobody is told
    assert author.appeal(comment) == 409

    clock.move(timedelta(seconds=31))
    work()
    own = author.own()
    assert own["status"] == "rejected" and own["reasons"]
    assert author.appeal(comment) == 201 and author.appeal(comment) == 409

    # whoever decided does not hear it
    appeal = re.compile(r'action="(/dashboard/appeals/\w+)"')
    assert appeal.search(mona.page("/dashboard/appeals")) is None
    path = appeal.search(olga.page("/dashboard/appeals"))
    assert path is not None
    olga.send(path[1], outcome="overturned", answer="You are right.")
    work()
    assert author.own()["status"] == "published" and public(app)
    log = olga.page("/dashboard/log")
    assert log.count(comment) >= 2 and "Mona" in log and "Olga" in log


def test_an_undone_decision_is_told_to_nobody(app: Flask, cast: Cast, work: Work) -> None:
    author, mona = Author(app, cast), Staff(app, cast.mona)
    comment = author.write()
    mona.reject(comment)
    mona.undo()
    assert SHOWN in mona.page("/dashboard/")
    clock.move(timedelta(minutes=5))
    work()
    assert author.own()["status"] == "pending" and author.appeal(comment) == 409
    told = {mail.to for mail in mailer.of(app).sent}  # type: ignore[attr-defined]
    assert "rita@example.org" not in told


def test_nobody_else_gets_near_it(app: Flask, cast: Cast) -> None:
    author = Author(app, cast)
    comment = author.write()
    for user in (cast.rita, cast.max, cast.bo):
        staff = Staff(app, user)
        answer = staff.client.get(f"/dashboard/comments/{comment}", headers={"Accept": "text/html"})
        assert answer.status_code in (403, 404) and SHOWN not in answer.text
        staff.client.post(
            f"/dashboard/comments/{comment}/decisions",
            data={"csrf_token": staff.token, "action": "approve", "seen_version": "1"},
            headers={"Origin": HOST},
        )
    assert not public(app) and author.own()["status"] == "pending"
