"""Where one is signed in: the list, signing out elsewhere, and the email about a new device."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import frames, proofs
from commentsvc.accounts.devices import browser_of, sessions_of
from commentsvc.core import clock
from tests.dashboard.conftest import Staff
from tests.dashboard.test_second_step import mails, token_of
from tests.people import PASSWORD, Cast
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def signed_in(
    app: Flask, name: str, agent: str, address: str = "203.0.113.77", staff: Staff | None = None
) -> Staff:
    """Somebody in this browser, from this address."""
    browser = staff or Staff(app.test_client())
    browser.post("/account/out")
    browser.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    browser.token = token_of(browser.page("/account/sign-in"))
    answer = browser.post("/account/sign-in", email=f"{name}@example.org", password=PASSWORD)
    assert answer.status_code == 303
    browser.token = token_of(browser.page("/account/"))
    return browser


def test_it_works(app: Flask, cast: Cast) -> None:
    phone = signed_in(app, "mona", IPHONE, "2001:db8:77:1:2::3")
    desk = signed_in(app, "mona", FIREFOX)
    page = desk.page("/account/security")
    assert "Firefox on Linux" in page and "Network 203.0.113.0/24" in page
    assert "Safari on iOS" in page and "Network 2001:db8:77::/48" in page
    assert "203.0.113.77" not in page and "::3" not in page
    assert page.count("This session") == 1
    other = next(each for each in sessions_of(cast.mona) if each.system == "iOS")
    assert desk.post(f"/account/security/sessions/{other.id}/end").status_code == 303
    assert phone.get("/account/").status_code == 303
    assert desk.get("/account/").status_code == 200


def test_all_others_are_signed_out_with_their_boxes(app: Flask, cast: Cast) -> None:
    other = signed_in(app, "mona", IPHONE)
    desk = signed_in(app, "mona", FIREFOX)
    of_other = next(each for each in sessions_of(cast.mona) if each.system == "iOS")
    box = frames.grant(cast.mona, site_id=cast.site.id, family=of_other.id)
    assert desk.post("/account/security/sessions/end").status_code == 303
    assert other.get("/account/").status_code == 303
    assert proofs.find("access", box.access) is None and box.refresh
    assert proofs.find("refresh", box.refresh) is None
    assert desk.get("/account/").status_code == 200
    assert "You weren’t signed in anywhere else." in _after(desk, "/account/security/sessions/end")


def _after(staff: Staff, path: str) -> str:
    staff.post(path)
    return staff.page("/account/security")


def test_ending_this_session_signs_out(app: Flask, cast: Cast) -> None:
    desk = signed_in(app, "mona", FIREFOX)
    (this,) = sessions_of(cast.mona)
    assert desk.post(f"/account/security/sessions/{this.id}/end").location == "/account/sign-in"
    assert desk.get("/account/").status_code == 303


def test_nobody_ends_a_session_of_somebody_else(app: Flask, cast: Cast) -> None:
    desk, olga = signed_in(app, "mona", FIREFOX), signed_in(app, "olga", IPHONE)
    (hers,) = sessions_of(cast.olga)
    assert desk.post(f"/account/security/sessions/{hers.id}/end").status_code == 422
    assert olga.get("/account/").status_code == 200


def test_a_new_password_ends_the_others(app: Flask, cast: Cast) -> None:
    phone, desk = signed_in(app, "mona", IPHONE), signed_in(app, "mona", FIREFOX)
    desk.post("/account/password", old=PASSWORD, new="another battery horse")
    assert phone.get("/account/").status_code == 303
    assert [each.system for each in sessions_of(cast.mona)] == ["Linux"]
    assert desk.get("/account/").status_code == 200


def test_when_a_session_was_last_used(app: Flask, cast: Cast) -> None:
    start = clock.now()
    with clock.frozen(start):
        desk = signed_in(app, "mona", FIREFOX)
        clock.move(timedelta(minutes=4))
        desk.get("/dashboard/")
        assert sessions_of(cast.mona)[0].seen.timestamp() == int(start.timestamp())
        clock.move(timedelta(hours=1))
        desk.get("/dashboard/")
        assert sessions_of(cast.mona)[0].seen.timestamp() == int(clock.now().timestamp())


def test_a_new_device_of_staff_is_mailed_once(
    app: Flask, cast: Cast, work: Callable[[], int]
) -> None:
    cast.mona.email_verified_at = clock.now()
    desk = signed_in(app, "mona", FIREFOX)
    assert mails(work) == []  # the first there is
    signed_in(app, "mona", FIREFOX, staff=desk)
    assert mails(work) == []  # known by its cookie
    signed_in(app, "mona", IPHONE, "198.51.100.9")
    (mail,) = mails(work)
    assert "Safari on iOS, from the network 198.51.100.0/24" in mail
    assert "https://comments.example.com/account/security" in mail
    signed_in(app, "olga", FIREFOX, staff=desk)  # her first, in a browser of somebody else
    assert len(mails(work)) == 1


def test_readers_are_not_mailed(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    cast.rita.email_verified_at = clock.now()
    for agent in (FIREFOX, IPHONE):
        signed_in(app, "rita", agent)
    assert mails(work) == []


def test_a_cookie_that_says_something_else_is_replaced(app: Flask, cast: Cast) -> None:
    desk = Staff(app.test_client())
    desk.client.set_cookie("__Host-device", "short", domain="comments.example.com")
    signed_in(app, "mona", FIREFOX, staff=desk)
    kept = desk.client.get_cookie("__Host-device", "comments.example.com")
    assert kept is not None and len(kept.value) == 32
    assert kept.secure and kept.http_only and kept.same_site == "Lax"


@every_row(
    ("agent", "said"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (IPHONE, ("Safari", "iOS")),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
            ("Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            ("Samsung Internet", "Android"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/139.0.0.0 Safari/537.36",
            ("Chrome", "macOS"),
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/139.0 Safari/537.36", ("Chrome", "ChromeOS")),
        ("curl/8.5.0", ("curl", "")),
        ("Mozilla/5.0", ("", "")),
        ("", ("", "")),
        ("<script>alert(1)</script>", ("", "")),
    ],
)
def test_browsers_in_words(agent: str, said: tuple[str, str]) -> None:
    assert browser_of(agent) == said


def test_signing_out_ends_it_in_the_box_too(app: Flask, cast: Cast) -> None:
    """Whoever signs out where they see their comments leaves nobody signed in beside them."""
    rita = signed_in(app, "rita", FIREFOX)
    (session,) = sessions_of(cast.rita)
    there = frames.grant(cast.rita, site_id=cast.site.id, family=session.id)
    elsewhere = frames.grant(cast.rita, site_id=cast.site.id)
    rita.post("/account/out")
    assert proofs.find("access", there.access) is None
    with pytest.raises(frames.EndedSignIn):
        frames.renew(there.refresh or "")
    assert proofs.find("access", elsewhere.access)
