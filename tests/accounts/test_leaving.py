"""Leaving, with a day to change one's mind: signed out at once, back by the link, gone after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import entering, proofs
from commentsvc.accounts.commands import by_email, register
from commentsvc.accounts.joining import Window
from commentsvc.accounts.leaving import stay
from commentsvc.accounts.models import StaffAct
from commentsvc.accounts.providers import of_settings
from commentsvc.accounts.providers.people import connect, known
from commentsvc.accounts.ways.password import authenticate
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, NotAllowed
from commentsvc.notifications.following.mentions import mentioned_in
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.notifications.signed import read_stay
from commentsvc.posting.commands import NewComment, submit
from commentsvc.posting.leaving import ask_to_leave, leave
from commentsvc.sites.commands import set_role
from commentsvc.threads.commands import comment_by_public_id, find_thread
from commentsvc.threads.people import people_of
from commentsvc.threads.revisions import written_by
from commentsvc.threads.text import Mention
from commentsvc.web import asks, sessions
from tests.factories import HREF, post
from tests.people import PASSWORD
from tests.web.asking import api_key, bearer, browser, csrf_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

NOON = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[None]:
    """The clock stands still, and emails reach people."""
    mailer.of(app).reaches_people = True
    with clock.frozen(NOON):
        yield
    mailer.of(app).reaches_people = False


def link_of(app: Flask) -> str:
    """The token of the link in the only email."""
    sent: MemoryMailer = mailer.of(app)  # type: ignore[assignment]
    (mail,) = sent.sent
    assert mail.to == "rita@example.org" and "will be deleted" in mail.subject
    return mail.body.partition("/account/letters/stay?token=")[2].split()[0]


@pytest.mark.engines
def test_nobody_mentions_or_looks_up_who_is_leaving(
    app: Flask, cast: Cast, work: Callable[[], int]
) -> None:
    post(cast.site, "I took the tram.", user=cast.rita)
    rita = Mention(cast.rita.public_id, "Rita")
    thanks = NewComment(
        site=cast.site, href=HREF, text="Thanks @Rita", user=cast.max, mentions=(rita,), network="n"
    )
    said = submit(thanks).comment
    thread = find_thread(cast.site, HREF)
    assert thread is not None

    def seen() -> tuple[list[str], list[str], int, int]:
        db.session.expire_all()
        listed = sorted(each.name for each in people_of(thread, but=None))
        heard = [each.name for each in mentioned_in(said)]
        fresh = written_by(cast.max, "Ahoy @Rita", [rita], thread).mentions
        card = browser(app).get(f"/api/v1/people/{cast.rita.public_id}?site=harbour")
        return listed, heard, len(fresh), card.status_code

    assert seen() == (["Max", "Rita"], ["Rita"], 1, 200)
    ask_to_leave(cast.rita)
    work()
    assert seen() == (["Max"], [], 0, 404)
    stay(cast.rita)
    assert seen() == (["Max", "Rita"], ["Rita"], 1, 200)


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    mine = post(cast.site, "I took the tram.", user=cast.rita).comment
    token = bearer(cast.rita, cast.site)
    ask_to_leave(cast.rita, withdraw_comments=True)
    work()
    sent = {"site": "harbour", "href": HREF, "text": "One more."}
    assert browser(app).post("/api/v1/comments", json=sent, headers=token).status_code == 401
    with pytest.raises(NotAllowed, match="about to be deleted"):
        authenticate("rita@example.org", PASSWORD)
    clock.move(timedelta(hours=23, minutes=59))
    work()
    assert by_email("rita@example.org") is not None
    assert comment_by_public_id(mine.public_id).status == "published"
    clock.move(timedelta(minutes=2))
    work()
    assert by_email("rita@example.org") is None
    assert comment_by_public_id(mine.public_id).status == "withdrawn"
    with pytest.raises(NotAllowed):
        read_stay(link_of(app))


def test_the_link_keeps_the_account(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    key = api_key(cast.rita, "read")
    client, csrf = signed_in(app, cast.rita)
    page = client.get("/account/").text
    assert "gives you 24 hours" in page and "Delete now" in page
    asked = {"csrf_token": csrf, "password": PASSWORD}
    assert client.post("/account/delete", data=asked).status_code == 303
    assert client.get("/account/").status_code == 303  # signed out
    assert browser(app).get("/api/v1/me?site=harbour", headers=key).status_code == 401
    work()
    token = link_of(app)
    fresh = browser(app)
    page = fresh.get(f"/account/letters/stay?token={token}").text
    assert "Keep my account" in page
    sent = {"csrf_token": csrf_of(page), "token": token}
    assert fresh.post("/account/letters/stay", data=sent).status_code == 303
    assert authenticate("rita@example.org", PASSWORD).id == cast.rita.id
    assert browser(app).get("/api/v1/me?site=harbour", headers=key).status_code == 200
    assert client.get("/account/").status_code == 303  # other devices stay signed out
    assert fresh.get(f"/account/letters/stay?token={token}").status_code == 410
    clock.move(timedelta(days=2))
    work()
    assert by_email("rita@example.org") is not None


def test_now_is_now(app: Flask, cast: Cast) -> None:
    client, csrf = signed_in(app, cast.rita)
    asked = {"csrf_token": csrf, "password": PASSWORD, "now": "1"}
    assert client.post("/account/delete", data=asked).status_code == 303
    assert by_email("rita@example.org") is None


def test_where_no_email_would_arrive_it_is_now(app: Flask, cast: Cast) -> None:
    mailer.of(app).reaches_people = False
    client, csrf = signed_in(app, cast.rita)
    assert "24 hours" not in client.get("/account/").text
    client.post("/account/delete", data={"csrf_token": csrf, "password": PASSWORD})
    assert by_email("rita@example.org") is None


def test_an_older_request_does_nothing(cast: Cast, work: Callable[[], int]) -> None:
    ask_to_leave(cast.rita)
    stay(cast.rita)
    clock.move(timedelta(hours=12))
    ask_to_leave(cast.rita)
    clock.move(timedelta(hours=12, minutes=1))
    work()  # the first day is over
    assert by_email("rita@example.org") is not None
    clock.move(timedelta(hours=12))
    work()
    assert by_email("rita@example.org") is None


def test_no_site_is_left_without_an_owner(cast: Cast) -> None:
    with pytest.raises(Conflict):
        ask_to_leave(cast.olga)
    set_role(cast.site, cast.mona, "owner", by=cast.olga)
    ask_to_leave(cast.mona)
    with pytest.raises(Conflict):  # the other one is about to go
        leave(cast.olga)
    db.session.rollback()


def test_nothing_is_issued_to_who_leaves(cast: Cast) -> None:
    ask_to_leave(cast.rita)
    made = proofs.issue("access", user=cast.rita, site_id=cast.site.id)
    assert proofs.find("access", made) is None


def test_no_other_way_leads_back_in_either(app: Flask, cast: Cast) -> None:
    google = of_settings('[{"provider": "google", "client_id": "c", "client_secret": "s"}]')[
        "google"
    ]
    connect(cast.rita, google, "17")
    secret = proofs.issue(
        "sign_in",
        ttl=timedelta(minutes=15),
        grants={"email": "rita@example.org", "locale": "en", "nonce": ""},
    )
    ask_to_leave(cast.rita, withdraw_comments=False)
    with pytest.raises(NotAllowed, match="about to be deleted"):
        known(google, "17")
    with pytest.raises(NotAllowed, match="about to be deleted"):
        entering.by_link(secret, "")
    stay(cast.rita)
    assert known(google, "17") == cast.rita
    assert entering.by_link(secret, "") == cast.rita


def test_no_session_begins_for_who_leaves(app: Flask, cast: Cast) -> None:
    """Whatever way has led there, and without a trace in the log."""
    ask_to_leave(cast.mona)
    before = _acts()
    with app.test_request_context():
        for begin in (sessions.sign_in, sessions.begin):
            with pytest.raises(NotAllowed, match="about to be deleted"):
                begin(cast.mona)
        with pytest.raises(NotAllowed, match="about to be deleted"):
            asks.hand_over(cast.mona, site_id=cast.site.id, nonce="ab" * 16)
    assert _acts() == before


def test_no_code_is_sent_to_who_leaves(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    ask_to_leave(cast.rita)
    work()
    link_of(app)
    entering.ask("rita@example.org", Window(None), locale="en")
    work()
    link_of(app)  # still the only email


def test_the_link_is_good_for_a_day_whatever_the_job_does(
    app: Flask, cast: Cast, work: Callable[[], int]
) -> None:
    ask_to_leave(cast.rita)
    work()
    token = link_of(app)
    clock.move(timedelta(hours=24))  # nothing has run since
    with pytest.raises(NotAllowed):
        read_stay(token)
    assert cast.rita.leaving_at is not None


@pytest.mark.engines
def test_the_last_administrator_stays(cast: Cast) -> None:
    for go in (ask_to_leave, leave):
        with pytest.raises(Conflict, match="administrator"):
            go(cast.ada)
    second = register(email="two@example.org", password=PASSWORD, name="Two", is_admin=True)
    ask_to_leave(second)
    with pytest.raises(Conflict):  # the other one is about to go
        ask_to_leave(cast.ada)
    stay(second)
    ask_to_leave(cast.ada)


def _acts() -> int:
    return db.session.scalar(select(func.count(StaffAct.id))) or 0
