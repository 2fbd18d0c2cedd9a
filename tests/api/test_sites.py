"""A site's policy over the API: everything that is wrong with a change is said at once, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.asking import api_key, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

ADDRESS = "/api/v1/sites/harbour/policy"


def test_it_works(app: Flask, cast: Cast) -> None:
    key, asked = api_key(cast.olga, "manage"), browser(app)
    wrong = {"nudge": "yes", "page_size": 0, "no/such": 1, "max_links": 3}
    answer = asked.patch(ADDRESS, json={"policy": wrong}, headers=key)
    assert answer.status_code == 422
    found = [each["pointer"] for each in answer.get_json()["errors"]]
    assert sorted(found) == ["#/policy/no~1such", "#/policy/nudge", "#/policy/page_size"]
    assert asked.get(ADDRESS, headers=key).get_json()["policy"]["max_links"] == 2
    crossed = asked.patch(ADDRESS, json={"policy": {"min_length": 9, "max_length": 8}}, headers=key)
    assert [each["pointer"] for each in crossed.get_json()["errors"]] == ["#/policy/min_length"]
    right = asked.patch(ADDRESS, json={"policy": {"max_links": 3}}, headers=key)
    assert right.get_json()["policy"]["max_links"] == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rules_url", "javascript:alert(1)"),
        ("rules_url", "data:text/html,x"),
        ("accent", "#fff</style>"),
    ],
)
def test_what_readers_would_not_see(app: Flask, cast: Cast, name: str, value: str) -> None:
    key = api_key(cast.olga, "manage")
    answer = browser(app).patch(ADDRESS, json={"policy": {name: value}}, headers=key)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.get_json()["errors"]] == [f"#/policy/{name}"]
