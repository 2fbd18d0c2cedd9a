"""Scripts that post as guests make an effort first; ordinary readers and members never do."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.posting.bots import effort
from commentsvc.posting.bots.effort import form_token
from commentsvc.posting.bots.models import SpentEffort
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment
from tests.conftest import WIDE, empty_the_database
from tests.people import make_cast
from tests.web.asking import HOST, HREF, api_key, bearer, body, browser, guest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

SECOND = timedelta(seconds=1)
ADVERTISEMENT = "Buy cheap watches http://a.example http://b.example http://c.example"


@pytest.fixture(autouse=True)
def still(cast: Cast) -> Iterator[None]:
    """Time passes when a test says so."""
    sites.set_policy(cast.site, {"slow_seconds": 0, "hold_repeats": False}, by=cast.olga)
    with clock.frozen(clock.now()):
        yield


def post(
    app: Flask, *, address: str = "192.0.2.7", boxed: bool = True, **sent: Any
) -> TestResponse:
    """A comment as the box sends it, or a script that does the same."""
    headers = sent.pop("headers", {}) | ({"Origin": HOST} if boxed else {})
    return browser(app).post(
        "/api/v1/comments",
        json=body(**sent),
        headers=headers,
        environ_overrides={"REMOTE_ADDR": address},
    )


def solved(asked: TestResponse) -> str:
    """What a browser answers."""
    assert asked.status_code == 403 and asked.json, asked.text
    assert asked.json["code"] == "effort_needed"
    found = asked.json["challenge"]
    for number in range(found["most"] + 1):
        if hashlib.sha256(f"{found['salt']}{number}".encode()).hexdigest() == found["hash"]:
            return f"{found['token']}.{number}"
    raise AssertionError("there is no such number")


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.engines
def test_it_works(app: Flask) -> None:
    answer = solved(post(app))
    assert count(Comment) == 0
    clock.move(SECOND)
    made = post(app, effort=answer)
    assert made.status_code == 201 and made.json and made.json["status"] == "published"
    assert count(SpentEffort) == 1
    # once, for one comment
    assert post(app, effort=answer).status_code == 403
    clock.move(timedelta(minutes=21))
    effort.forget_efforts()
    assert count(SpentEffort) == 0 and post(app, effort=answer).status_code == 403


def test_an_ordinary_reader_never_sees_it(app: Flask) -> None:
    me = browser(app).get("/api/v1/me?site=harbour").json
    assert me
    clock.move(SECOND)
    made = post(app, form=me["form"])
    assert made.status_code == 201 and made.json
    token = guest(made.json["edit_token"])
    clock.move(timedelta(hours=3))
    assert post(app, form=me["form"], headers=token, text="Again.").status_code == 201
    assert count(SpentEffort) == 0


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"form": "0.x"},
        {"form": "x"},
        {"form": "9" * 90},
        {"website": "https://a.example"},
        {"text": ADVERTISEMENT},
        {"text": ADVERTISEMENT, "boxed": False},
        {"website": "x", "boxed": False},
    ],
    ids=repr,
)
def test_what_is_suspicious(app: Flask, sent: dict[str, Any]) -> None:
    good = form_token("harbour")
    clock.move(SECOND)
    given = {"form": good} if sent.keys() - {"form"} else {}
    sent = {**given, **sent}
    answer = solved(post(app, **sent))
    assert count(Comment) == 0
    clock.move(SECOND)
    made = post(app, **sent, effort=answer)
    assert made.status_code == 201 and made.json
    # an effort is no approval: the rules say what they always say
    held = "text" in sent
    assert made.json["status"] == ("pending" if held else "published")


def test_forms_that_are_too_fresh_too_old_or_of_another_site(app: Flask) -> None:
    fresh, other = form_token("harbour"), form_token("mountain")
    clock.move(timedelta(milliseconds=900))
    assert post(app, form=fresh).status_code == 403
    clock.move(SECOND)
    assert post(app, form=other).status_code == 403
    assert post(app, form=fresh).status_code == 201
    clock.move(timedelta(days=8))
    assert post(app, form=fresh).status_code == 403
    clock.move(timedelta(days=-9))
    assert post(app, form=fresh).status_code == 403  # of the future


def test_an_effort_is_for_one_comment_and_a_while(app: Flask, cast: Cast) -> None:
    sites.set_origins(cast.other, ["https://news.example.org"])
    answer = solved(post(app))
    assert post(app, effort=answer).status_code == 403  # faster than anybody waits
    clock.move(SECOND)
    others: list[dict[str, Any]] = [
        {"text": "Another text."},
        {"href": f"{HREF}/other"},
        {"site": "mountain"},
        {"address": "198.51.100.9"},
    ]
    for other in others:
        assert post(app, effort=answer, **other).status_code == 403, other
    token, _, number = answer.rpartition(".")
    salt, _, mark = token.partition(".")
    forged = (
        f"{token}.{int(number) + 1}",
        f"{token}.",
        f"{token}.٣",
        f"{salt}.{mark[:-1]}{'1' if mark.endswith('0') else '0'}.{number}",
        f"1{salt}.{mark}.{number}",
        "..",
        "x",
    )
    for each in forged:
        assert post(app, effort=each).status_code == 403, each
    clock.move(timedelta(seconds=effort.VALID_SECONDS))
    assert post(app, effort=answer).status_code == 403
    assert count(Comment) == 0 and count(SpentEffort) == 0


def test_a_repeated_request_gets_its_answer(app: Flask) -> None:
    key = {"Idempotency-Key": "one"}
    answer = solved(post(app, headers=key))
    clock.move(SECOND)
    first = post(app, headers=key, effort=answer)
    again = post(app, headers=key, effort=answer)
    assert first.json and again.json and first.json["id"] == again.json["id"]
    assert "Idempotent-Replayed" in again.headers and count(Comment) == 1


def test_members_and_keys_are_never_asked(app: Flask, cast: Cast) -> None:
    for headers in (bearer(cast.rita, cast.site), api_key(cast.rita, "write", site=cast.site)):
        made = post(app, headers=headers, website="x", text=ADVERTISEMENT, name=None)
        assert made.status_code == 201, made.text
    assert count(SpentEffort) == 0


def test_a_busy_network(make_app: Callable[..., Flask]) -> None:
    app = make_app(limits=WIDE.replace("guest_posts=off", "guest_posts=3/minute"))
    with app.app_context():
        empty_the_database()
        cast = make_cast()
        sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
        form = form_token("harbour")
        clock.move(SECOND)

        def found(**more: Any) -> int:
            return post(app, boxed=False, form=form, **more).status_code

        assert [found(text=f"Number {n}.") for n in range(5)] == [201, 201, 201, 403, 403]
        assert found(text="From elsewhere.", address="198.51.100.9") == 201
        headers = bearer(cast.rita, cast.site)
        assert found(text="A member.", headers=headers, name=None) == 201


@pytest.mark.parametrize("many", [60, pytest.param(10_000, marks=pytest.mark.drill)])
def test_scripts_publish_nothing_unsolved(app: Flask, many: int) -> None:
    """Scripts that do what the box does, each with a trick, from many networks."""
    stolen = solved(post(app, text="Somebody else's."))
    old = form_token("mountain")
    clock.move(SECOND)
    tricks: list[Callable[[int], dict[str, Any]]] = [
        lambda n: {"text": f"No form, {n}."},
        lambda n: {"text": f"At once, {n}.", "form": form_token("harbour")},
        lambda n: {"text": f"A form of another site, {n}.", "form": old},
        lambda n: {"text": f"Forged, {n}.", "form": f"{n}.{'0' * 43}"},
        lambda n: {"text": f"Everything filled in, {n}.", "website": f"https://{n}.example"},
        lambda n: {"text": f"A stolen effort, {n}.", "effort": stolen},
        lambda n: {"text": f"{ADVERTISEMENT} {n}", "boxed": False},
    ]
    found = [
        post(app, address=f"10.{n // 250 % 250}.{n % 250}.7", **trick(n)).status_code
        for n, trick in zip(range(many), cycle(tricks), strict=False)
    ]
    assert set(found) == {403}
    assert count(Comment) == 0
