"""A site's policy over the API: everything that is wrong with a change is said at once, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide
from tests.factories import post
from tests.web.asking import api_key, browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

ADDRESS = "/api/v1/sites/harbour/policy"
LESSONS = "/api/v1/sites/harbour/spam-lessons"


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


def test_what_the_spam_filter_learned(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    key, asked, address = api_key(cast.olga, "manage"), browser(app), LESSONS
    none = {"rejected": 0, "approved": 0, "missing": 15}
    assert asked.get(address, headers=key).get_json() == none
    decide(post(cast.site).comment.public_id, action="approve", by=cast.mona)
    work()
    assert asked.get(address, headers=key).get_json() == {**none, "approved": 1, "missing": 14}
    assert asked.delete(address, headers=key).get_json() == none
    assert asked.get(address, headers=key).get_json() == none
