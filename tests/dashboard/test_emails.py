"""Which emails one gets: choices on the account page, and one click in the email (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import by_email, erase
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.locale import has
from commentsvc.moderation.cases.models import Notice, Sanction
from commentsvc.moderation.cases.notices import decide_notice, give_notice
from commentsvc.moderation.models import Appeal
from commentsvc.notifications import emails, signed, stopping
from commentsvc.notifications.choices import CHOICE, choose, chosen, rhythm, wants
from commentsvc.notifications.emails import accounts
from commentsvc.notifications.emails.sanctions import sanctioned
from commentsvc.notifications.mail import Mail, compose, mailer
from tests.dashboard.conftest import BASE, Staff
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from commentsvc.accounts.models import User
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def now(email: str) -> User:
    db.session.expire_all()
    user = by_email(email)
    assert user is not None
    return user


def link(user: User, choice: str) -> str:
    return stopping.stop_address(user.public_id, choice).removeprefix(BASE)


def one_click(client: FlaskClient, path: str) -> int:
    """What a mail program sends: no cookie, no token of ours, no page before it."""
    return client.post(path, data=ONE_CLICK, base_url=BASE).status_code


def test_it_works(cast: Cast, sign_in: SignIn) -> None:
    mona = sign_in("mona")
    page = mona.page("/account/")
    assert '<option value="daily" selected>' in page
    mona.post("/account/letters", queue="hourly", reply="on", flag="on")
    page = mona.page("/account/")
    assert "Your settings have been saved." in page and '<option value="hourly" selected>' in page
    kinds = {"reply": True, "mention": False, "decision": False, "flag": True}
    assert chosen(now("mona@example.org")) == kinds
    mona.post("/account/letters", queue="never")
    assert rhythm(now("mona@example.org")) == "never"
    assert not any(chosen(now("mona@example.org")).values())


def test_readers_are_not_asked_about_queues(sign_in: SignIn) -> None:
    rita = sign_in("rita")
    page = rita.page("/account/")
    assert 'name="queue"' not in page and 'name="reply"' in page


def test_a_rhythm_there_is_not(cast: Cast, sign_in: SignIn) -> None:
    mona = sign_in("mona")
    mona.post("/account/letters", queue="each second", reply="on")
    assert rhythm(now("mona@example.org")) == "daily"


def test_other_settings_stay(cast: Cast, sign_in: SignIn) -> None:
    cast.mona.settings = {"keys": {"approve": "g"}}
    db.session.commit()
    sign_in("mona").post("/account/letters", queue="now")
    assert now("mona@example.org").settings["keys"] == {"approve": "g"}


@pytest.mark.parametrize("choice", ["reply", "decision", "flag"])
def test_one_click_turns_off_that_kind_alone(
    app: Flask, cast: Cast, client: FlaskClient, choice: str
) -> None:
    before = chosen(cast.rita)
    assert one_click(client, link(cast.rita, choice)) == 200
    assert chosen(now("rita@example.org")) == {**before, choice: False}
    assert one_click(client, link(cast.rita, choice)) == 200  # twice is once
    assert chosen(now("mona@example.org")) == before  # nobody else's


def test_one_click_ends_what_waits(cast: Cast, client: FlaskClient) -> None:
    assert one_click(client, link(cast.mona, "queue")) == 200
    assert rhythm(now("mona@example.org")) == "never"
    assert not wants(now("mona@example.org"), "queue")


def test_looking_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    for _ in range(3):
        page = nobody.page(link(cast.rita, "reply"))
        nobody.client.head(link(cast.rita, "reply"), base_url=BASE)
    assert "Unsubscribe" in page and chosen(now("rita@example.org"))["reply"]
    answer = nobody.post(link(cast.rita, "reply"))
    assert answer.status_code == 200 and "You’re unsubscribed" in answer.text
    assert not chosen(now("rita@example.org"))["reply"]


def test_no_part_of_a_link_can_be_changed(cast: Cast, client: FlaskClient) -> None:
    token = signed.stop_token(cast.rita.public_id, "reply")
    who, choice, mark = token.split(".")
    decide = signed.decide_token(cast.rita, "bcdfghjkmnpqr", 1)
    for forged in (
        f"{cast.mona.public_id}.{choice}.{mark}",
        f"{who}.decision.{mark}",
        f"{who}.queue.{mark}",
        token[:-1],
        decide,
        "",
        "é",
    ):
        path = "/account/letters/off"
        answer = client.post(path, query_string={"token": forged}, data=ONE_CLICK, base_url=BASE)
        assert answer.status_code == 410, forged
        assert client.get(path, query_string={"token": forged}, base_url=BASE).status_code == 410
    for email in ("rita@example.org", "mona@example.org"):
        assert all(chosen(now(email)).values()) and rhythm(now(email)) == "daily"


def test_a_link_of_somebody_who_left(cast: Cast, client: FlaskClient) -> None:
    path = link(cast.rita, "reply")
    erase(cast.rita)
    assert one_click(client, path) == 410


def test_every_email_but_those_about_the_account_can_be_stopped(
    app: Flask, cast: Cast, sign_in: SignIn, work: Callable[[], int]
) -> None:
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    with clock.frozen(clock.now()) as _:
        parent = post(cast.site, "A calm thought.", user=cast.rita).comment
        post(cast.site, "An answer.", name="Ann", parent=parent.public_id)
        sign_in(None).post("/account/forgot", email="rita@example.org")
        work()
    by_subject = {each.subject: each for each in mailer.of(app).sent}  # type: ignore[attr-defined]
    reply = next(each for subject, each in by_subject.items() if "replied" in subject)
    reset = next(each for subject, each in by_subject.items() if "password" in subject)
    read = message_from_bytes(bytes(compose(reply, "a@example.org")), policy=default)
    assert read["List-Unsubscribe"] == f"<{reply.stop}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert reply.stop in reply.body
    assert f"List-Unsubscribe: <{reply.stop}>\r\n".encode() in bytes(
        compose(reply, "a@example.org")
    )  # as it is, in one piece
    assert "List-Unsubscribe" not in compose(reset, "a@example.org")


def test_each_email_is_stopped_by_its_own_choice(app: Flask, cast: Cast) -> None:
    about = emails.About("The Post", "Bridge", "A calm thought.", "https://news.example.org/a")
    made = {
        "reply": emails.reply(cast.rita, about, by="Ann"),
        "approved": emails.approved(cast.rita, about),
        "flag": emails.flag_answered(cast.rita, about, agreed=True),
        "appeal": emails.appeal_heard(cast.rita, about, Appeal(outcome="upheld")),
        "sanction": sanctioned(cast.rita, "The Post", Sanction(kind="warn")),
    }
    for kind, mail in made.items():
        who, choice = signed.read_stop(mail.stop.partition("token=")[2])
        assert (who, choice) == (cast.rita.public_id, CHOICE[kind]), kind
    for mail in (
        accounts.verify(cast.rita, link="x", valid=timedelta(hours=1)),
        accounts.reset(cast.rita, link="x", valid=timedelta(hours=1)),
        accounts.changed(cast.rita, forgot="x"),
        accounts.already(cast.rita, sign_in="x", forgot="y"),
    ):
        assert mail.stop == ""


def test_one_choice_leaves_the_others(cast: Cast) -> None:
    choose(cast.mona, emails={"reply": False}, queue="hourly")
    choose(cast.mona, queue="now")
    choose(cast.mona, emails={"flag": False})
    mona = now("mona@example.org")
    assert rhythm(mona) == "now"
    assert chosen(mona) == {"reply": False, "mention": True, "decision": True, "flag": False}


def test_without_tls_there_is_no_one_click() -> None:
    mail = Mail("a@example.org", "s", "b", stop="http://127.0.0.1:5000/account/letters/off?token=x")
    message = compose(mail, "b@example.org")
    assert "List-Unsubscribe" in message and "List-Unsubscribe-Post" not in message


def test_a_notice_loses_its_address(
    app: Flask, cast: Cast, client: FlaskClient, work: Callable[[], int]
) -> None:
    comment = post(cast.site, "A calm thought.").comment
    made = give_notice(
        comment.public_id,
        law="StGB 185",
        explanation="It insults somebody by name.",
        good_faith=True,
        name="Kim",
        email="kim@example.org",
    )
    work()
    (email,) = mailer.of(app).sent  # type: ignore[attr-defined]
    path = email.stop.removeprefix(BASE)
    assert "We’ll remove your address" in client.get(path, base_url=BASE).text
    assert one_click(client, path) == 200
    decide_notice(made.receipt, outcome="void", ground="It names no law.", by=cast.mona)
    work()
    assert len(mailer.of(app).sent) == 1  # type: ignore[attr-defined]
    assert db.session.scalars(select(Notice)).one().email is None


def test_every_kind_has_its_words() -> None:
    for choice in {*CHOICE.values(), stopping.NOTICE}:
        assert has(f"account.off.{choice}"), choice
