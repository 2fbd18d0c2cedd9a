"""A link in an email decides about one comment: by a button, by whom it was sent to, as they saw it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.commands import set_password
from commentsvc.accounts.factors import totp
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.moderation.models import Decision
from commentsvc.notifications import signed, waiting
from commentsvc.notifications.choices import choose
from commentsvc.notifications.mail import mailer
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import comment_by_public_id
from tests.dashboard.conftest import BASE, Staff
from tests.dashboard.test_second_step import code_of
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
PATH = "/account/letters/decide"


@pytest.fixture
def held(cast: Cast) -> Comment:
    return post(cast.site, "You idiot, by email.", name="Ann").comment


@pytest.fixture
def token(cast: Cast, held: Comment) -> str:
    return signed.decide_token(cast.mona, held.public_id, held.version)


@pytest.fixture
def phone(sign_in: SignIn) -> Staff:
    """A browser in which nobody is signed in."""
    return sign_in(None)


def status_of(comment: Comment) -> str:
    db.session.expire_all()
    return comment_by_public_id(comment.public_id).status


def test_a_missing_second_step_is_asked_for(
    cast: Cast, held: Comment, token: str, phone: Staff
) -> None:
    sites.set_policy(cast.site, {"second_factor": True}, by=cast.olga)
    for answer in (
        phone.get(f"{PATH}?token={token}"),
        phone.post(PATH, token=token, action="approve"),
    ):
        assert answer.status_code == 403
        assert "requires a second step for staff" in answer.text
        assert 'href="/account/security"' in answer.text
        assert "You idiot, by email." not in answer.text
    assert status_of(held) == "pending"
    secret, offered = totp.offer(cast.mona)
    totp.confirm(cast.mona, offered, code_of(secret))
    assert phone.post(PATH, token=token, action="approve").status_code == 200
    assert status_of(held) == "published"


@pytest.mark.engines
def test_it_works(
    app: Flask, cast: Cast, held: Comment, phone: Staff, work: Callable[[], int]
) -> None:
    cast.mona.email_verified_at = clock.now()
    db.session.commit()
    choose(cast.mona, queue="now")
    waiting.ask_for_emails()
    work()
    (email,) = mailer.of(app).sent  # type: ignore[attr-defined]
    link = re.findall(rf"{BASE}(/account/letters/decide\S+do=approve)", email.body)[0]
    page = phone.page(link)
    assert "You idiot, by email." in page and "You are deciding as Mona" in page
    assert status_of(held) == "pending"
    secret = re.findall(r'name="token" value="([^"]+)"', page)[0]
    answer = phone.post(PATH, token=secret, action="approve")
    assert answer.status_code == 200 and "The comment has been approved." in answer.text
    assert status_of(held) == "published"
    made = db.session.scalars(select(Decision).where(Decision.action == "approve")).one()
    assert made.by_id == cast.mona.id and made.tell_after is not None  # undo as ever
    assert phone.get("/account/").status_code == 303  # the link signs nobody in


def test_reject_asks_for_a_reason(held: Comment, token: str, phone: Staff) -> None:
    asked, other = (phone.page(f"{PATH}?token={token}&do={do}") for do in ("reject", "approve"))
    assert 'class="primary" name="action" value="reject"' in asked
    assert 'class="primary" name="action" value="approve"' in other
    missing = phone.post(PATH, token=token, action="reject")
    assert missing.status_code == 422 and status_of(held) == "pending"
    done = phone.post(PATH, token=token, action="reject", reason="abusive")
    assert done.status_code == 200 and "The comment has been rejected." in done.text
    assert status_of(held) == "rejected"


def test_severe_words_are_shown_when_asked_for(cast: Cast, phone: Staff) -> None:
    sites.set_policy(cast.site, {"blur_at": 0.5}, by=cast.olga)
    severe = post(cast.site, "I will kill you.").comment
    token = signed.decide_token(cast.mona, severe.public_id, severe.version)
    before, _, after = phone.page(f"{PATH}?token={token}").partition("<summary>")
    assert "kill you" not in before and "kill you" in after


def test_scanners_change_nothing(held: Comment, token: str, phone: Staff) -> None:
    for do in ("approve", "reject"):
        for _ in range(3):
            answer = phone.get(f"{PATH}?token={token}&do={do}")
            assert answer.status_code == 200
            phone.client.head(f"{PATH}?token={token}&do={do}", base_url=BASE)
    assert status_of(held) == "pending"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_was_faster_is_said(cast: Cast, held: Comment, token: str, phone: Staff) -> None:
    decide(held.public_id, action="reject", reason="abusive", by=cast.olga)
    page = phone.page(f"{PATH}?token={token}")
    assert "Rejected by Olga" in page and 'value="approve"' not in page
    answer = phone.post(PATH, token=token, action="approve")
    assert answer.status_code == 409 and "Rejected by Olga" in answer.text
    assert status_of(held) == "rejected"


def test_sent_twice_is_once(held: Comment, token: str, phone: Staff) -> None:
    for _ in range(2):
        assert phone.post(PATH, token=token, action="approve").status_code == 200
    assert len(db.session.scalars(select(Decision).where(Decision.action == "approve")).all()) == 1


def test_a_text_that_changed_is_read_again_first(cast: Cast, phone: Staff) -> None:
    mine = post(cast.site, "You idiot, first words.", user=cast.rita).comment
    token = signed.decide_token(cast.mona, mine.public_id, mine.version)
    posting.edit(mine.public_id, "You idiot, other words.", user=cast.rita)
    assert "edited this comment" in phone.page(f"{PATH}?token={token}")
    assert phone.post(PATH, token=token, action="approve").status_code == 409
    assert status_of(mine) == "pending"


def test_who_lost_the_role_decides_nothing(
    cast: Cast, held: Comment, token: str, phone: Staff
) -> None:
    sites.set_role(cast.site, cast.mona, None, by=cast.olga)
    assert phone.get(f"{PATH}?token={token}").status_code == 410
    answer = phone.post(PATH, token=token, action="approve")
    assert answer.status_code == 410 and "no longer get" not in answer.text
    assert status_of(held) == "pending"


def test_a_new_password_ends_the_links(cast: Cast, held: Comment, token: str, phone: Staff) -> None:
    set_password(cast.mona, "an entirely new one")
    assert phone.post(PATH, token=token, action="approve").status_code == 410
    assert status_of(held) == "pending"


def test_links_are_good_for_three_days(held: Comment, token: str, phone: Staff) -> None:
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        assert phone.client.get(f"{PATH}?token={token}", base_url=BASE).status_code == 410
        assert phone.post(PATH, token=token, action="approve").status_code == 410
    assert status_of(held) == "pending"


def test_no_part_of_a_link_can_be_changed(
    cast: Cast, held: Comment, token: str, phone: Staff
) -> None:
    other = post(cast.site, "You idiot, another.").comment
    who, epoch, comment, version, until, mark = token.split(".")
    stop = signed.stop_token(cast.mona.public_id, "queue")
    for forged in (
        ".".join((cast.olga.public_id, epoch, comment, version, until, mark)),
        ".".join((who, epoch, other.public_id, version, until, mark)),
        ".".join((who, epoch, comment, version, str(int(until) + 1), mark)),
        ".".join((who, epoch, comment, str(int(version) + 1), until, mark)),
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        token.upper(),
        token + ".x",
        stop,
        "é.ü",
        "",
    ):
        assert phone.get(PATH, query_string={"token": forged}).status_code == 410, forged
        assert phone.post(PATH, token=forged, action="approve").status_code == 410, forged
    assert status_of(held) == status_of(other) == "pending"


def test_nothing_but_approve_and_reject(held: Comment, token: str, phone: Staff) -> None:
    for action in ("pin", "feature", "", "hold"):
        assert phone.post(PATH, token=token, action=action).status_code == 422, action
    assert status_of(held) == "pending"


def test_another_site_cannot_send_the_form(held: Comment, token: str, phone: Staff) -> None:
    answer = phone.client.post(
        PATH,
        data={"token": token, "action": "approve", "csrf_token": phone.token},
        base_url=BASE,
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403 and status_of(held) == "pending"
