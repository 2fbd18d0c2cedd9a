"""Numbers, dates and yes or no as programs write them: what only Python takes for one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.core import typed
from tests.web.asking import api_key

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

ODD_NUMBERS = ["1_0", "٥", " 5", "5 ", "+5", "1e1", "5.0", "0x5", "५", "5\n", "１", "NaN", ""]
ODD_DECIMALS = ["0_5", "nan", "inf", "-inf", "1e-1", "٠.٥", " .5", "+.5", "0,5", "1e400", "."]
ODD_MOMENTS = ["20260101", "2026-W01-1", "2026-1-5", "٢٠٢٦-01-01", "2026-01-01T00", "now", "1"]


def test_it_works() -> None:
    assert [typed.whole(each) for each in ("5", "-5", "007")] == [5, -5, 7]
    assert [typed.decimal(each) for each in ("0.5", ".5", "1.", "-2")] == [0.5, 0.5, 1, -2]
    assert typed.moment("2026-01-05").isoformat() == "2026-01-05T00:00:00+00:00"
    assert typed.moment("2026-01-05T10:00:00.5+02:00").utcoffset() is not None
    assert typed.moment("2026-01-05T10:00Z").hour == 10


@pytest.mark.parametrize(
    ("read", "odd"),
    [(typed.whole, ODD_NUMBERS), (typed.decimal, ODD_DECIMALS), (typed.moment, ODD_MOMENTS)],
)
def test_what_only_python_reads_is_none(read, odd) -> None:
    for each in odd:
        with pytest.raises(ValueError, match=r".*"):
            read(each)


def queue(app: Flask, cast: Cast, **query: object) -> TestResponse:
    given = {"site": cast.site.key, **query}
    return app.test_client().get(
        "/api/v1/queue", query_string=given, headers=api_key(cast.mona, "moderate", site=cast.site)
    )


def pointers(answer: TestResponse) -> list[str]:
    return [each["pointer"] for each in answer.get_json()["errors"]]


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("limit", ODD_NUMBERS), ("at_least", ODD_DECIMALS), ("since", ODD_MOMENTS),
        ("until", ODD_MOMENTS),
    ],
)  # fmt: skip
def test_the_api_refuses_them(app: Flask, cast: Cast, name: str, odd: list[str]) -> None:
    for each in odd:
        answer = queue(app, cast, **{name: each})
        assert answer.status_code == 422, each
        assert pointers(answer) == [f"#/{name}"]
    right = {
        "limit": "5",
        "at_least": "0.5",
        "since": "2026-01-05",
        "until": "2026-01-05T00:00:00Z",
    }
    given = {name: right[name], "label": "toxicity"}
    assert queue(app, cast, **given).status_code == 200


def test_a_parameter_twice_is_refused(app: Flask, cast: Cast) -> None:
    for values in (["5", "500"], ["5", "5"]):
        answer = queue(app, cast, limit=values)
        assert answer.status_code == 422 and pointers(answer) == ["#/limit"]
        assert answer.get_json()["code"] == "invalid"
    assert queue(app, cast, unknown=["a", "b"]).status_code == 200
    hrefs = {"site": cast.site.key, "href": ["https://news.example.org/a", "https://a.example/b"]}
    assert app.test_client().get("/api/v1/counts", query_string=hrefs).status_code == 200


@pytest.mark.parametrize("version", [True, "5", 1.5, 1.0, None, "1_0"])
def test_a_body_takes_no_other_kind_for_a_number(app: Flask, cast: Cast, version: object) -> None:
    given = {"action": "approve", "seen_version": version}
    answer = app.test_client().post(
        "/api/v1/comments/abc/decisions",
        json=given,
        headers=api_key(cast.mona, "moderate", site=cast.site),
    )
    assert answer.status_code == 422 and pointers(answer) == ["#/seen_version"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=1_0",
        "limit=%D9%A5",
        "limit=+5",
        "since=20260101T00",
        "limit=5&limit=6",
        "summary=maybe",
    ],
)
def test_the_graph_refuses_them(app: Flask, cast: Cast, query: str) -> None:
    answer = app.test_client().get(f"/graph/comments?id=https://news.example.org/a&{query}")
    assert answer.status_code == 400, answer.text
