"""An address that nobody has confirmed opens no account with a role: its emails may be another's to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts import entering, joining
from commentsvc.accounts.models import Credential
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotAllowed
from commentsvc.notifications.mail import mailer
from commentsvc.sites.commands import set_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.notifications.mail import Mail
    from tests.people import Cast

STAFF = ("ada", "olga", "mona")


def asked(kind: str, email: str, work: Callable[[], int]) -> tuple[Mail, str]:
    """What is sent to who asks to sign in, or for a new password, and the name of the request."""
    window = joining.Window(None)
    if kind == "sign_in":
        entering.ask(email, window, locale=None)
    else:
        joining.ask_for_reset(email, window)
    work()
    return mailer().sent[-1], window.asked  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["sign_in", "reset"])
@pytest.mark.parametrize("name", STAFF)
def test_it_works(cast: Cast, work: Callable[[], int], kind: str, name: str) -> None:
    user = getattr(cast, name)
    password, epoch = user.password_hash, user.session_epoch
    mail, request = asked(kind, f"{name}@example.org", work)
    assert "with your password" in mail.body and "/account/sign-in" in mail.body
    assert "/link?" not in mail.body and "/reset?" not in mail.body
    made = db.session.scalar(select(Credential).where(Credential.label == request))
    assert made is None or "code" not in made.grants
    with pytest.raises(NotAllowed):
        entering.by_code(request, "000000")
    db.session.refresh(user)
    assert user.email_verified_at is None
    assert (user.password_hash, user.session_epoch) == (password, epoch)


@pytest.mark.parametrize("kind", ["sign_in", "reset"])
@pytest.mark.parametrize("name", ["rita", "mona"])
def test_readers_and_confirmed_staff_come_in(
    cast: Cast, work: Callable[[], int], kind: str, name: str
) -> None:
    if name == "mona":
        with unit_of_work():
            cast.mona.email_verified_at = clock.now()
    mail, _ = asked(kind, f"{name}@example.org", work)
    assert ("/link?" if kind == "sign_in" else "/reset?") in mail.body


@pytest.mark.parametrize("kind", ["sign_in", "reset"])
def test_what_was_sent_before_somebody_got_a_role_is_void(
    cast: Cast, work: Callable[[], int], kind: str
) -> None:
    mail, _ = asked(kind, "rita@example.org", work)
    secret = mail.body.partition("token=")[2].split()[0]
    assert entering.entry_of(secret) if kind == "sign_in" else joining.may_reset(secret)
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    assert not (entering.entry_of(secret) or joining.may_reset(secret))
