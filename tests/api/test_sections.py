"""Sections over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.asking import api_key, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

ADDRESS = "/api/v1/sites/harbour/sections"
POLICY = "/api/v1/sites/harbour/policy"
SPORT = {"name": "Sport", "patterns": ["/sport"], "tags": ["live"]}


def test_it_works(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    made = asked.put(f"{ADDRESS}/sport", json=SPORT, headers=key)
    assert made.get_json() == {"code": "sport", **SPORT, "policy": {}}
    body = {"policy": {"max_links": 0}}
    changed = asked.patch(f"{POLICY}?section=sport", json=body, headers=key)
    assert changed.get_json()["policy"]["max_links"] == 0
    assert asked.get(POLICY, headers=key).get_json()["policy"]["max_links"] == 2
    again = asked.put(f"{ADDRESS}/sport", json={**SPORT, "name": "Sports"}, headers=key)
    assert again.get_json()["policy"] == {"max_links": 0}
    [item] = asked.get(ADDRESS, headers=key).get_json()["items"]
    assert item["name"] == "Sports"
    assert asked.delete(f"{ADDRESS}/sport", headers=key).status_code == 204
    assert asked.get(ADDRESS, headers=key).get_json()["items"] == []


def test_what_is_refused(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    assert asked.put(f"{ADDRESS}/sport", json=SPORT, headers=key).status_code == 200
    wrong = asked.put(f"{ADDRESS}/a", json={"name": "A", "patterns": ["no path"]}, headers=key)
    assert wrong.status_code == 422
    assert asked.put(f"{ADDRESS}/sports", json=SPORT, headers=key).status_code == 409
    assert asked.get(f"{POLICY}?section=none", headers=key).status_code == 404
    body = {"policy": {"accent": "#123456"}}
    of_site = asked.patch(f"{POLICY}?section=sport", json=body, headers=key)
    assert of_site.status_code == 422
    assert asked.delete(f"{ADDRESS}/none", headers=key).status_code == 404


def test_a_section_of_tags(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    live = {"name": "Live", "tags": ["Live"]}
    made = asked.put(f"{ADDRESS}/live", json=live, headers=key).get_json()
    assert (made["patterns"], made["tags"]) == ([], ["live"])
    assert asked.put(f"{ADDRESS}/x", json={"name": "X"}, headers=key).status_code == 422
    body = {"policy": {"guests_may_post": False}}
    asked.patch(f"{POLICY}?section=live", json=body, headers=key)
    me = "/api/v1/me?site=harbour&href=https://news.example.org/a"
    assert asked.get(f"{me}&tags=LIVE").get_json()["refused"]["code"] == "sign_in_first"
    assert asked.get(me).get_json()["refused"] is None
    new = {"site": "harbour", "href": "https://news.example.org/a", "text": "A.", "name": "Edda"}
    refused = asked.post("/api/v1/comments", json={**new, "tags": "x, live"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "sign_in_first")
    posted = asked.post("/api/v1/comments", json={**new, "tags": "Other"})
    assert posted.status_code == 201
    thread = f"/api/v1/threads/{posted.get_json()['thread_id']}"
    assert asked.get(thread).get_json()["tags"] == ["other"]
    mona = api_key(cast.mona, "moderate")
    for tags in (["a,b"], ["x" * 51], ["a"] * 11):
        assert asked.patch(thread, json={"tags": tags}, headers=mona).status_code == 422
    assert asked.patch(thread, json={"tags": ["live"]}).status_code in (401, 403)
    changed = asked.patch(thread, json={"tags": ["Live", "b"]}, headers=mona)
    assert changed.get_json()["tags"] == ["live", "b"]
    assert asked.get(thread).get_json()["tags"] == ["live", "b"]  # cached before
    again = asked.post("/api/v1/comments", json={**new, "text": "B.", "tags": "other"})
    assert again.status_code == 403


def test_what_a_reader_is_told_follows_the_section(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    asked.put(f"{ADDRESS}/sport", json=SPORT, headers=key)
    body = {"policy": {"guests_may_post": False}}
    asked.patch(f"{POLICY}?section=sport", json=body, headers=key)
    me = "/api/v1/me?site=harbour&href=https://news.example.org"
    assert asked.get(f"{me}/sport/1").get_json()["refused"]["code"] == "sign_in_first"
    assert asked.get(f"{me}/other").get_json()["refused"] is None
