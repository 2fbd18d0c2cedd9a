"""One comment through its life, as a program sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from tests.factories import post
from tests.tables import every_row
from tests.web.asking import HREF, NEWS, bearer, body, browser, guest

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

pytestmark = pytest.mark.engines


def send(app: Flask, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    return browser(app).post("/api/v1/comments?include=html", json=body(**more), headers=headers)


def test_it_works(app: Flask, cast: Cast) -> None:
    answer = send(app, text="What a **fine** bridge.")
    found = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/comments/{found['id']}"
    assert found["status"] == "published" and found["reasons"] == []
    assert found["text"] == "What a **fine** bridge." and "<strong>fine</strong>" in found["html"]
    assert found["author"] == {
        "id": found["author"]["id"],
        "name": "Ann",
        "kind": "guest",
        "badges": [],
    }
    assert found["edit_token"] and found["can_edit_until"].endswith("Z")
    assert found["permalink"].startswith(HREF)
    again = browser(app).get(f"/api/v1/comments/{found['id']}").get_json()
    assert again["text"] == found["text"] and again["parents"] == []
    assert "edit_token" not in again and again["html"] is None


def test_an_insult_waits_and_only_its_author_knows_why(app: Flask, cast: Cast) -> None:
    rita = bearer(cast.rita, cast.site)
    found = send(app, rita, text="You idiot.").get_json()
    assert found["status"] == "pending" and found["reasons"]
    assert not any(char.isdigit() for char in " ".join(found["reasons"]))
    path = f"/api/v1/comments/{found['id']}"
    assert browser(app).get(path, headers=rita).get_json()["text"] == "You idiot."
    assert browser(app).get(path).status_code == 404
    assert browser(app).get(path, headers=bearer(cast.max, cast.site)).status_code == 404
    me = (
        browser(app)
        .get(f"/api/v1/me?site=harbour&thread={found['thread_id']}&include=html", headers=rita)
        .get_json()
    )
    assert [(each["id"], each["status"]) for each in me["own"]] == [(found["id"], "pending")]
    assert me["own"][0]["reasons"] == found["reasons"] and "idiot" in me["own"][0]["html"]


def test_the_same_request_is_one_comment(app: Flask, cast: Cast) -> None:
    key = {"Idempotency-Key": "k-1"}
    first, again = send(app, key), send(app, key)
    assert again.status_code == first.status_code == 201
    assert again.get_json() | {"can_edit_until": ""} == first.get_json() | {"can_edit_until": ""}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = send(app, key, text="Something else.")
    assert other.status_code == 422 and other.get_json()["code"] == "idempotency_mismatch"
    counts = browser(app).get(f"/api/v1/counts?site=harbour&href={HREF}").get_json()
    assert counts == {"counts": {HREF: 1}}


@pytest.mark.parametrize("key", ["x" * 256, "\u00e4", "a\tb"])
def test_a_key_is_a_word(app: Flask, cast: Cast, key: str) -> None:
    answer = send(app, {"Idempotency-Key": key.encode("latin-1").decode("latin-1")})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/Idempotency-Key"


@every_row(
    ("more", "status", "pointer"),
    [
        ({"text": ""}, 422, "#/text"),
        ({"text": " \u200b\u2060 "}, 422, "#/text"),
        ({"text": "x" * 5001}, 422, "#/text"),
        ({"text": "x" * 20_001}, 422, "#/text"),
        ({"text": "a\x00b"}, 422, "#/text"),
        ({"text": 5}, 422, "#/text"),
        ({"text": None}, 422, "#/text"),
        ({"text": ["a"]}, 422, "#/text"),
        ({"name": ""}, 422, "#/name"),
        ({"name": "\u200b"}, 422, "#/name"),
        ({"name": "x" * 200}, 422, "#/name"),
        ({"email": "nobody"}, 422, "#/email"),
        ({"href": "javascript:alert(1)"}, 422, "#/href"),
        ({"href": "/a"}, 422, "#/href"),
        ({"href": "x" * 2001}, 422, "#/href"),
        ({"href": "https://evil.example/a"}, 403, None),
        ({"site": "nobody"}, 404, "#/site"),
        ({"site": "x" * 41}, 422, "#/site"),
        ({"parent_id": "2345678"}, 404, "#/parent_id"),
        ({"parent_id": "../x"}, 422, "#/parent_id"),
        ({"nmae": "Ann"}, 422, "#/nmae"),
    ],
)
def test_what_is_refused_says_where(
    app: Flask, cast: Cast, more: dict[str, Any], status: int, pointer: str | None
) -> None:
    answer = send(app, **more)
    found = answer.get_json()
    assert answer.status_code == status and found["detail"]
    assert (found.get("errors") or [{"pointer": None}])[0]["pointer"] == pointer


def test_a_reply_stands_below_its_parent(app: Flask, cast: Cast) -> None:
    above = send(app).get_json()
    reply = send(app, parent_id=above["id"], text="I agree.").get_json()
    page = browser(app).get(f"/api/v1/threads/{above['thread_id']}/comments").get_json()
    assert [each["id"] for each in page["items"]] == [above["id"]]
    assert [each["id"] for each in page["items"][0]["replies"]] == [reply["id"]]
    found = browser(app).get(f"/api/v1/comments/{reply['id']}").get_json()
    assert [each["id"] for each in found["parents"]] == [above["id"]]


def test_a_guest_edits_and_withdraws_with_the_token(app: Flask, cast: Cast) -> None:
    made = send(app).get_json()
    mine, path = guest(made["edit_token"]), f"/api/v1/comments/{made['id']}"
    edited = browser(app).patch(path, json={"text": "Another thought."}, headers=mine)
    assert edited.status_code == 200 and edited.get_json()["edited_at"]
    assert browser(app).get(path).get_json()["text"] == "Another thought."
    gone = browser(app).delete(path, headers=mine)
    assert gone.status_code == 200 and gone.get_json()["status"] == "withdrawn"
    assert browser(app).delete(path, headers=mine).status_code == 200
    assert browser(app).get(path).status_code == 404


def test_an_edit_can_make_it_wait(app: Flask, cast: Cast) -> None:
    made = send(app).get_json()
    path = f"/api/v1/comments/{made['id']}"
    edited = browser(app).patch(
        path, json={"text": "You idiot."}, headers=guest(made["edit_token"])
    )
    assert edited.get_json()["status"] == "pending" and edited.get_json()["reasons"]


def test_after_a_while_it_stays_as_it_is(app: Flask, cast: Cast) -> None:
    made = send(app).get_json()
    mine = guest(made["edit_token"])
    with clock.frozen(clock.now() + timedelta(hours=1)):
        answer = browser(app).patch(
            f"/api/v1/comments/{made['id']}", json={"text": "Late."}, headers=mine
        )
    assert (answer.status_code, answer.get_json()["code"]) == (409, "too_late")


def test_a_withdrawn_comment_keeps_its_place_without_its_words(app: Flask, cast: Cast) -> None:
    made = send(app, text="Secret of mine.").get_json()
    send(app, parent_id=made["id"], text="An answer.")
    browser(app).delete(f"/api/v1/comments/{made['id']}", headers=guest(made["edit_token"]))
    answer = browser(app).get(f"/api/v1/threads/{made['thread_id']}/comments?include=html")
    item = answer.get_json()["items"][0]
    assert item["author"] is None and item["text"] == "" and item["reply_count"] == 1
    assert "Secret of mine" not in answer.text and "Ann" not in item["html"].split("replies")[0]


def test_a_rejection_reaches_its_author_in_words(app: Flask, cast: Cast) -> None:
    rita = bearer(cast.rita, cast.site)
    made = send(app, rita).get_json()
    decide(made["id"], action="reject", reason="spam", message="No adverts.", by=cast.mona)
    path = f"/api/v1/me?site=harbour&thread={made['thread_id']}"
    assert browser(app).get(path, headers=rita).get_json()["own"][0]["status"] == "pending"
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        own = browser(app).get(path, headers=rita).get_json()["own"][0]
    assert own["status"] == "rejected" and own["message"] == "No adverts." and own["reasons"]


# --- likes and reports ----------------------------------------------------------------------------


def test_a_like_counts_once(app: Flask, cast: Cast) -> None:
    made = post(cast.site).comment
    rita, path = bearer(cast.rita, cast.site), f"/api/v1/comments/{made.public_id}/like"
    client = browser(app)
    assert [client.put(path, headers=rita).get_json()["like_count"] for _ in range(3)] == [1, 1, 1]
    me = client.get(f"/api/v1/me?site=harbour&thread={_thread(app)}", headers=rita).get_json()
    assert me["liked"] == [made.public_id]
    assert client.delete(path, headers=rita).get_json() == {
        "liked": False,
        "like_count": 0,
        "edit_token": None,
    }


def test_a_network_of_guests_is_not_a_crowd(app: Flask, cast: Cast) -> None:
    made = post(cast.site).comment
    path = f"/api/v1/comments/{made.public_id}/like"
    answers = [browser(app).put(path) for _ in range(6)]
    assert [each.status_code for each in answers] == [200, 200, 200, 403, 403, 403]
    token = answers[0].get_json()["edit_token"]
    assert browser(app).delete(path, headers=guest(token)).get_json()["like_count"] == 2


@pytest.mark.parametrize(
    ("policy", "status"), [({"likes": False}, 409), ({"guests_may_like": False}, 401)]
)
def test_a_site_may_want_no_likes(
    app: Flask, cast: Cast, policy: dict[str, Any], status: int
) -> None:
    sites.set_policy(cast.site, policy, by=cast.olga)
    made = post(cast.site).comment
    assert browser(app).put(f"/api/v1/comments/{made.public_id}/like").status_code == status


def test_a_site_without_likes_has_none_of_members_either(app: Flask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"likes": False}, by=cast.olga)
    path = f"/api/v1/comments/{post(cast.site).comment.public_id}/like"
    refused = browser(app).put(path, headers=bearer(cast.rita, cast.site))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_likes")


def test_a_report_is_thanked_for_once(app: Flask, cast: Cast) -> None:
    made = post(cast.site).comment
    path = f"/api/v1/comments/{made.public_id}/flags"
    rita = bearer(cast.rita, cast.site)
    first = browser(app).post(path, json={"reason": "spam", "note": "Look."}, headers=rita)
    again = browser(app).post(path, json={"reason": "spam"}, headers=rita)
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert first.get_json()["title"] == "Spam"
    assert browser(app).post(path, json={"reason": "boring"}, headers=rita).status_code == 422


# --- before posting -------------------------------------------------------------------------------


def test_a_preview_is_what_will_be_shown(app: Flask, cast: Cast) -> None:
    text = "**Fine** <script>alert(1)</script> [x](javascript:alert(1))"
    seen = browser(app).post("/api/v1/preview", json={"site": "harbour", "text": text}).get_json()
    made = send(app, text=text).get_json()
    assert (
        "<script" not in seen["html"]
        and "javascript:" not in seen["html"].lower().split("href")[-1][:20]
    )
    assert seen["html"].strip() in made["html"]


def test_a_preview_has_the_markers_at_the_side_of_its_text(app: Flask, cast: Cast) -> None:
    text = "مرحبا\n\n> اقتباس عربي\n\n- عربي\n\n1. واحد"
    seen = browser(app).post("/api/v1/preview", json={"site": "harbour", "text": text}).get_json()
    for tag in ("blockquote", "ul", "ol"):
        assert f'<{tag} dir="rtl">' in seen["html"]


def test_a_nudge_is_friendly_and_has_no_numbers(app: Flask, cast: Cast) -> None:
    def asked(text: str) -> dict[str, Any]:
        sent = {"site": "harbour", "text": text}
        return browser(app).post("/api/v1/score", json=sent).get_json()

    assert asked("What a bridge.") == {
        "ask": False,
        "sentences": [],
        "lines": [],
        "action": "publish",
    }
    found = asked("You idiot.")
    assert found["ask"] and found["action"] == "hold"
    assert found["sentences"] and not any(char.isdigit() for char in str(found["sentences"]))
    counts = browser(app).get(f"/api/v1/counts?site=harbour&href={HREF}").get_json()
    assert counts["counts"][HREF] == 0


def _thread(app: Flask) -> str:
    return str(browser(app).get(f"/api/v1/threads?site=harbour&href={HREF}").get_json()["id"])


def test_only_articles_of_the_site_get_threads(app: Flask, cast: Cast) -> None:
    assert send(app, href=f"{NEWS}/other?utm_source=x").status_code == 201
    found = browser(app).get(f"/api/v1/threads?site=harbour&href={NEWS}/other").get_json()
    assert found["comment_count"] == 1
    nothing = browser(app).get(f"/api/v1/threads?site=harbour&href={NEWS}/nothing").get_json()
    assert nothing["id"] is None and nothing["comment_count"] == 0


def test_a_correction_is_not_asked_about_as_a_repetition(app: Flask, cast: Cast) -> None:
    """One's own; another's comment does not excuse anything."""
    text = "The old bridge over the river is closed again since yesterday evening."
    made = send(app, text=text).get_json()
    sent = {"site": "harbour", "text": f"{text}.", "comment_id": made["id"]}
    own = {"Authorization": f"Guest {made['edit_token']}"}

    def asks(body: dict[str, str], headers: dict[str, str]) -> bool:
        return bool(
            browser(app).post("/api/v1/score", json=body, headers=headers).get_json()["ask"]
        )

    assert not asks(sent, own)
    assert asks({key: sent[key] for key in ("site", "text")}, own)
    other = send(app, text="Another person, another thought about it.").get_json()
    assert asks({**sent, "comment_id": other["id"]}, own)
