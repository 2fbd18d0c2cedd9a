"""Whoever may not see a page of the dashboard reads who they are, whom to ask, and how to sign out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites.commands import set_role
from tests.factories import post
from tests.web.asking import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

    SignIn = Callable[[str | None], Staff]

PAGES = ("/dashboard/", "/dashboard/log", "/dashboard/people", "/dashboard/sites", "/migrate")


def refused(staff: Staff, path: str, status: int = 403) -> str:
    answer = staff.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_reader(sign_in: SignIn, cast: Cast, path: str) -> None:
    post(cast.site, "A calm word.", user=cast.rita)
    page = refused(sign_in("rita"), path)
    assert "You don’t have a role here yet" in page
    assert "<bdi>Rita</bdi>" in page and "rita@example.org" in page
    assert "Ask an owner of your site" in page
    assert f"<bdi>{cast.site.name}</bdi>: <bdi>Olga</bdi>" in page
    assert 'action="/account/out"' in page and 'href="/account/"' in page


def test_who_has_written_nowhere_is_told_no_names(sign_in: SignIn, cast: Cast) -> None:
    page = refused(sign_in("rita"), "/dashboard/")
    assert "Ask an owner" in page and "Olga" not in page and cast.site.name not in page


def test_without_a_slash(sign_in: SignIn) -> None:
    assert sign_in("rita").get("/dashboard").location.endswith("/dashboard/")


def test_a_role_on_another_site(sign_in: SignIn, cast: Cast, mona: Staff) -> None:
    """What is not theirs to know of looks as if it were not there."""
    there = post(cast.other, "Hello.", href="https://mountain.example.net/1", user=cast.max).comment
    for path in (
        "/dashboard/?site=mountain",
        "/dashboard/log?site=mountain",
        f"/dashboard/comments/{there.public_id}",
        f"/dashboard/people/{cast.max.public_id}",
        "/dashboard/?site=nowhere",
    ):
        page = refused(mona, path, 404)
        assert "You don’t have access to this page" in page and "<bdi>Mona</bdi>" in page
        assert f'href="/dashboard/?site=harbour"><bdi>{cast.site.name}</bdi>' in page
        assert cast.other.name not in page and "Sign out" in page


def test_a_moderator_at_an_owners_page(mona: Staff) -> None:
    page = refused(mona, "/dashboard/sites/harbour/policy")
    assert "Only a site’s owners can" in page and "moderator" in page


def test_a_role_that_is_taken_away(cast: Cast, mona: Staff) -> None:
    comment = post(cast.site, "You idiot.").comment
    mona.page("/dashboard/")
    set_role(cast.site, cast.mona, None, by=cast.olga)
    path = f"/dashboard/comments/{comment.public_id}/decisions"
    fields = {"action": "approve", "seen_version": str(comment.version)}
    answer = mona.post(path, json=True, **fields)
    assert answer.status_code == 403 and answer.json
    assert answer.json["code"] == "may_not_moderate"
    assert re.match("Mona, you currently have no role on any site", answer.json["detail"])
    answer = mona.post(path, **fields)
    assert answer.status_code == 403 and "You don’t have a role here yet" in answer.text
    answer = mona.client.get(
        "/dashboard/live",
        base_url="https://comments.example.com",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 403 and answer.json and "no role" in answer.json["detail"]


def test_nobody_signs_in_first(sign_in: SignIn) -> None:
    nobody = sign_in(None)
    assert nobody.get("/dashboard/").status_code == 303
    answer = nobody.post("/dashboard/comments/x/decisions", json=True, action="approve")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/account/email/code", "/account/email"),
        ("/account/email/name", "/account/email"),
        ("/account/confirm/send", "/account/"),
        ("/account/with/google/new", "/account/"),
        ("/account/security/passkeys/x/name", "/account/security"),
        ("/dashboard/bulk", "/dashboard/"),
        ("/dashboard/sites/harbour/webhooks/1/again/2", "/dashboard/sites/harbour/webhooks/1"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(app: Flask, form: str, page: str) -> None:
    reader = {"Accept": "text/html"}
    answer = browser(app).get(form, headers=reader)
    assert (answer.status_code, answer.location) == (303, page)
    assert browser(app).get(form).status_code == 405  # a program is told what it did wrong
    assert browser(app).put(form, headers=reader).status_code in (403, 405)
