"""OpenAI's moderation endpoint over HTTP: its shapes, keys, errors, and its own client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from commentsvc.accounts import keys
from commentsvc.api.moderations import CATEGORIES
from commentsvc.sites import commands as sites
from commentsvc.toxicity.scorer import Unscored, scorer
from tests.answering import answering
from tests.conftest import WIDE
from tests.web.asking import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.people import Cast

MEASURED = {"harassment": 0.93, "harassment/threatening": 0.0, "hate": 0.0}


@pytest.fixture
def key(app: Flask) -> str:
    return keys.add_key(label="test", scopes=["analyze"])


def ask(app: Flask, key: str, input: Any = "What an idiot", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return browser(app).post("/v1/moderations", json={"input": input, **more}, headers=headers)


def test_it_works(app: Flask, key: str) -> None:
    answer = ask(app, key, model="omni-moderation-latest")
    found: Any = answer.json
    assert answer.status_code == 200 and set(found) == {"id", "model", "results"}
    assert found["id"].startswith("modr-") and found["model"] == scorer().status().model
    (result,) = found["results"]
    assert result["flagged"] is True
    assert list(result["categories"]) == list(CATEGORIES) == list(result["category_scores"])
    for name in CATEGORIES:
        score = result["category_scores"][name]
        assert score == (pytest.approx(MEASURED[name], abs=0.02) if name in MEASURED else None)
        assert result["categories"][name] == (
            {"harassment": True}.get(name, False) if name in MEASURED else None
        )
        types = result["category_applied_input_types"][name]
        assert types == (["text"] if name in MEASURED else [])


def test_several_texts_have_a_result_each_and_parts_one(app: Flask, key: str) -> None:
    found: Any = ask(app, key, ["What an idiot", "The ferry was late.", ""]).json
    flags = [each["flagged"] for each in found["results"]]
    assert flags[:2] == [True, False] and len(flags) == 3
    parts = [{"type": "text", "text": "The ferry"}, {"type": "text", "text": "What an idiot"}]
    found = ask(app, key, parts).json
    assert [each["flagged"] for each in found["results"]] == [True]


def test_a_site_of_the_key_says_what_is_flagged(app: Flask, cast: Cast) -> None:
    key = keys.add_key(label="x", scopes=["analyze"], site_id=cast.site.id)
    sites.set_policy(cast.site, {"hold_at": {"insult": 0.99}}, by=cast.olga)
    found: Any = ask(app, key).json
    assert found["results"][0]["flagged"] is False
    assert found["results"][0]["category_scores"]["harassment"] > 0.9


@pytest.mark.parametrize(
    "input",
    [
        None,
        [],
        7,
        {"text": "x"},
        [1],
        ["x", 1],
        ["x"] * 129,
        [{"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}],
        [{"type": "text"}],
        [{"type": "text", "text": "x"}, "x"],
    ],
    ids=repr,
)
def test_wrong_inputs_are_said_in_openais_shape(app: Flask, key: str, input: Any) -> None:
    answer = ask(app, key, input)
    error: Any = answer.json["error"] if answer.json else None
    assert answer.status_code == 400
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", "input")


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'"x"'])
def test_what_is_no_object(app: Flask, key: str, sent: bytes) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    answer = browser(app).post("/v1/moderations", data=sent, headers=headers)
    assert answer.status_code == 400 and answer.json and answer.json["error"]["message"]


def test_keys(app: Flask, cast: Cast) -> None:
    for wrong in ("", "cs_nothing"):
        answer = ask(app, wrong)
        assert answer.status_code == 401 and answer.json
        assert answer.json["error"]["code"] == "invalid_api_key"
    other = keys.add_key(label="x", scopes=["read"], user=cast.olga)
    bound = keys.add_key(label="x", scopes=["analyze"], origins=["https://a.example"])
    assert [ask(app, each).status_code for each in (other, bound)] == [403, 403]
    over = keys.add_key(label="x", scopes=["analyze"], ttl=timedelta(seconds=-1))
    assert ask(app, over).status_code == 401


def test_quotas(make_app: Callable[..., Flask]) -> None:
    app = make_app(limits=WIDE.replace("score=100000/minute", "score=2/minute"))
    with app.app_context():
        key = keys.add_key(label="x", scopes=["analyze"], quota="2/minute")
        found = [ask(app, key) for _ in range(3)]
        assert [each.status_code for each in found] == [200, 200, 429]
        last: Any = found[-1].json
        assert last["error"]["code"] == "rate_limit_exceeded" and found[-1].headers["Retry-After"]
        guesses = [ask(app, "cs_guess").status_code for _ in range(3)]
        assert guesses == [401, 401, 429]


@pytest.mark.parametrize(("reason", "status"), [("language", 200), ("slow", 503), ("failed", 503)])
def test_without_a_score(
    app: Flask, key: str, reason: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(texts: list[str], *_: Any, **_more: Any) -> list[Unscored]:
        return [Unscored(reason=reason, model="stub", language="fi") for _ in texts]

    monkeypatch.setattr(scorer.of(app), "score", nothing)
    answer = ask(app, key)
    found: Any = answer.json
    assert answer.status_code == status
    if status == 200:
        (result,) = found["results"]
        assert result["flagged"] is None and set(result["category_scores"].values()) == {None}
    else:
        assert found["error"]["type"] == "server_error"


def test_openais_own_client_reads_it(app: Flask, key: str) -> None:
    """What is null there is None: the client checks no types."""
    openai = pytest.importorskip("openai", reason="pip install openai: OpenAI's client is not here")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with answering(server):
        base = f"http://127.0.0.1:{server.port}/v1"
        client = openai.OpenAI(api_key=key, base_url=base, max_retries=0, timeout=30)
        found = client.moderations.create(input=["What an idiot", "The ferry was late."])
        first, second = found.results
        assert (first.flagged, second.flagged) == (True, False)
        assert first.categories.harassment is True and first.categories.violence is None
        assert first.category_scores.harassment > 0.9 and first.category_scores.sexual is None
        assert first.category_applied_input_types.sexual == []
        wrong = openai.OpenAI(api_key="cs_wrong", base_url=base, max_retries=0, timeout=30)
        with pytest.raises(openai.AuthenticationError):
            wrong.moderations.create(input="x")
        with pytest.raises(openai.BadRequestError) as refused:
            client.moderations.create(input=[])
        assert refused.value.param == "input"
