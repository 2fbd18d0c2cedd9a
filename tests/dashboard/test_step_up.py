"""Acts that hurt ask once more who it is, when the last proof is older than a quarter of an hour."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import MultiDict

from commentsvc.accounts.factors import factors_of
from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.sites.queries import policy_of, role_of
from tests.dashboard.test_pieces import typed
from tests.dashboard.test_second_step import code_of, set_up
from tests.people import PASSWORD
from tests.web.asking import api_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

HEADING = "Confirm it’s you"
SITE = "/dashboard/sites/harbour"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


@pytest.fixture
def stale(olga: Staff) -> Staff:
    """The owner's browser, long after she has signed in: or a copy of her cookie."""
    clock.move(timedelta(minutes=16))
    return olga


def hidden(page: str) -> MultiDict[str, str]:
    """The form that the question holds, without the token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return MultiDict((name, unescape(value)) for name, value in found if name != "csrf_token")


def test_it_works(cast: Cast, stale: Staff) -> None:
    person = f"/dashboard/people/{cast.mona.public_id}/role"
    asked = stale.post(person, site="harbour", role="owner", note="She <b>knows</b> it.\nAll.")
    assert asked.status_code == 403 and HEADING in asked.text
    assert re.findall(r'<input\s[^>]*name="(\w+)"[^>]*\sautofocus', asked.text) == [
        "proof_password"
    ]
    assert role_of(cast.mona, cast.site) == "moderator"
    assert f'action="{person}"' in asked.text and "She &lt;b&gt;knows&lt;/b&gt; it." in asked.text
    kept = {"site": "harbour", "role": "owner"}
    wrong = stale.post(person, **kept, proof_password="not this one")
    assert wrong.status_code == 403 and "couldn’t confirm" in wrong.text
    assert hidden(wrong.text).to_dict() == kept  # and no wrong password in the page
    assert stale.post(person, **kept, proof_password=PASSWORD).status_code == 303
    assert role_of(cast.mona, cast.site) == "owner"
    assert (
        stale.post(person, site="harbour", role="moderator").status_code == 303
    )  # it is fresh now


def test_a_form_refused_after_the_proof_is_shown_at_its_error_with_its_secret(
    stale: Staff,
) -> None:
    """The script that would lead there sent another page's form."""
    form = {"kind": "oidc", "issuer": "nowhere", "client_id": "harbour", "client_secret": "s<3cret"}
    kept = hidden(stale.post(f"{SITE}/sign-in", **form).text).to_dict()
    assert kept == form
    refused = stale.post(f"{SITE}/sign-in", **kept, proof_password=PASSWORD)
    assert refused.status_code == 422
    (field,) = re.findall(r"<input\s[^>]*autofocus[^>]*>", refused.text)
    assert 'name="issuer"' in field and 'aria-invalid="true"' in field
    assert 'value="s&lt;3cret"' in refused.text
    assert "s&lt;3cret" not in stale.get(f"{SITE}/sign-in?kind=oidc").text


def test_within_a_quarter_of_an_hour_nobody_is_asked(cast: Cast, olga: Staff) -> None:
    clock.move(timedelta(minutes=14))
    assert olga.post(f"{SITE}/secret").status_code == 200


#: What hurts: each has to ask.
ACTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("POST", f"{SITE}", {}),
    ("POST", f"{SITE}/secret", {}),
    ("POST", f"{SITE}/secret/old", {}),
    ("POST", f"{SITE}/keys", {"label": "x", "scope": "read"}),
    ("POST", f"{SITE}/webhooks", {"url": "https://hooks.example.org/"}),
    ("POST", "/dashboard/channels", {"site": "harbour"}),
    ("POST", "/dashboard/channels/none", {}),
    ("POST", f"{SITE}/webhooks/none", {"do": "remove"}),
    ("POST", f"{SITE}/people", {"email": "rita@example.org", "role": "moderator"}),
    ("POST", f"{SITE}/invitations", {"email": "new@example.org", "role": "moderator"}),
    ("POST", "/dashboard/people/none/role", {}),
    ("POST", "/dashboard/people/none/second-step/reset", {}),
    ("POST", "/dashboard/comments/none/network", {"days": "1", "reason": "spam"}),
    ("GET", f"{SITE}/export/csv", {}),
    ("POST", f"{SITE}/imports/none/undo", {}),
    ("GET", "/account/security/app", {}),
    ("POST", "/account/security/app", {"code": "123456", "offer": "x"}),
    ("POST", "/account/security/app/remove", {}),
    ("POST", "/account/security/codes", {}),
    ("POST", "/account/security/passkeys", {"passkey": "{}", "name": "x"}),
    ("POST", "/account/security/passkeys/options", {}),
    ("POST", "/account/security/passkeys/none/remove", {}),
    ("POST", "/account/security/connected/remove", {"realm": "x"}),
    ("POST", "/account/with/google/connect", {}),
    ("POST", "/account/email/add", {"email": "new@example.org"}),
    (
        "POST",
        f"{SITE}/judges",
        {"url": "https://judge.example.org/", "ms": "400", "failure": "hold"},
    ),
    ("POST", f"{SITE}/judges/coral", {"secret": "x" * 40}),
    ("POST", f"{SITE}/sign-in", {"kind": "google", "client_id": "x", "client_secret": "x"}),
    ("POST", f"{SITE}/sign-in/remove", {"kind": "google"}),
)


@pytest.mark.parametrize(("method", "path", "fields"), ACTS)
def test_a_stolen_session_does_nothing_that_hurts(
    cast: Cast, stale: Staff, method: str, path: str, fields: dict[str, str]
) -> None:
    answer = stale.get(path) if method == "GET" else stale.post(path, **fields)
    assert answer.status_code == 403 and HEADING in answer.text


def test_every_guarded_view_is_in_the_list(app: Flask) -> None:
    """And the other way round: a view that loses its guard fails above."""
    there = {name for name, view in app.view_functions.items() if _is_guarded(view)}
    urls = app.url_map.bind("comments.example.com")
    listed = {urls.match(path, method=method)[0] for method, path, _ in ACTS}
    assert there - listed == {"dashboard.create_site"}  # of administrators


def _is_guarded(view: object) -> bool:
    while view is not None:
        if getattr(view, "needs_proof", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_an_app_cannot_be_set_up_by_a_stolen_session(cast: Cast, olga: Staff) -> None:
    """Not even with an offer that was made while the proof was fresh."""
    page = olga.page("/account/security/app")
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert offer and secret
    clock.move(timedelta(minutes=14, seconds=59))
    assert olga.post("/account/security/app", offer=offer[1], code="1").status_code == 422
    clock.move(timedelta(seconds=2))
    code = code_of(secret[1].replace(" ", ""))
    assert HEADING in olga.post("/account/security/app", offer=offer[1], code=code).text
    assert not factors_of(cast.olga)


@pytest.mark.parametrize(("name", "value"), [("token_role", "moderator"), ("second_factor", "on")])
def test_what_lets_people_in_is_asked_for_in_the_policy(
    cast: Cast, stale: Staff, name: str, value: str
) -> None:
    form = {
        **typed(policy_of(cast.site)),
        "rules_url": "https://news.example.org/rules",
        name: value,
    }
    answer = stale.post(f"{SITE}/policy", **form)
    assert answer.status_code == 403 and HEADING in answer.text
    assert policy_of(cast.site).rules_url == ""  # nothing is saved by halves
    kept = hidden(answer.text).to_dict()
    assert stale.post(f"{SITE}/policy", **kept, proof_password=PASSWORD).status_code == 303
    assert getattr(policy_of(cast.site), name) in ("moderator", True)
    assert policy_of(cast.site).rules_url == form["rules_url"]


def test_other_fields_of_the_policy_ask_nobody(cast: Cast, stale: Staff) -> None:
    form = {**typed(policy_of(cast.site)), "max_length": "400"}
    assert stale.post(f"{SITE}/policy", **form).status_code == 303


def test_the_api_asks_sessions_and_not_keys(cast: Cast, stale: Staff) -> None:
    address, body = "/api/v1/sites/harbour/policy", {"policy": {"token_role": "moderator"}}
    base = {"base_url": "https://comments.example.com", "json": body}
    by_session = stale.client.patch(address, headers={"X-CSRF-Token": stale.token}, **base)
    assert (by_session.status_code, by_session.json["code"]) == (403, "proof_needed")
    by_key = stale.client.patch(address, headers=api_key(cast.olga, "manage"), **base)
    assert by_key.status_code == 200


def test_a_page_is_opened_after_the_proof(cast: Cast, stale: Staff) -> None:
    asked = stale.get(f"{SITE}/export/csv")
    kept = hidden(asked.text).to_dict()
    assert 'action="/account/prove"' in asked.text
    answer = stale.post("/account/prove", **kept, proof_password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, f"{SITE}/export/csv")
    assert stale.get(f"{SITE}/export/csv").mimetype == "application/octet-stream"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_and_no_page_of_others(cast: Cast, stale: Staff, wanted: str) -> None:
    answer = stale.post("/account/prove", next=wanted, proof_password=PASSWORD)
    assert answer.location == "/account/"


def test_a_script_is_told_to_send_its_form_as_a_form(cast: Cast, stale: Staff) -> None:
    answer = stale.post(f"{SITE}/people", json=True, email="rita@example.org", role="moderator")
    assert (answer.status_code, answer.json["code"]) == (403, "proof_needed")


def test_a_code_of_the_app_or_a_recovery_code_is_a_proof(cast: Cast, stale: Staff) -> None:
    secret, codes = set_up(cast.olga)
    clock.move(timedelta(minutes=1))
    asked = stale.post(f"{SITE}/secret")
    assert "proof_code" in asked.text
    assert stale.post(f"{SITE}/secret", proof_code=code_of(secret)).status_code == 200
    clock.move(timedelta(minutes=16))
    assert stale.post(f"{SITE}/secret", proof_code=codes[0]).status_code == 200


def test_tries_are_limited(make_app: Callable[..., Flask], cast: Cast, stale: Staff) -> None:
    app = make_app(limits="sign_in_account=3/5 minutes")
    client = app.test_client()
    cookie = stale.client.get_cookie("__Host-commentsvc", "comments.example.com")
    client.set_cookie("__Host-commentsvc", cookie.value, domain="comments.example.com")
    stale.client = client
    tries = [stale.post(f"{SITE}/secret", proof_password=f"guess {n}") for n in range(4)]
    assert [each.status_code for each in tries] == [403, 403, 403, 429]


def test_a_form_of_another_site_proves_nothing(cast: Cast, stale: Staff) -> None:
    """Even with the right password: it lacks this session's token."""
    stale.token = ""
    assert stale.post("/account/prove", proof_password=PASSWORD).status_code == 403
    assert stale.post(f"{SITE}/secret", proof_password=PASSWORD).status_code == 403


def test_an_account_without_a_password_is_not_deleted_by_a_stolen_session(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    """A site's own sign-in vouches for such people: opening the account from the box is their proof."""
    rita = sign_in("rita")
    cast.rita.password_hash = None
    clock.move(timedelta(minutes=16))
    answer = rita.post("/account/delete", withdraw="on")
    assert (
        answer.status_code == 403 and "open your account from the comment box again" in answer.text
    )
    assert cast.rita.erased_at is None


def test_who_has_only_an_address_proves_it_by_a_code(
    app: Flask, cast: Cast, sign_in: Callable[[str | None], Staff], work: Callable[[], int]
) -> None:
    olga = sign_in("olga")
    with unit_of_work():
        cast.olga.password_hash, cast.olga.email_verified_at = None, clock.now()
    before, office = mailer.of(app), MemoryMailer(reaches_people=True)
    mailer.install(app, office)
    try:
        clock.move(timedelta(minutes=16))
        asked = olga.post(f"{SITE}/secret")
        assert asked.status_code == 403 and 'name="proof_send"' in asked.text and not office.sent
        sent = olga.post(f"{SITE}/secret", proof_send="1")
        assert sent.status_code == 403 and 'name="proof_mailed"' in sent.text
        work()
        code = re.sub(r"\D", "", office.sent[-1].subject)
        assert office.sent[-1].to == "olga@example.org" and len(code) == 6
        wrong = olga.post(f"{SITE}/secret", proof_mailed=f"{(int(code) + 1) % 10**6:06d}")
        assert wrong.status_code == 403 and 'role="alert"' in wrong.text
        assert olga.post(f"{SITE}/secret", proof_mailed=code).status_code == 200
        clock.move(timedelta(minutes=16))
        assert olga.post(f"{SITE}/secret", proof_mailed=code).status_code == 403
        with unit_of_work():
            cast.olga.password_hash = "something"  # then it is the password that is asked for
        again = olga.post(f"{SITE}/secret", proof_send="1")
        assert "proof_password" in again.text and "proof_mailed" not in again.text
    finally:
        mailer.install(app, before)


def test_nor_is_a_passkey_made_in_the_sign_in_window(cast: Cast, olga: Staff) -> None:
    """Which says so itself: it has no page to lead on to."""
    form = {"passkey": "{}", "site": "harbour"}
    again = "Confirm that it’s you"
    made = olga.post("/embed/passkey", **form)
    assert made.status_code == 422 and again not in made.text
    clock.move(timedelta(minutes=16))
    refused = olga.post("/embed/passkey", **form)
    assert refused.status_code == 422 and again in refused.text
