"""Inviting people by email to a role: the link proves an address, and is no way into an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.commands import by_email, erase, register
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.sites.commands import set_role
from commentsvc.sites.inviting import invitations
from commentsvc.sites.queries import by_key, role_of
from tests.dashboard.conftest import Staff
from tests.dashboard.test_confirm import emails, link_in, secret_of
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from flask import Flask

SignIn = Callable[[str | None], Staff]
Work = Callable[[], int]
PEOPLE = "/dashboard/sites/harbour/people"
INVITATIONS = "/dashboard/sites/harbour/invitations"
NEW = {"name": "Nele", "password": "a long enough one"}


@pytest.fixture(autouse=True)
def _post_office(app: Flask) -> Iterator[None]:
    before = mailer.of(app)
    mailer.install(app, MemoryMailer(reaches_people=True))
    yield
    mailer.install(app, before)


@pytest.fixture
def olga(sign_in: SignIn) -> Staff:
    return sign_in("olga")


def invite(app: Flask, by: Staff, work: Work, email: str, role: str = "moderator") -> str:
    """The link in the email that this sends."""
    answer = by.post(INVITATIONS, email=email, role=role)
    assert answer.status_code == 303, answer.text
    work()
    assert emails(app)[-1].to == email.lower()
    return link_in(emails(app)[-1])


def accept(browser: Staff, link: str, **form: str) -> int:
    return browser.post("/account/invitation", token=secret_of(link), **form).status_code


def role(email: str) -> str:
    db.session.expire_all()
    return role_of(by_email(email), by_key("harbour"))


@pytest.mark.engines
def test_it_works(app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work) -> None:
    link = invite(app, olga, work, "Nele@Example.org")
    email = emails(app)[-1]
    assert "The Harbour Post" in email.subject and "moderator" in email.body
    assert "nele@example.org" in olga.page(PEOPLE)
    nobody = sign_in(None)
    for _ in range(2):  # looking changes nothing
        page = nobody.page(link)
        assert "Olga has invited you" in page and "nele@example.org" in page
    assert by_email("nele@example.org") is None
    assert accept(nobody, link, **NEW) == 303
    nele = by_email("nele@example.org")
    assert nele is not None and nele.email_verified_at and role("nele@example.org") == "moderator"
    assert nobody.get("/dashboard/").status_code == 200
    assert "nele@example.org" not in [each.email for each in invitations(by_key("harbour"))]
    log = olga.page("/dashboard/log?site=harbour")
    assert "n…@example.org" in log and "nele@example.org" not in log
    assert "invited someone" in log and "changed a role" in log
    assert accept(sign_in(None), link, **NEW) == 410  # once


def test_a_wrong_form_leaves_the_link_good(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    link, nobody = invite(app, olga, work, "nele@example.org"), sign_in(None)
    for form in ({"name": "Nele", "password": "short"}, {"name": " ", "password": PASSWORD}, {}):
        assert accept(nobody, link, **form) == 422
        assert by_email("nele@example.org") is None
    assert accept(nobody, link, **NEW) == 303


def test_an_account_takes_it_itself(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    """Whoever has the link alone, or another account, does not."""
    link = invite(app, olga, work, "rita@example.org")
    for browser in (sign_in(None), sign_in("max")):
        assert "Sign in with it to accept" in browser.page(link)
        assert accept(browser, link, **NEW) == 422
    assert role("rita@example.org") == "reader" and role("max@example.org") == "reader"
    rita = sign_in("rita")
    assert "Accept" in rita.page(link) and accept(rita, link) == 303
    assert role("rita@example.org") == "moderator"


def test_an_account_on_a_strangers_address_gains_nothing(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    """A stranger has registered it, and never saw the email."""
    link = invite(app, olga, work, "nele@example.org")
    register(email="nele@example.org", password=PASSWORD, name="Mallory")
    stranger = sign_in("nele")
    assert role("nele@example.org") == "reader"
    assert accept(stranger, "token=guessed") == 410
    assert accept(sign_in(None), link, **NEW) == 422
    assert role("nele@example.org") == "reader"


def test_invitations_end(app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work) -> None:
    nobody = sign_in(None)
    with clock.frozen(clock.now()):
        late = invite(app, olga, work, "late@example.org")
        clock.move(timedelta(days=8))
        assert accept(nobody, late, **NEW) == 410 and invitations(by_key("harbour")) == []
    first = invite(app, olga, work, "nele@example.org")
    second = invite(app, olga, work, "nele@example.org", "owner")
    assert accept(nobody, first, **NEW) == 410  # the newer one counts
    (left,) = [each for each in invitations(by_key("harbour")) if each.email[0] == "n"]
    olga.post(f"{INVITATIONS}/{left.id}/revoke")
    assert accept(nobody, second, **NEW) == 410 and nobody.get(second).status_code == 410
    olga.post(f"{INVITATIONS}/{left.id}/revoke")
    assert "is no longer open" in olga.page(PEOPLE)


def test_nothing_is_sent_that_was_revoked(app: Flask, cast: Cast, olga: Staff, work: Work) -> None:
    olga.post(INVITATIONS, email="nele@example.org", role="moderator")
    olga.post(f"{INVITATIONS}/{invitations(by_key('harbour'))[0].id}/revoke")
    work()
    assert emails(app) == []


def test_only_owners_invite_and_as_long_as_they_are(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    sent = {"email": "nele@example.org", "role": "moderator"}
    assert sign_in("mona").post(INVITATIONS, **sent).status_code == 403
    assert sign_in("max").post(INVITATIONS, **sent).status_code == 404
    link, nobody = invite(app, olga, work, "nele@example.org"), sign_in(None)
    set_role(cast.site, cast.rita, "owner", by=cast.olga)
    set_role(cast.site, cast.olga, None, by=cast.rita)
    assert accept(nobody, link, **NEW) == 422
    assert by_email("nele@example.org") is None
    erase(cast.olga)
    assert accept(nobody, link, **NEW) == 422 and by_email("nele@example.org") is None


def test_another_sites_invitation_is_not_there(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    invite(app, olga, work, "nele@example.org")
    (ours,) = invitations(cast.site)
    theirs = sign_in("max")
    theirs.post(f"/dashboard/sites/mountain/invitations/{ours.id}/revoke")
    assert len(invitations(cast.site)) == 1


@pytest.mark.parametrize(
    "wrong", ["trusted", "banned", "premoderated", "admin", "reader", "none", ""]
)
def test_other_roles_are_refused(cast: Cast, olga: Staff, wrong: str) -> None:
    olga.post(INVITATIONS, email="nele@example.org", role=wrong)
    assert invitations(cast.site) == []


def test_a_higher_role_stays(app: Flask, cast: Cast, olga: Staff, work: Work) -> None:
    link = invite(app, olga, work, "olga@example.org")
    assert accept(olga, link) == 303 and role("olga@example.org") == "owner"


def test_the_form_is_there_only_where_emails_reach_people(
    app: Flask, cast: Cast, olga: Staff
) -> None:
    assert "Invite" in olga.page(PEOPLE)
    mailer.install(app, MemoryMailer(reaches_people=False))
    assert "Invitations" not in olga.page(PEOPLE)


def test_a_ban_voids_what_was_open(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work
) -> None:
    link = invite(app, olga, work, "rita@example.org", "owner")
    other = invite(app, olga, work, "nele@example.org")
    set_role(cast.site, cast.rita, "banned", by=cast.mona)
    assert [each.email for each in invitations(cast.site)] == ["nele@example.org"]
    set_role(cast.site, cast.rita, None, by=cast.mona)
    assert accept(sign_in("rita"), link) == 410
    assert role("rita@example.org") == "reader"
    assert accept(sign_in(None), other, **NEW) == 303


@pytest.mark.parametrize(
    ("was", "then"),
    [
        ("owner", "moderator"),
        ("moderator", None),
        ("trusted", "premoderated"),
        (None, "premoderated"),
    ],
)
def test_so_does_a_lower_role(
    app: Flask, cast: Cast, olga: Staff, work: Work, was: str | None, then: str | None
) -> None:
    set_role(cast.site, cast.rita, was, by=None)
    invite(app, olga, work, "rita@example.org", "owner")
    set_role(cast.site, cast.rita, was, by=None)
    assert len(invitations(cast.site)) == 1
    set_role(cast.site, cast.rita, then, by=cast.olga)
    assert not invitations(cast.site)


@pytest.mark.parametrize("days", [None, 1])
def test_nobody_accepts_while_banned(
    app: Flask, cast: Cast, olga: Staff, sign_in: SignIn, work: Work, days: int | None
) -> None:
    """Nor with a new account for an address whose person the site's own sign-in knows."""
    until = clock.now() + timedelta(days=days) if days else None
    with unit_of_work():
        cast.max.email = "nele@example.org"
        cast.max.email_verified_at = clock.now()
    set_role(cast.site, cast.max, "banned", by=cast.olga, until=until)
    set_role(cast.site, cast.rita, "banned", by=cast.olga, until=until)
    link = invite(app, olga, work, "rita@example.org", "owner")
    other = invite(app, olga, work, "nele@example.org", "owner")
    for browser, each, form in ((sign_in("rita"), link, {}), (sign_in(None), other, NEW)):
        answer = browser.post("/account/invitation", token=secret_of(each), **form)
        assert answer.status_code == 422 and "banned or suspended" in answer.text
    assert role("rita@example.org") == "banned" and by_email("nele@example.org") is None
    set_role(cast.site, cast.rita, "trusted", by=cast.olga)
    assert accept(sign_in("rita"), link) == 303
    assert role("rita@example.org") == "owner"
