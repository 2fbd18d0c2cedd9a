"""An installation gets another model: a restart, a look at what would change, old comments scored anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock, jobs
from commentsvc.toxicity.backends.stub import StubScorer
from tests.conftest import WIDE
from tests.web.asking import HOST, api_key, body, browser, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

PATH = "/dashboard/sites/harbour/scorer"
FERRY, IDIOT = "The ferry was late.", "You idiot."


class Newer(StubScorer):
    """Finds ferries insulting and idiots harmless."""

    version = "2"

    def __init__(self) -> None:
        super().__init__({"ferry": {"toxicity": 0.97, "insult": 0.95}})


class Broken(Newer):
    """Loads, and scores nothing."""

    version = "3"

    def __init__(self) -> None:
        super().__init__()
        self.broken = "model_broken"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with clock.frozen(clock.now()):
        yield


def write(app: Flask, text: str, name: str) -> dict[str, Any]:
    return dict(browser(app).post("/api/v1/comments", json=body(text=text, name=name)).json)


def card(app: Flask, cast: Cast, comment: str) -> dict[str, Any]:
    headers = api_key(cast.mona, "moderate", "read", site=cast.site)
    return dict(browser(app).get(f"/api/v1/comments/{comment}/card", headers=headers).json)


def toxicity(found: dict[str, Any]) -> float:
    (value,) = [each["value"] for each in found["scores"] if each["label"] == "toxicity"]
    return float(value)


def olga_does(app: Flask, cast: Cast, **fields: str) -> None:
    client, token = signed_in(app, cast.olga)
    data = {"csrf_token": token, **fields}
    answer = client.post(PATH, data=data, headers={"Origin": HOST, "Accept": "text/html"})
    assert answer.status_code == 303
    with app.app_context():
        for _ in range(6):
            jobs.run_due()
            clock.move(timedelta(minutes=5))


def test_it_works(app: Flask, make_app: Callable[..., Flask], cast: Cast) -> None:
    fine, held = write(app, FERRY, "Ann")["id"], write(app, IDIOT, "Ben")["id"]
    assert (
        card(app, cast, fine)["status"] == "published" and toxicity(card(app, cast, held)) == 0.95
    )

    after = make_app(scorer=Newer(), limits=WIDE)
    assert write(after, "Another ferry.", "Kim")["status"] == "pending"  # from the first comment on
    assert toxicity(card(after, cast, fine)) < 0.1  # old scores stay until somebody asks
    page = signed_in(after, cast.olga)[0].get(PATH).text
    assert "stub/1" in page and "stub/2" in page

    olga_does(after, cast, do="measure")
    assert FERRY in signed_in(after, cast.olga)[0].get(PATH).text  # what would change, by example
    assert [card(after, cast, each)["status"] for each in (fine, held)] == ["published", "pending"]

    olga_does(after, cast, do="anew", hold="1")
    assert [card(after, cast, each)["status"] for each in (fine, held)] == ["pending", "published"]
    assert toxicity(card(after, cast, fine)) == 0.97


def test_a_person_s_word_outlasts_a_model(
    app: Flask, make_app: Callable[..., Flask], cast: Cast
) -> None:
    ids = [write(app, text, name)["id"] for text, name in ((FERRY, "Ann"), (IDIOT, "Ben"))]
    mona = api_key(cast.mona, "moderate", "read", site=cast.site)
    for comment, action in zip(ids, ("approve", "reject"), strict=True):
        sent = {"action": action, "seen_version": card(app, cast, comment)["version"]}
        sent |= {"reason": "abusive"} if action == "reject" else {}
        path = f"/api/v1/comments/{comment}/decisions"
        assert browser(app).post(path, json=sent, headers=mona).status_code == 201
    after = make_app(scorer=Newer(), limits=WIDE)
    olga_does(after, cast, do="anew", hold="1")
    assert [card(after, cast, each)["status"] for each in ids] == ["published", "rejected"]


def test_a_model_that_does_not_work_loses_nothing(
    app: Flask, make_app: Callable[..., Flask], cast: Cast
) -> None:
    old = write(app, FERRY, "Ann")["id"]
    broken = make_app(scorer=Broken(), limits=WIDE)
    waits = write(broken, "What a fine bridge.", "Ben")
    assert waits["status"] == "pending" and waits["reasons"]
    assert card(broken, cast, old)["status"] == "published"
    assert card(broken, cast, waits["id"])["unscored"] is not None
    with app.app_context():  # back to what worked
        from commentsvc.posting.jobs import score_unscored

        assert score_unscored() == 1
    assert card(app, cast, waits["id"])["status"] == "published"
