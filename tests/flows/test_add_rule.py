"""An owner adds a rule: words of their own. It holds, says why on every side, and goes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.web.asking import api_key, body, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

TEXT = "The casino was too loud tonight."


def policy(app: Flask, headers: dict[str, str], **changes: Any) -> Any:
    sent = {"policy": changes}
    return browser(app).patch("/api/v1/sites/harbour/policy", json=sent, headers=headers)


def write(app: Flask, text: str = TEXT, name: str = "Ann") -> dict[str, Any]:
    made = browser(app).post("/api/v1/comments", json=body(text=text, name=name))
    assert made.status_code == 201, made.text
    return dict(made.json)


def test_it_works(app: Flask, cast: Cast) -> None:
    olga = api_key(cast.olga, "manage", "moderate", "read", site=cast.site)
    assert write(app)["status"] == "published"
    changed = policy(app, olga, banned_words=["casino*"], banned_words_action="hold")
    assert changed.status_code == 200, changed.text

    told = browser(app).post("/api/v1/score", json={"site": "harbour", "text": TEXT})
    assert told.status_code == 200 and told.json["ask"], told.text
    held = write(app, "Many casinos. Win!", "Ben")
    assert held["status"] == "pending" and held["reasons"]
    (card,) = browser(app).get("/api/v1/queue?site=harbour", headers=olga).json["items"]
    assert card["id"] == held["id"]
    assert [each["rule"] for each in card["why"]] == ["banned_words"]
    (mark,) = [each for each in card["marks"] if each["label"] == "word"]
    assert card["text"][mark["start"] : mark["end"]] == "casinos"
    (decision,) = card["decisions"]
    assert (decision["action"], decision["by"], decision["reason"]) == ("hold", None, "banned_word")


def test_the_most_severe_of_all_that_is_found_counts(app: Flask, cast: Cast) -> None:
    olga = api_key(cast.olga, "manage", "moderate", "read", site=cast.site)
    policy(app, olga, banned_words=["casino"], banned_words_action="reject")
    rejected = write(app, "You idiot, go to the casino.")
    assert rejected["status"] == "rejected"
    policy(app, olga, banned_words_action="hold")
    assert write(app, "An idiot in a casino.", "Ben")["status"] == "pending"
    policy(app, olga, banned_words=[], suspect_words=["casino"])
    published = write(app, "The casino again.", "Kim")
    assert published["status"] == "published"  # a moderator should see it all the same
    queue = browser(app).get("/api/v1/queue?site=harbour&queue=reported", headers=olga).json
    assert [each["id"] for each in queue["items"]] == [published["id"]]


def test_it_goes_as_it_came(app: Flask, cast: Cast) -> None:
    olga = api_key(cast.olga, "manage", site=cast.site)
    policy(app, olga, banned_words=["casino"])
    made = browser(app).post("/api/v1/comments", json=body(text=TEXT)).json
    assert made["status"] == "rejected"
    policy(app, olga, banned_words=[])
    assert write(app, f"{TEXT} Really.", "Ben")["status"] == "published"
    # what was rejected stays so for its author, until somebody decides otherwise
    mine = guest(made["edit_token"])
    path = f"/api/v1/comments/{made['id']}"
    assert browser(app).get(path, headers=mine).json["status"] == "rejected"


def test_it_is_of_one_site_and_of_its_owner(app: Flask, cast: Cast) -> None:
    for user in (cast.mona, cast.rita, cast.max):
        key = api_key(user, "manage", "moderate")
        assert policy(app, key, banned_words=["casino"]).status_code in (403, 404)
    narrow = api_key(cast.olga, "moderate", "read")
    assert policy(app, narrow, banned_words=["casino"]).status_code in (403, 404)
    policy(app, api_key(cast.max, "manage"), banned_words=["casino"])
    assert write(app)["status"] == "published"
    olga = api_key(cast.olga, "manage")
    refused = policy(app, olga, banned_words=["casino"], banned_words_action="burn")
    assert refused.status_code == 422 and write(app, f"{TEXT} 2", "Ben")["status"] == "published"
