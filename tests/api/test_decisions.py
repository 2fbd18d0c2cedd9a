"""The queue and its decisions, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post
from tests.web.asking import api_key, bearer, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines


def test_it_works(app: Flask, cast: Cast) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    key = api_key(cast.mona, "moderate", site=cast.site)
    page = browser(app).get("/api/v1/queue?queue=pending", headers=key).get_json()
    card = page["items"][0]
    assert card["id"] == held.public_id and card["why"] and card["site"] == "harbour"
    assert card["scores"][0]["value"] > card["scores"][0]["limit"]
    assert (
        browser(app).get("/api/v1/queue/counts", headers=key).get_json()["counts"]["pending"] == 1
    )
    sent = {"action": "reject", "reason": "abusive", "seen_version": card["version"]}
    path = f"/api/v1/comments/{card['id']}/decisions"
    made = browser(app).post(path, json=sent, headers=key)
    found = made.get_json()
    assert made.status_code == 201 and found["status"] == "rejected" and found["undo_until"]
    undone = browser(app).post(f"/api/v1/decisions/{found['id']}/undo", headers=key)
    assert undone.status_code == 201 and undone.get_json()["status"] == "pending"
    again = browser(app).post(f"/api/v1/decisions/{found['id']}/undo", headers=key)
    assert again.status_code == 409


def test_one_card(app: Flask, cast: Cast) -> None:
    comment = post(cast.site, "Harmless.", user=cast.rita).comment
    path = f"/api/v1/comments/{comment.public_id}/card"
    card = browser(app).get(path, headers=bearer(cast.mona, cast.site)).get_json()
    assert (card["id"], card["version"]) == (comment.public_id, comment.version)
    # not even that it exists is told to who owns another site
    stranger = bearer(cast.max, cast.other)
    assert browser(app).get(path, headers=stranger).status_code == 404


def test_the_second_moderator_hears_who_was_faster(app: Flask, cast: Cast) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    seen = held.version
    path = f"/api/v1/comments/{held.public_id}/decisions"
    first, second = bearer(cast.mona, cast.site), bearer(cast.olga, cast.site)
    approve = {"action": "approve", "seen_version": seen}
    assert browser(app).post(path, json=approve, headers=first).status_code == 201
    reject = {"action": "reject", "reason": "spam", "seen_version": seen}
    answer = browser(app).post(path, json=reject, headers=second)
    assert answer.status_code == 409 and "Mona" in answer.get_json()["detail"]
    assert comment_by_public_id(held.public_id).status == "published"


def test_a_rejection_needs_a_reason(app: Flask, cast: Cast) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    path = f"/api/v1/comments/{held.public_id}/decisions"
    mona = bearer(cast.mona, cast.site)
    for wrong in (
        {"action": "reject", "seen_version": held.version},
        {"action": "reject", "reason": "boring", "seen_version": held.version},
        {"action": "burn", "seen_version": held.version},
        {"action": "approve"},
        {"action": "approve", "seen_version": "1"},
        {"action": "approve", "seen_version": 2**31},
    ):
        assert browser(app).post(path, json=wrong, headers=mona).status_code == 422


def test_nothing_of_another_site_is_in_it(app: Flask, cast: Cast) -> None:
    post(cast.site, "You idiot.", user=cast.rita)
    theirs = post(
        cast.other, "You idiot too.", user=cast.rita, href="https://mountain.example.net/a"
    ).comment
    for queue in ("pending", "all", "unreviewed", "reported", "rejected"):
        answer = browser(app).get(
            f"/api/v1/queue?queue={queue}", headers=bearer(cast.mona, cast.site)
        )
        assert all(each["site"] == "harbour" for each in answer.get_json()["items"])
        assert theirs.public_id not in answer.text
    key = api_key(cast.max, "moderate")
    counts = browser(app).get("/api/v1/queue/counts", headers=key).get_json()["counts"]
    assert counts["pending"] == 1


def test_filters_narrow_and_wrong_ones_are_refused(app: Flask, cast: Cast) -> None:
    post(cast.site, "You idiot.", user=cast.rita, tags="Politics, live")
    mona = bearer(cast.mona, cast.site)

    def items(query: str) -> int:
        answer = browser(app).get(f"/api/v1/queue?{query}", headers=mona)
        return len(answer.get_json()["items"]) if answer.status_code == 200 else answer.status_code

    assert items(f"author={cast.rita.public_id}") == 1
    assert items(f"author={cast.max.public_id}") == 0
    assert items("label=insult&at_least=0.9") == 1
    assert items("label=insult&at_most=0.5") == 0
    assert items("at_least=0.9") == 1
    assert items("at_most=0.5") == 0
    assert items("tag=politics") == 1
    assert items("tag=sport") == 0
    assert items("since=2020-01-01T00:00:00Z") == 1
    assert items("until=2020-01-01T00:00:00Z") == 0
    for wrong in (
        "queue=x",
        "order=x",
        "label=x",
        "at_least=2",
        "at_least=0.9&at_most=0.8",
        f"tag={'a' * 51}",
        "since=yesterday",
        "after=zzzz",
    ):
        assert items(wrong) == 422, wrong


def test_an_owner_sets_the_policy_with_a_key(app: Flask, cast: Cast) -> None:
    key, path = api_key(cast.olga, "manage"), "/api/v1/sites/harbour/policy"
    changed = browser(app).patch(path, json={"policy": {"max_length": 100}}, headers=key)
    assert changed.get_json()["policy"]["max_length"] == 100
    assert browser(app).get(path, headers=key).get_json()["policy"]["max_length"] == 100
    for wrong in ({"max_length": 0}, {"max_length": "5"}, {"nope": 1}, {"hold_at": {"rude": 0.5}}):
        answer = browser(app).patch(path, json={"policy": wrong}, headers=key)
        assert answer.status_code == 422
    assert browser(app).get("/api/v1/sites", headers=api_key(cast.olga, "moderate")).get_json() == {
        "items": [{"key": "harbour", "name": "The Harbour Post", "role": "owner"}]
    }
