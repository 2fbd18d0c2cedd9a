"""Signing in from the frame: codes and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import frames
from commentsvc.accounts.commands import by_id
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.sites.commands import set_policy
from commentsvc.threads.models import Thread
from tests.factories import post
from tests.web.asking import HREF, bearer, browser, guest

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)


VERIFIER = "5a" * 32


def leave(cast: Cast) -> None:
    frames.begin(cast.rita, site_id=cast.site.id, nonce=frames.nonce_of(VERIFIER))


def exchange(app: Flask, verifier: str = VERIFIER, site: str = "harbour") -> TestResponse:
    sent = {"verifier": verifier, "site": site}
    return browser(app).post("/api/v1/sign-in/exchange", json=sent)


def who(app: Flask, access: str, site: str = "harbour") -> str | int:
    answer = browser(app).get(
        f"/api/v1/me?site={site}", headers={"Authorization": f"Bearer {access}"}
    )
    return answer.get_json()["user"]["name"] if answer.status_code == 200 else answer.status_code


def test_it_works(app: Flask, cast: Cast) -> None:
    waiting = exchange(app)
    assert (waiting.status_code, waiting.get_json()) == (202, {"retry_after": 2})
    leave(cast)
    found = exchange(app).get_json()
    assert found["user"] == {"id": cast.rita.public_id, "name": "Rita", "kind": "member"}
    assert found["expires_in"] == 900 and who(app, found["access_token"]) == "Rita"
    renewed = browser(app).post(
        "/api/v1/sign-in/refresh", json={"refresh_token": found["refresh_token"]}
    )
    assert renewed.status_code == 200 and renewed.get_json()["refresh_token"] is None
    assert who(app, renewed.get_json()["access_token"]) == "Rita"
    out = browser(app).post(
        "/api/v1/sign-in/out",
        json={},
        headers={"Authorization": f"Bearer {found['access_token']}"},
    )
    assert out.status_code == 204 and out.data == b""
    for token in (found["access_token"], renewed.get_json()["access_token"]):
        assert who(app, token) == 401
    again = browser(app).post(
        "/api/v1/sign-in/refresh", json={"refresh_token": found["refresh_token"]}
    )
    assert again.status_code == 401


def test_what_was_left_is_fetched_once(app: Flask, cast: Cast) -> None:
    leave(cast)
    assert [exchange(app).status_code for _ in range(3)] == [200, 401, 401]


def test_it_is_fetched_by_the_verifier_alone(app: Flask, cast: Cast) -> None:
    leave(cast)
    wrong = {"verifier": frames.nonce_of(VERIFIER)}, {"verifier": VERIFIER[:-1]}
    assert [exchange(app, **each).status_code for each in wrong] == [202, 202]
    assert exchange(app, "short").status_code == 422
    assert exchange(app, site="nowhere").status_code == 404
    assert exchange(app, site="mountain").status_code == 401
    assert exchange(app).status_code == 401  # tried for another site, so it is spent


def test_it_waits_ten_minutes(app: Flask, cast: Cast) -> None:
    with clock.frozen(clock.now()):
        leave(cast)
        clock.move(timedelta(minutes=10))
        assert exchange(app).status_code == 401


def test_a_reader_of_one_site_is_nobody_on_another(app: Flask, cast: Cast) -> None:
    tokens = frames.grant(cast.rita, site_id=cast.site.id)
    assert who(app, tokens.access) == "Rita"
    assert who(app, tokens.access, "mountain") == 403


def test_signing_out_ends_this_sign_in_alone(app: Flask, cast: Cast) -> None:
    one, other = (frames.grant(cast.rita, site_id=cast.site.id) for _ in range(2))
    browser(app).post("/api/v1/sign-in/out", json={"refresh_token": one.refresh})
    assert (who(app, one.access), who(app, other.access)) == (401, "Rita")


# --- what moderators said to whoever asks -----------------------------------------------------------


def me(app: Flask, cast: Cast, thread: str) -> Any:
    return (
        browser(app)
        .get(f"/api/v1/me?site=harbour&thread={thread}", headers=bearer(cast.rita, cast.site))
        .get_json()
    )


def test_a_warning_is_told_until_it_is_acknowledged(app: Flask, cast: Cast) -> None:
    made = sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="abusive", message="Calm.")
    told = me(app, cast, "")["warning"]
    assert (told["id"], told["message"]) == (made.public_id, "Calm.")
    assert told["reason"] == "Abusive"
    path = f"/api/v1/warnings/{made.public_id}/acknowledge"
    assert browser(app).post(path, headers=bearer(cast.rita, cast.site)).status_code == 204
    assert me(app, cast, "")["warning"] is None


def test_what_became_of_an_appeal_is_told(app: Flask, cast: Cast) -> None:
    with clock.frozen(clock.now()):
        comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
        thread = db.session.get_one(Thread, comment.thread_id).public_id
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
        own = me(app, cast, thread)["own"][0]
        assert (own["can_appeal"], own["status"]) == (False, "pending")  # nobody is told yet
        clock.move(timedelta(minutes=5))
        own = me(app, cast, thread)["own"][0]
        assert (own["can_appeal"], own["status"], own["appeal"]) == (True, "rejected", None)
        made = appeals.appeal(comment.public_id, "It was on topic.", by=cast.rita)
        own = me(app, cast, thread)["own"][0]
        assert (own["can_appeal"], own["appeal"]["outcome"]) == (False, None)
        appeals.hear(made.public_id, outcome="upheld", answer="It was not.", by=cast.olga)
        own = me(app, cast, thread)["own"][0]["appeal"]
        assert (own["outcome"], own["answer"]) == ("upheld", "It was not.")


# --- what keeps somebody from writing -----------------------------------------------------------------

REDRESS = (
    "Write to the complaints office (https://example.org/complaints?a=1), or office@example.org."
)


def test_who_is_suspended_is_shown_all_of_it(app: Flask, cast: Cast) -> None:
    set_policy(cast.site, {"redress": REDRESS}, by=cast.olga)
    posted = post(cast.site)
    with clock.frozen(datetime(2026, 11, 28, 12, tzinfo=UTC)):
        sanction(
            cast.site,
            by_id(posted.comment.author_id),
            "suspend",
            by=cast.mona,
            reason="abusive",
            message="Read the rules.",
            until=datetime(2026, 12, 6, tzinfo=UTC),
        )
        asked = browser(app)
        headers = guest(posted.edit_token or "")
        for method, path, body in (
            ("POST", "/comments", {"site": "harbour", "href": HREF, "text": "Again."}),
            ("POST", "/score", {"site": "harbour", "text": "Again."}),
            ("PUT", f"/comments/{posted.comment.public_id}/like", None),
        ):
            refused = asked.open(f"/api/v1{path}", method=method, json=body, headers=headers)
            assert refused.status_code == 403 and refused.json is not None
            assert refused.json["code"].startswith("may_not_")
            assert "suspended from this site through December 5, 2026" in refused.json["detail"]
            assert refused.json["sanction"] == SUSPENDED
        me = asked.get("/api/v1/me?site=harbour", headers=headers).json
        assert me is not None and me["sanction"] == SUSPENDED
        clock.move(timedelta(days=8))
        me = asked.get("/api/v1/me?site=harbour", headers=headers).json
        assert me is not None and me["sanction"] is None


SUSPENDED = {
    "kind": "suspend",
    "reason": "Abusive",
    "until": "2026-12-06T00:00:00Z",
    "message": "Read the rules.",
    "appeal_url": "https://example.org/complaints?a=1",
    "can_appeal": True,
    "appeal": None,
}


@pytest.mark.parametrize(
    ("redress", "address"),
    [
        ("", None),
        ("The office in Main Street.", None),
        ("Mail office@example.org.", "mailto:office@example.org"),
        ("javascript:alert(1)", None),
        ('"https://example.org/a"', "https://example.org/a"),
    ],
)
def test_a_ban_without_a_sanction_is_shown_too(
    app: Flask, cast: Cast, redress: str, address: str | None
) -> None:
    set_policy(cast.site, {"redress": redress}, by=cast.olga)
    me = browser(app).get("/api/v1/me?site=harbour", headers=bearer(cast.bo, cast.site)).json
    assert me is not None and me["sanction"] == {
        "kind": "ban",
        "reason": None,
        "until": None,
        "message": "Read the rules first.",
        "appeal_url": address,
        "can_appeal": True,  # that no sanction led to it is not their fault
        "appeal": None,
    }
