"""Sections over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.asking import api_key, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

ADDRESS = "/api/v1/sites/harbour/sections"
POLICY = "/api/v1/sites/harbour/policy"
SPORT = {"name": "Sport", "patterns": ["/sport"]}


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


def test_what_a_reader_is_told_follows_the_section(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    asked.put(f"{ADDRESS}/sport", json=SPORT, headers=key)
    body = {"policy": {"guests_may_post": False}}
    asked.patch(f"{POLICY}?section=sport", json=body, headers=key)
    me = "/api/v1/me?site=harbour&href=https://news.example.org"
    assert asked.get(f"{me}/sport/1").get_json()["refused"]["code"] == "sign_in_first"
    assert asked.get(f"{me}/other").get_json()["refused"] is None
