"""Links in emails: an account is made, an address confirmed, a password set anew; each link once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import joining, proofs
from commentsvc.accounts.models import Credential, User
from commentsvc.accounts.ways.password import authenticate
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.core.jobs import Job
from tests.people import PASSWORD, Cast

EDDA = {"email": "Edda@example.org", "password": PASSWORD, "name": "Edda", "locale": "de"}


def asked() -> list[Job]:
    """The emails that were asked for, in order."""
    mails = ("send_sign_up", "send_verify", "send_reset", "send_changed")
    return list(db.session.scalars(select(Job).where(Job.name.in_(mails)).order_by(Job.id)))


def link() -> str:
    """The secret of the newest sign-up, as the email would hold it."""
    with unit_of_work():
        newest = select(Credential).where(Credential.kind == "sign_up").order_by(-Credential.id)
        found = db.session.scalars(newest).first()
        assert found is not None
        return joining.rekey(found)


def test_it_works(cast: Cast) -> None:
    assert joining.sign_up(**EDDA, by_email=True) is None
    assert accounts.by_email("edda@example.org") is None
    secret = link()
    assert joining.asked_for(secret) == joining.Asked("sign_up", "edda@example.org")
    user = joining.finish_sign_up(secret, PASSWORD)
    assert (user.name, user.member_email, user.locale) == ("Edda", "edda@example.org", "de")
    assert user.email_verified_at is not None
    assert authenticate("edda@example.org", PASSWORD) is user
    assert joining.asked_for(secret) is None
    with pytest.raises(NotAllowed):
        joining.finish_sign_up(secret, PASSWORD)


def test_nobody_learns_who_has_an_account(cast: Cast) -> None:
    """Known or not, the answer and what is written are the same; the email alone differs."""
    left = []
    for email in ("edda@example.org", "rita@example.org"):
        assert joining.sign_up(**{**EDDA, "email": email}, by_email=True) is None
        joining.ask_for_reset(email)
        left.append([job.name for job in asked()][-2:])
    assert left[0] == left[1] == ["send_sign_up", "send_reset"]
    assert db.session.scalar(select(func.count(Credential.id))) == 2


def test_without_email_an_account_is_there_at_once(cast: Cast) -> None:
    user = joining.sign_up(**EDDA, by_email=False)
    assert user is not None and user.email_verified_at is None
    assert [job.name for job in asked()] == ["send_verify"]
    with pytest.raises(Conflict):
        joining.sign_up(**EDDA, by_email=False)


@pytest.mark.parametrize("by_email", [True, False])
def test_what_cannot_be_an_account_is_refused_before_anything(cast: Cast, by_email: bool) -> None:
    for wrong in ({"email": "x"}, {"password": "short"}, {"name": ""}):
        with pytest.raises(Invalid):
            joining.sign_up(**{**EDDA, **wrong}, by_email=by_email)
    assert asked() == [] and db.session.scalar(select(Credential)) is None


def test_the_link_alone_is_not_enough(cast: Cast) -> None:
    """Who merely reads the mailbox has not chosen the password."""
    joining.sign_up(**EDDA, by_email=True)
    secret = link()
    with pytest.raises(NotAllowed) as refused:
        joining.finish_sign_up(secret, "wrong horse battery")
    assert refused.value.field == "password"
    assert joining.finish_sign_up(secret, PASSWORD).name == "Edda"  # a typing error costs nothing


def test_of_two_who_ask_for_an_address_one_gets_it(cast: Cast) -> None:
    joining.sign_up(**EDDA, by_email=True)
    first = link()
    joining.sign_up(**{**EDDA, "password": "another horse"}, by_email=True)
    second = link()
    joining.finish_sign_up(second, "another horse")
    with pytest.raises(Conflict):
        joining.finish_sign_up(first, PASSWORD)
    assert db.session.scalar(select(func.count()).where(User.name == "Edda")) == 1


def test_an_address_is_confirmed_once(cast: Cast) -> None:
    joining.ask_to_confirm(cast.rita)
    secret = proofs.issue("verify", user=cast.rita, ttl=joining.VERIFY_VALID)
    asked = joining.Asked("verify", "rita@example.org", user_id=cast.rita.id)
    assert joining.asked_for(secret) == asked
    assert cast.rita.email_verified_at is None  # looking changes nothing
    for stranger in (None, cast.mona):
        with pytest.raises(NotAllowed):
            joining.confirm(secret, by=stranger)
    assert joining.confirm(secret, by=cast.rita) is cast.rita
    assert cast.rita.email_verified_at is not None
    with pytest.raises(NotAllowed):
        joining.confirm(secret, by=cast.rita)
    with pytest.raises(Conflict):
        joining.ask_to_confirm(cast.rita)
    guest, _ = accounts.make_guest("Gus", "gus@example.org")
    with pytest.raises(Conflict):
        joining.ask_to_confirm(guest)


def test_a_password_is_set_anew(cast: Cast) -> None:
    epoch = cast.rita.session_epoch
    secret = proofs.issue("reset", user=cast.rita, ttl=joining.RESET_VALID)
    assert joining.may_reset(secret)
    with pytest.raises(Invalid):
        joining.reset_password(secret, "short")
    assert joining.may_reset(secret)  # the link is as good as before
    assert joining.reset_password(secret, "another horse") is cast.rita
    assert cast.rita.session_epoch == epoch + 1 and cast.rita.email_verified_at is not None
    assert authenticate("rita@example.org", "another horse") is cast.rita
    assert [job.name for job in asked()] == ["send_changed"]
    assert not joining.may_reset(secret)
    with pytest.raises(NotAllowed):
        joining.reset_password(secret, "a third horse")


def test_links_are_of_one_kind_each(cast: Cast) -> None:
    reset = proofs.issue("reset", user=cast.rita)
    verify = proofs.issue("verify", user=cast.rita)
    assert joining.asked_for(reset) is None and not joining.may_reset(verify)
    with pytest.raises(NotAllowed):
        joining.confirm(reset, by=cast.rita)
    with pytest.raises(NotAllowed):
        joining.reset_password(verify, "another horse")
    with pytest.raises(NotAllowed):
        joining.finish_sign_up(reset, PASSWORD)


@pytest.mark.parametrize(
    ("kind", "valid"),
    [
        ("sign_up", timedelta(hours=24)),
        ("verify", timedelta(hours=48)),
        ("reset", timedelta(hours=1)),
    ],
)
def test_links_grow_old_and_are_forgotten(cast: Cast, kind: str, valid: timedelta) -> None:
    with clock.frozen(clock.now()):
        if kind == "sign_up":
            joining.sign_up(**EDDA, by_email=True)
            secret = link()
        else:
            ttl = joining.VERIFY_VALID if kind == "verify" else joining.RESET_VALID
            secret = proofs.issue(kind, user=cast.rita, ttl=ttl)
        other = proofs.issue("access", user=cast.rita, ttl=timedelta(minutes=1))
        clock.move(valid - timedelta(seconds=1))
        joining.forget_mailed()
        assert proofs.find(kind, secret) is not None
        clock.move(timedelta(seconds=1))
        assert joining.asked_for(secret) is None and not joining.may_reset(secret)
        joining.forget_mailed()
        kinds = set(db.session.scalars(select(Credential.kind)))
        assert kinds == {"access"} and other
