"""The second step of signing in: an app's codes, recovery codes, and what an attacker would try."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import func, select

from commentsvc.accounts.commands import set_password
from commentsvc.accounts.devices import forget_sessions
from commentsvc.accounts.factors import factors_of, recovery, totp
from commentsvc.accounts.models import Credential
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, NotAllowed
from commentsvc.core.sealing import Sealer, sealer
from commentsvc.notifications import sealed
from commentsvc.notifications.mail import mailer
from commentsvc.settings import settings
from tests.dashboard.conftest import Staff
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from commentsvc.accounts.models import User

SIGN_IN, STEP = "/account/sign-in", "/account/second-step"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def set_up(user: User) -> tuple[str, list[str]]:
    """An app for this person; its secret, and the recovery codes."""
    secret, offered = totp.offer(user)
    return secret, totp.confirm(user, offered, code_of(secret))


def code_of(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def later(minutes: int = 1) -> None:
    clock.move(timedelta(minutes=minutes))


def half_in(sign_in: Callable[[str | None], Staff], name: str) -> Staff:
    """A browser that has typed the right password and waits for the second step."""
    staff = sign_in(None)
    answer = staff.post(
        SIGN_IN, email=f"{name}@example.org", password=PASSWORD, next="/dashboard/log"
    )
    assert answer.status_code == 303 and answer.location.startswith(STEP)
    staff.token = token_of(staff.page(answer.location))
    return staff


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def mails(work: Callable[[], int]) -> list[str]:
    work()
    return [each.body for each in mailer().sent]  # type: ignore[attr-defined]


def test_it_works(cast: Cast, mona: Staff, sign_in: Callable[[str | None], Staff]) -> None:
    page = mona.page("/account/security/app")
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    assert shown and offer and "<svg" in page
    secret = shown[1].replace(" ", "")
    answer = mona.post("/account/security/app", offer=offer[1], code=code_of(secret))
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", answer.text)
    assert answer.status_code == 200 and len(codes) == recovery.COUNT
    later()
    browser = half_in(sign_in, "mona")
    assert browser.get("/dashboard/log").status_code == 303  # nobody is signed in yet
    answer = browser.post(STEP, code=code_of(secret), next="/dashboard/log")
    assert (answer.status_code, answer.location) == (303, "/dashboard/log")
    assert browser.get("/dashboard/log").status_code == 200


def test_a_wrong_first_code_turns_nothing_on(cast: Cast, mona: Staff) -> None:
    page = mona.page("/account/security/app")
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    assert offer
    answer = mona.post("/account/security/app", offer=offer[1], code="000000")
    assert answer.status_code == 422 and offer[1] in answer.text  # the same QR code again
    assert not factors_of(cast.mona)


def test_an_offer_is_good_for_its_person_and_for_minutes(cast: Cast) -> None:
    secret, offered = totp.offer(cast.mona)
    with pytest.raises(NotAllowed):
        totp.confirm(cast.olga, offered, code_of(secret))
    later(minutes=16)
    with pytest.raises(NotAllowed):
        totp.confirm(cast.mona, offered, code_of(secret))
    for wrong in ("", "sealed:nonsense", "{}"):
        with pytest.raises(NotAllowed):
            totp.confirm(cast.mona, wrong, "123456")


def test_a_second_app_is_refused(cast: Cast) -> None:
    set_up(cast.mona)
    with pytest.raises(Conflict):
        set_up(cast.mona)


def test_the_secret_is_sealed_and_codes_are_hashes(cast: Cast) -> None:
    secret, codes = set_up(cast.mona)
    kept = [str([*row]) for row in db.session.execute(select(Credential.__table__))]
    assert not any(secret in row for row in kept)
    assert not any(code in row or code.replace("-", "") in row for row in kept for code in codes)


def test_the_secret_follows_a_new_key(app: Flask, cast: Cast) -> None:
    secret, _ = set_up(cast.mona)
    sealer.install(app, Sealer(("a new key", settings().secret_key)))
    assert sealed.reseal()["old key"] >= 1
    sealer.install(app, Sealer(("a new key",)))
    later()
    assert totp.fits(cast.mona, code_of(secret))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_the_clock_of_an_app_may_be_a_step_off(cast: Cast, steps: int) -> None:
    secret, _ = set_up(cast.mona)
    later(minutes=5)
    assert totp.fits(cast.mona, code_of(secret, steps=steps))


@pytest.mark.parametrize("steps", [-2, 2])
def test_but_no_two(cast: Cast, steps: int) -> None:
    secret, _ = set_up(cast.mona)
    later(minutes=5)
    assert not totp.fits(cast.mona, code_of(secret, steps=steps))


def test_a_code_is_good_once_and_so_is_every_code_before_it(cast: Cast) -> None:
    secret, _ = set_up(cast.mona)
    assert not totp.fits(cast.mona, code_of(secret))  # it has confirmed the app
    later()
    earlier = code_of(secret, steps=-1)
    assert totp.fits(cast.mona, code_of(secret))
    assert not totp.fits(cast.mona, code_of(secret))
    assert not totp.fits(cast.mona, earlier)


def test_a_code_in_digits_of_another_script(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    secret, _ = set_up(cast.mona)
    later()
    eastern = code_of(secret).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert (
        half_in(sign_in, "mona").post(STEP, code=f" {eastern[:3]} {eastern[3:]}").status_code == 303
    )


def test_a_recovery_code_is_good_once(
    cast: Cast, sign_in: Callable[[str | None], Staff], work: Callable[[], int]
) -> None:
    cast.mona.email_verified_at = clock.now()
    _, codes = set_up(cast.mona)
    assert half_in(sign_in, "mona").post(STEP, code=codes[3].upper()).status_code == 303
    assert half_in(sign_in, "mona").post(STEP, code=codes[3]).status_code == 403
    assert half_in(sign_in, "mona").post(STEP, code=codes[4].replace("-", " ")).status_code == 303
    assert factors_of(cast.mona).recovery == recovery.COUNT - 2
    assert any("A recovery code was used" in each for each in mails(work))


def test_codes_of_another_person_fit_nobody_else(cast: Cast) -> None:
    _, codes = set_up(cast.mona)
    set_up(cast.olga)
    assert not recovery.fits(cast.olga, codes[0])


def test_new_codes_replace_the_old(cast: Cast, mona: Staff) -> None:
    _, old = set_up(cast.mona)
    new = re.findall(r"<code>([a-z0-9-]+)</code>", mona.post("/account/security/codes").text)
    assert len(new) == recovery.COUNT and not set(new) & set(old)
    assert not recovery.fits(cast.mona, old[0])
    assert recovery.fits(cast.mona, new[0])


def test_after_five_wrong_codes_the_password_is_asked_again(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    secret, _ = set_up(cast.mona)
    later()
    browser = half_in(sign_in, "mona")
    answers = [browser.post(STEP, code="000000") for _ in range(5)]
    assert [each.status_code for each in answers] == [403] * 4 + [303]
    assert "Start over" in browser.page(answers[-1].location)
    answer = browser.post(STEP, code=code_of(secret))
    assert (answer.status_code, answer.location) == (303, SIGN_IN)


def test_codes_are_limited_from_everywhere(
    make_app: Callable[..., Flask], cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    set_up(cast.mona)
    app = make_app(limits="sign_in_account=off;second_factor=6/hour")
    statuses = []
    for number in range(2):
        browser = Staff(app.test_client())
        browser.token = token_of(browser.page(SIGN_IN))
        browser.client.environ_base["REMOTE_ADDR"] = f"203.0.{number}.7"
        browser.post(SIGN_IN, email="mona@example.org", password=PASSWORD)
        browser.token = token_of(browser.page(STEP))
        statuses += [browser.post(STEP, code="000000").status_code for _ in range(4)]
    assert statuses == [403] * 6 + [429] * 2


def test_a_half_sign_in_is_good_for_ten_minutes_and_once(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    secret, _ = set_up(cast.mona)
    later(minutes=2)
    browser = half_in(sign_in, "mona")
    cookie = browser.client.get_cookie("__Host-commentsvc", "comments.example.com")
    assert browser.post(STEP, code=code_of(secret)).status_code == 303
    copy = sign_in(None)
    copy.client.set_cookie("__Host-commentsvc", cookie.value, domain="comments.example.com")
    later(minutes=1)
    assert copy.get(STEP).location == SIGN_IN
    browser = half_in(sign_in, "mona")
    later(minutes=11)
    assert browser.get(STEP).location == SIGN_IN


def test_the_session_before_is_dropped(cast: Cast, sign_in: Callable[[str | None], Staff]) -> None:
    """What somebody has prepared in a browser is not what signs in (session fixation)."""
    secret, _ = set_up(cast.mona)
    later()
    browser = half_in(sign_in, "mona")
    half = browser.token
    browser.post(STEP, code=code_of(secret))
    assert browser.post("/account/theme", theme="dark").status_code == 403  # the token of before
    assert half == browser.token


def test_wrong_passwords_do_not_tell_who_has_a_second_step(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    set_up(cast.mona)
    browser = sign_in(None)
    said = [
        re.sub(
            r'value="[^"]*"',
            "",
            browser.post(SIGN_IN, email=f"{name}@example.org", password="x").text,
        )
        for name in ("mona", "olga", "nobody")
    ]
    assert said[0] == said[1] == said[2]


def test_a_new_password_does_not_open_the_second_step(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    """Neither does it end it: a reset by email proves the address, which is not the second factor."""
    secret, _ = set_up(cast.mona)
    set_password(cast.mona, PASSWORD)
    later()
    assert half_in(sign_in, "mona").post(STEP, code=code_of(secret)).status_code == 303


def test_removing_the_app_removes_the_codes(
    cast: Cast, mona: Staff, work: Callable[[], int]
) -> None:
    cast.mona.email_verified_at = clock.now()
    set_up(cast.mona)
    assert mona.post("/account/security/app/remove").status_code == 303
    assert factors_of(cast.mona) == type(factors_of(cast.mona))()
    assert any("app was removed" in each for each in mails(work))


def test_sign_ins_nobody_finished_are_forgotten(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    set_up(cast.mona)
    half_in(sign_in, "mona")
    later(minutes=11)
    forget_sessions()
    halves = select(func.count()).where(Credential.kind == "half")
    assert db.session.scalar(halves) == 0
    assert factors_of(cast.mona).recovery == recovery.COUNT
