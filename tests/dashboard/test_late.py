"""A form that was sent when a limit was reached comes back with what was typed, also without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboard.conftest import BASE, Staff
from tests.dashboard.test_kept import HERE, LONG, fields_of
from tests.dashboard.test_second_step import token_of
from tests.people import PASSWORD, make_cast
from tests.web.test_limits import limited

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast
    from tests.web.test_limits import Limited

__all__ = ["limited"]


@pytest.fixture
def olga(limited: Limited) -> Staff:
    """Signed in, with one change a minute, which is used up."""
    app = limited("manage=1/minute")
    make_cast()
    staff = Staff(app.test_client())
    staff.token = token_of(staff.page("/account/sign-in"))
    assert (
        staff.post("/account/sign-in", email="olga@example.org", password=PASSWORD).status_code
        == 303
    )
    staff.token = token_of(staff.page("/account/"))
    staff.post(f"{HERE}/disqus", forums="harbour")
    return staff


@pytest.mark.parametrize("way", ["back", "referrer"])
@pytest.mark.parametrize("key", ["short", LONG])
def test_it_works(olga: Staff, way: str, key: str) -> None:
    page = f"{HERE}/people"
    sent = {"email": "nobody@example.org", "role": "moderator", "note": key[:900]}
    answer = olga.client.post(
        page,
        base_url=BASE,
        data={"csrf_token": olga.token, **sent, **({"back": page} if way == "back" else {})},
        headers={"Accept": "text/html", **({} if way == "back" else {"Referer": f"{BASE}{page}"})},
    )
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 60
    assert "Try again in" in answer.text
    assert set(sent.items()) <= fields_of(answer.text)
    assert "Try again in" not in olga.page(page)


def test_what_is_typed_at_migrate_stays(olga: Staff) -> None:
    sent = {"site": "harbour", "base": "https://a.example/", "url": "https://a.example/b"}
    answer = olga.client.post(
        "/migrate",
        base_url=BASE,
        data={"csrf_token": olga.token, **sent},
        headers={"Accept": "text/html", "Referer": f"{BASE}/migrate"},
    )
    assert answer.status_code == 429 and set(sent.items()) <= fields_of(answer.text)


@pytest.mark.parametrize(
    "referrer", ["https://evil.example/dashboard/", f"{BASE}//evil.example/", ""]
)
def test_nobody_is_led_elsewhere(olga: Staff, referrer: str) -> None:
    answer = olga.client.post(
        f"{HERE}/disqus",
        base_url=BASE,
        data={"csrf_token": olga.token, "forums": "x"},
        headers={"Accept": "text/html", "Referer": referrer},
    )
    assert (
        answer.status_code == 429 and "Try again in" in answer.text and "<form" not in answer.text
    )


@pytest.mark.parametrize("token", ["", "old", "bm90IG91cnM="])
def test_an_expired_form_comes_back_and_can_be_sent(app: Flask, cast: Cast, token: str) -> None:
    staff = Staff(app.test_client())
    sent = {"name": "Zoë", "email": "zoe@example.org"}
    answer = staff.client.post(
        "/account/register",
        base_url=BASE,
        data={"csrf_token": token, "password": PASSWORD, **sent},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 403 and "had expired" in answer.text
    assert set(sent.items()) <= fields_of(answer.text) and PASSWORD not in answer.text
    staff.token = token_of(answer.text)
    assert staff.post("/account/register", password=PASSWORD, **sent).status_code == 303


def test_a_strange_page_gets_no_form(app: Flask, cast: Cast) -> None:
    answer = app.test_client().post(
        "/account/register",
        base_url=BASE,
        data={"name": "Zoë"},
        headers={"Accept": "text/html", "Origin": "https://evil.example"},
    )
    assert answer.status_code == 403 and "Zoë" not in answer.text


def test_programs_get_the_problem(olga: Staff) -> None:
    answer = olga.post(f"{HERE}/disqus", json=True, forums="x", back=f"{HERE}/exchange")
    assert answer.status_code == 429 and answer.get_json()["code"] == "too_many_requests"
